// SPDX-License-Identifier: Apache-2.0
#include "server/query/route/route.h"

#include <algorithm>
#include <set>

#include "common/base/hash.h"
#include "common/base/sha256.h"
#include "server/query/protect/verify.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::route {
namespace {

using base::Result;

Result<base::ConnectionId> connectionOf(const protect::ProtectedQuery& query) {
  base::ConnectionId connection = kLocalConnection;
  for (const auto& use : query.resolved().sources) {
    if (connection != kLocalConnection && connection != use->source->connection) {
      return base::Error{
          .code = base::ErrorCode::notSupported,
          .message = "this statement reads data sources of several connections, which is not available yet",
          .hint = "Query the data sources of one connection at a time."};
    }
    connection = use->source->connection;
  }
  return connection;
}

void addParameters(RoutedQuery& routed, const protect::ProtectedQuery& query,
                   std::span<const parse::LiftedLiteral> lifted, std::span<const std::uint32_t> clientTypes) {
  const int last = query.parameters().firstNumber() - 1;
  routed.clientParameters = last - static_cast<int>(lifted.size());
  for (int i = 0; i < routed.clientParameters; ++i) {
    const auto index = static_cast<std::size_t>(i);
    routed.parameters.push_back({ParameterOrigin::From::client, i});
    routed.parameterTypes.push_back(index < clientTypes.size() ? clientTypes[index] : 0);
  }
  for (const parse::LiftedLiteral& literal : lifted) {
    routed.parameters.push_back({ParameterOrigin::From::lifted, static_cast<int>(literal.literal)});
    routed.parameterTypes.push_back(literal.typeOid);
  }
  for (const base::Secret& value : query.parameters().values()) {
    routed.parameters.push_back({ParameterOrigin::From::policy, static_cast<int>(routed.policyValues.size())});
    routed.parameterTypes.push_back(resolve::oid::kBytea);
    routed.policyValues.push_back(value.clone());
  }
}

/// Whose key masks use.
std::string keyOf(const resolve::SourceUse& use) {
  return use.maskedJoins == nullptr ? "" : ":" + std::to_string(use.maskedJoins->id.value);
}

void addFacts(RoutedQuery& routed, const protect::ProtectedQuery& query) {
  std::set<base::RuleId> rules;
  base::Sha256 digest;
  for (const auto& use : query.resolved().sources) {
    routed.dataSources.push_back(use->source->id);
    routed.dataSourceNames.push_back(use->source->name.schema + "." + use->source->name.name);
    rules.insert(use->decision->rules.begin(), use->decision->rules.end());
    digest.update(std::to_string(use->source->id.value) + ":" + policy::digestOf(*use->decision) + keyOf(*use) + "\n");
  }
  routed.rules.assign(rules.begin(), rules.end());
  routed.decisionDigest = base::toHex(digest.finish());
  routed.touchesProtected = !routed.dataSources.empty();
}

}  // namespace

Result<RoutedQueryPtr> route(const protect::ProtectedQuery& query, std::span<const parse::LiftedLiteral> lifted,
                             std::span<const std::uint32_t> clientTypes) {
  auto routed = std::make_shared<RoutedQuery>();
  SCRIM_TRY(routed->connection, connectionOf(query));
  SCRIM_TRY(parse::PrintedQuery printed, parse::print(query.query().statement()));
  SCRIM_CHECK_OK(protect::verify(query, printed.text));
  routed->sql = std::move(printed.text);
  routed->positions = std::move(printed.spans);
  routed->snapshot = query.snapshot().version();
  addParameters(*routed, query, lifted, clientTypes);
  addFacts(*routed, query);
  return RoutedQueryPtr(std::move(routed));
}

}  // namespace scrim::route
