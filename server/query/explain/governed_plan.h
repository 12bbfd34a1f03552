// SPDX-License-Identifier: Apache-2.0
// The two plans of a protected statement. Internal to this room.
#pragma once

#include "common/base/result.h"
#include "common/plan/plan.h"
#include "server/query/explain/policy_text.h"
#include "server/query/protect/protected_query.h"

namespace scrim::explain {

/// As the user wrote it: data sources stand for their tables or definitions, without any rule.
base::Result<plan::PlanNode> planAsWritten(const protect::ProtectedQuery& query);
/// With what policy inserted.
base::Result<plan::PlanNode> planAfterPolicy(const protect::ProtectedQuery& query, Detail detail);

}  // namespace scrim::explain
