// SPDX-License-Identifier: Apache-2.0
// From a SELECT's tree to the logical plan that people are shown. What a relation stands for is the caller's to say, so
// the same code draws the plan as written and the plan after policy. Display only. One thread at a time per tree.
#pragma once

#include <functional>

#include "common/base/result.h"
#include "common/plan/plan.h"
#include "server/query/parse/node.h"

namespace scrim::explain {

/// The plan of one relation of the FROM list that is not a CTE.
using RelationPlan = std::function<base::Result<plan::PlanNode>(const PgQuery__RangeVar&)>;

/// `author`: who wrote the statement. Errors: notSupported for a node that the printer does not know.
base::Result<plan::PlanNode> planOfSelect(const PgQuery__SelectStmt& select, const RelationPlan& relation,
                                          plan::Author author = plan::Author::user);

}  // namespace scrim::explain
