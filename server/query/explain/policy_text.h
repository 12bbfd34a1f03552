// SPDX-License-Identifier: Apache-2.0
// What policy did, as display text for plan nodes. Whoever may not see policy sees which columns a rule looks at and
// how a column is masked, but no constant of a rule and no name of a column that is not exposed. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "common/policy/decision.h"

namespace scrim::explain {

enum class Detail { columnsOnly, everything };
using Names = std::vector<std::string>;

/// A row guard: "(department = 'Toys') OR (department = 'Home Goods')", or "(policy on department)".
/// `exposed`: the data source's columns.
std::string rowGuardText(const policy::Expression& predicate, Detail detail, const Names& exposed);

/// An output column: "ssn", "HASHING(ssn) AS ssn", "CASE WHEN .. THEN .. ELSE ssn END AS ssn".
std::string columnText(const std::string& column, const std::vector<policy::ColumnMask>& masks, Detail detail,
                       const Names& exposed);

/// A decision that allows, for whoever may not read the rules: what they act on, one line an effect.
std::vector<std::string> outline(const policy::Decision& decision, const Names& exposed);

}  // namespace scrim::explain
