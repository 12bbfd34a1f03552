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
#include "server/query/parse/lift.h"
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

/// `statement` is a SELECT: classify() and innerSelect() (server/query/resolve/classify.h) come before.
/// `lifted`: what parse::lift() did to it, its parameters following those of the client.
/// `clientTypes`: parameter types that the client declared, 0 or missing: inferred.
/// Errors: what resolve, protect, verify and route refuse, each with a position in the user's text where there is one.
base::Result<route::RoutedQueryPtr> prepare(const QueryContext& context, parse::ParsedQuery statement,
                                            std::span<const parse::LiftedLiteral> lifted = {},
                                            std::span<const std::uint32_t> clientTypes = {});

}  // namespace scrim::query
