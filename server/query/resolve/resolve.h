// SPDX-License-Identifier: Apache-2.0
// The second stage: every name of a SELECT is looked up, every function, operator and type checked against the allow
// list. What is not understood or not there is refused, with PostgreSQL's own words and positions where it has them.
#pragma once

#include <memory>
#include <span>

#include "common/policy/decision.h"
#include "common/policy/subject.h"
#include "server/catalog/snapshot.h"
#include "server/query/parse/parse.h"
#include "server/query/resolve/resolved_query.h"
#include "server/query/resolve/session_facts.h"
#include "server/query/resolve/table_lookup.h"

namespace scrim::resolve {

/// Resolves a tree against any tables; used for users' statements and for definitions of data sources.
base::Result<Resolution> resolveTree(PgQuery__Node& statement, parse::Arena& arena, TableLookup& lookup,
                                     const SessionFacts& session, std::span<const std::uint32_t> parameterTypes = {});

/// Resolves a user's SELECT against the data sources that the subject may see. Names of hidden ones give exactly the
/// error of names that do not exist.
base::Result<ResolvedQuery> resolve(parse::ParsedQuery query, const catalog::Snapshot& snapshot,
                                    const policy::Subject& subject, const SessionFacts& session,
                                    std::span<const std::uint32_t> parameterTypes = {});

}  // namespace scrim::resolve
