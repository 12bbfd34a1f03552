// SPDX-License-Identifier: Apache-2.0
// bindUser(): a written expression and a subject -> a bound expression: what it says of the user becomes literals, and
// what is then certain is folded away (TRUE AND x is x). Pure; any thread.
#pragma once

#include "common/base/result.h"
#include "common/policy/expression.h"
#include "common/policy/subject.h"

namespace scrim::policy {

/// USER IS A MEMBER OF A GROUP MATCHING COLUMN d -> d IN ('group', ..) in byte order; no groups: FALSE. Purposes stand
/// for themselves and those above them: who acts under Marketing.Email matches Marketing.
/// Errors: policyInvalid, for a tree that the language cannot say.
base::Result<ExpressionPtr> bindUser(const ExpressionPtr& written, const Subject& subject);

/// Whether the expression is the predicate TRUE, or FALSE.
bool isTruth(const Expression& expression, bool value);

}  // namespace scrim::policy
