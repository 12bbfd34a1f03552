// SPDX-License-Identifier: Apache-2.0
// How several masks of one column combine. docs/policy_model.md, "How rules combine": within one scope the more
// specific selector wins, then the stricter method; across scopes the stricter wins; equal methods with other
// parameters give NULL. This is decided for every cell among the masks that apply to it, whatever conditions they have.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/policy/decision.h"

namespace scrim::policy {

struct MaskCandidate {
  bool global = false;  // the rule's scope
  int specificity = 0;  // higher wins: a named column, then a tag by its depth, then a pattern
  Mask mask;
  std::optional<ExpressionPtr> condition;  // bound; empty: always
  base::RuleId rule;
  std::string sentence;
};

inline constexpr int kNamedColumn = 1000;  // tags have depths 1 to 64, patterns 0

/// Masks in the order of Decision::masks: the first whose condition applies wins. Order of candidates: without effect.
std::vector<ColumnMask> combine(const std::string& column, std::vector<MaskCandidate> candidates,
                                std::vector<Conflict>& conflicts);

}  // namespace scrim::policy
