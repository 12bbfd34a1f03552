// SPDX-License-Identifier: Apache-2.0
// What policy did, as display text for plan nodes. Whoever may not see policy sees which columns a rule looks at and
// how a column is masked, but no constant of a rule. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "common/policy/decision.h"

namespace scrim::explain {

enum class Detail { columnsOnly, everything };

/// A row guard: "(department = 'Toys') OR (department = 'Home Goods')", or "(policy on department)".
std::string rowGuardText(const policy::Expression& predicate, Detail detail);

/// An output column: "ssn", "HASHING(ssn) AS ssn", "CASE WHEN .. THEN .. ELSE ssn END AS ssn".
std::string columnText(const std::string& column, const std::vector<policy::ColumnMask>& masks, Detail detail);

}  // namespace scrim::explain
