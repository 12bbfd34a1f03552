// SPDX-License-Identifier: Apache-2.0
// The sentence of the architecture as code: a parsed statement of an authenticated session is resolved against the
// catalog, protected by policy, and routed. Pure but for the cache it is given; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "common/base/result.h"
#include "common/policy/subject.h"
#include "server/catalog/snapshot.h"
#include "server/query/parse/parse.h"
#include "server/query/resolve/classify.h"
#include "server/query/resolve/session_facts.h"
#include "server/query/route/routed_query.h"

namespace scrim::query {

/// Who asks, and in which version of the catalog. A RoutedQuery may be shared by all sessions for which subject digest,
/// snapshot version and session facts are equal.
struct QueryContext {
  catalog::SnapshotPtr snapshot;
  policy::Subject subject;
  resolve::SessionFacts session;
};

/// A literal that the statement cache lifts out of the text: it becomes a parameter, unless it stands where a parameter
/// would mean something else; then its index is in RoutedQuery::pinnedLiterals.
struct LiftedLiteral {
  std::uint32_t begin = 0;  // byte offset of the literal's first character in the parsed text
  std::uint32_t type = 0;   // OID that the lexer gives it: int4, int8, numeric; 0: unknown, as for strings
};

/// `statement` is a SELECT: classify() and innerSelect() (server/query/resolve/classify.h) come before.
/// `clientTypes`: parameter types that the client declared, 0 or missing: inferred.
/// Errors: what resolve, protect, verify and route refuse, each with a position in the user's text where there is one.
base::Result<route::RoutedQueryPtr> prepare(const QueryContext& context, parse::ParsedQuery statement,
                                            std::span<const LiftedLiteral> lifted = {},
                                            std::span<const std::uint32_t> clientTypes = {});

}  // namespace scrim::query
