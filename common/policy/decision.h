// SPDX-License-Identifier: Apache-2.0
// Decision: what one subject may see of one data source, in one snapshot. The only thing enforcers act on.
// All expressions in it are bound (no user nodes). Immutable; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/id.h"
#include "common/policy/expression.h"
#include "common/policy/mask.h"

namespace scrim::policy {

/// A row rule's effect: only rows for which `predicate` is true (NULL excludes the row).
struct RowGuard {
  ExpressionPtr predicate;
  base::RuleId rule;
  std::string sentence;  // the rule's canonical text, for plans and explanations
};

/// One mask of a column. `condition` empty: always; otherwise masked unless the condition is FALSE (NULL masks).
struct ColumnMask {
  std::optional<ExpressionPtr> condition;
  Mask mask;
  base::RuleId rule;
  std::string sentence;
};

/// Two rules that ask for the same method with other parameters: the column shows NULL, and their authors are told.
struct Conflict {
  std::string column;
  std::vector<base::RuleId> rules;
  std::string message;
};

struct Decision {
  bool allowed = false;
  bool visible = false;  // false: behaves as if the data source did not exist
  std::string reason;    // of a denial, for the audit record and its author; never shown to the subject if !visible
  std::vector<RowGuard> rows;                            // all must hold
  std::map<std::string, std::vector<ColumnMask>> masks;  // column -> masks, first whose condition applies wins
  std::vector<base::RuleId> rules;                       // every rule that took part, ascending
  base::SnapshotVersion snapshot;
  std::vector<Conflict> conflicts = {};
};

/// A digest of everything that affects what is shown: equal digests, equal rows, values and explanations. The
/// snapshot's version is no part of it.
std::string digestOf(const Decision& decision);

}  // namespace scrim::policy
