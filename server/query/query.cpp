// SPDX-License-Identifier: Apache-2.0
#include "server/query/query.h"

#include <algorithm>

#include "server/query/protect/protect.h"
#include "server/query/resolve/resolve.h"
#include "server/query/route/route.h"

namespace scrim::query {
namespace {

constexpr std::size_t kMostParameters = 65'535;  // of a Bind message

}  // namespace

base::Result<route::RoutedQueryPtr> prepare(const QueryContext& context, parse::ParsedQuery statement,
                                            std::span<const parse::LiftedLiteral> lifted,
                                            std::span<const std::uint32_t> clientTypes) {
  std::vector<std::uint32_t> types(clientTypes.begin(), clientTypes.end());
  for (const parse::LiftedLiteral& literal : lifted) {
    types.resize(std::max(types.size(), static_cast<std::size_t>(literal.parameter)));
    types[static_cast<std::size_t>(literal.parameter - 1)] = literal.typeOid;
  }
  SCRIM_TRY(resolve::ResolvedQuery resolved,
            resolve::resolve(std::move(statement), *context.snapshot, context.subject, context.session, types));
  const int lastParameter = std::max(resolved.names.parameters, static_cast<int>(types.size()));
  SCRIM_TRY(const protect::ProtectedQuery guarded,
            protect::protect(std::move(resolved), context.snapshot, lastParameter + 1, protect::Notes::none));
  const std::size_t parameters = static_cast<std::size_t>(lastParameter) + guarded.parameters().values().size();
  if (parameters > kMostParameters) {
    return base::Error{base::ErrorCode::programLimit,
                       "the statement and its masks need " + std::to_string(parameters) +
                           " parameters, more than PostgreSQL's protocol can carry",
                       "", "Use fewer parameters, for example one that is an array."};
  }
  return route::route(guarded, lifted, clientTypes);
}

}  // namespace scrim::query
