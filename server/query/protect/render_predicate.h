// SPDX-License-Identifier: Apache-2.0
// From a bound policy expression to PostgreSQL's tree. One meaning in every engine: docs/policy_model.md. A kind, type
// or column that is not understood is policyInvalid, never left out. Pure but for the arena and the parameters.
#pragma once

#include "common/policy/expression.h"
#include "server/query/protect/render_scope.h"

namespace scrim::protect {

/// A condition over the scope's relation: rows for which it is true are shown.
base::Result<PgQuery__Node*> renderPredicate(const policy::Expression& predicate, const RenderScope& scope);

/// Whether it holds a look-up, so that the source runs a sub-query for it.
bool hasLookup(const policy::Expression& predicate);

}  // namespace scrim::protect
