// SPDX-License-Identifier: Apache-2.0
// The fourth stage: where a protected statement runs. No table: `local`; all tables in one connection: pushed down, as
// one statement. Any thread.
#pragma once

#include <span>

#include "common/base/result.h"
#include "server/query/parse/lift.h"
#include "server/query/protect/protected_query.h"
#include "server/query/route/routed_query.h"

namespace scrim::route {

/// Prints the statement, has what was printed verified (protect/verify.h), and writes down what running it needs.
/// Errors: notSupported for tables of several connections; internal when verification fails.
base::Result<RoutedQueryPtr> route(const protect::ProtectedQuery& query, std::span<const parse::LiftedLiteral> lifted,
                                   std::span<const std::uint32_t> clientTypes);

}  // namespace scrim::route
