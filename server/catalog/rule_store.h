// SPDX-License-Identifier: Apache-2.0
// Rules in the catalog's database, with the history of each. Errors: those of store::Link.
#pragma once

#include <optional>
#include <vector>

#include "common/policy/rule.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

std::string_view nameOf(policy::RuleState state);
std::optional<policy::RuleState> ruleStateOf(std::string_view name);

/// A sentence that is not understood, or does not print as it is stored, is loaded without its meaning: such a rule
/// denies.
base::Result<std::vector<policy::Rule>> loadRules(store::Link& link, const Selection& selection = {});
/// Inserts (id 0) or replaces with the next version; does nothing if nothing differs. Returns the id.
base::Result<base::RuleId> save(Writer& writer, const policy::Rule& rule);
/// What a rule once said. `state`: as of rules, or "deleted". `changedAt`: ISO 8601, UTC.
struct RuleVersion {
  int version = 0;
  std::string sentence;
  std::string state;
  std::string author;
  std::string reason;
  std::string changedAt;
};
base::Result<std::vector<RuleVersion>> loadRuleHistory(store::Link& link, base::RuleId id);
base::Result<void> removeRule(Writer& writer, base::RuleId id);

}  // namespace scrim::catalog
