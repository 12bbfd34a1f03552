// SPDX-License-Identifier: Apache-2.0
#include "common/policy/purposes.h"

#include <algorithm>
#include <vector>

#include "common/policy/suggest.h"
#include "common/schema/tag.h"

namespace scrim::policy {
namespace {

using Names = std::set<std::string>;

void addFrom(const ConditionPtr& condition, Names& names) {
  if (condition == nullptr) return;
  if (condition->kind == ConditionKind::actsUnderPurpose) names.insert(condition->name);
  for (const ConditionPtr& child : condition->children) addFrom(child, names);
}

void addFrom(const ExpressionPtr& expression, Names& names) {
  if (expression == nullptr) return;
  if (expression->kind == ExpressionKind::hasMember && expression->children[0]->kind == ExpressionKind::userPurposes) {
    names.insert(expression->children[1]->literal.text);
  }
  for (const ExpressionPtr& child : expression->children) addFrom(child, names);
  addFrom(expression->lookupWhere, names);
}

void addFrom(const MaskAction& action, Names& names) { addFrom(action.where, names); }
void addFrom(const RowAction& action, Names& names) { addFrom(action.predicate, names); }
void addFrom(const PurposeAction& action, Names& names) {
  names.insert(action.purposes.begin(), action.purposes.end());
}
void addFrom(const SubscriptionAction& action, Names& names) { addFrom(action.condition, names); }

}  // namespace

std::set<std::string> purposesNamed(const Sentence& sentence) {
  Names names;
  const auto add = [&](const auto& action) { addFrom(action, names); };
  std::visit(add, sentence.action);
  if (sentence.otherwise) std::visit(add, *sentence.otherwise);
  addFrom(sentence.audience.condition, names);
  return names;
}

base::Result<void> checkPurposes(const Sentence& sentence, const std::set<std::string>& known) {
  for (const std::string& name : purposesNamed(sentence)) {
    const auto isIt = [&](const std::string& each) { return schema::foldedTag(each) == schema::foldedTag(name); };
    if (std::any_of(known.begin(), known.end(), isIt)) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string near = nearest(name, std::span<const std::string>(names));
    return base::Error{base::ErrorCode::policyInvalid,
                       "There is no purpose '" + name + "'" + (near.empty() ? "." : "; did you mean '" + near + "'?"),
                       {},
                       "Purposes are made by governors, before rules and projects name them."};
  }
  return {};
}

}  // namespace scrim::policy
