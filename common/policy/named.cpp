// SPDX-License-Identifier: Apache-2.0
#include "common/policy/named.h"

namespace scrim::policy {
namespace {

using Names = std::set<std::string>;

/// Names that conditions and sets of the subject hold, of one kind.
struct Search {
  ConditionKind condition;
  ExpressionKind set;
  Names names = {};

  void in(const ConditionPtr& tree) {
    if (tree == nullptr) return;
    if (tree->kind == condition) names.insert(tree->name);
    for (const ConditionPtr& child : tree->children) in(child);
  }
  void in(const ExpressionPtr& tree) {
    if (tree == nullptr) return;
    if (tree->kind == ExpressionKind::hasMember && tree->children[0]->kind == set) {
      names.insert(tree->children[1]->literal.text);
    }
    for (const ExpressionPtr& child : tree->children) in(child);
    in(tree->lookupWhere);
  }
  void in(const MaskAction& action) { in(action.where); }
  void in(const RowAction& action) { in(action.predicate); }
  void in(const PurposeAction& action) {
    if (condition == ConditionKind::actsUnderPurpose) names.insert(action.purposes.begin(), action.purposes.end());
  }
  void in(const SubscriptionAction& action) { in(action.condition); }
};

Names found(Search search, const Sentence& sentence) {
  const auto add = [&](const auto& action) { search.in(action); };
  std::visit(add, sentence.action);
  if (sentence.otherwise) std::visit(add, *sentence.otherwise);
  search.in(sentence.audience.condition);
  return std::move(search.names);
}

}  // namespace

Names purposesNamed(const Sentence& sentence) {
  return found({ConditionKind::actsUnderPurpose, ExpressionKind::userPurposes}, sentence);
}

Names groupsNamed(const Sentence& sentence) {
  return found({ConditionKind::memberOfGroup, ExpressionKind::userGroups}, sentence);
}

Names tagsNamed(const Sentence& sentence) {
  Names names(sentence.dataSourceTags.begin(), sentence.dataSourceTags.end());
  const auto add = [&](const Action& action) {
    const auto* mask = std::get_if<MaskAction>(&action);
    if (mask != nullptr && mask->columns.kind == ColumnSelector::Kind::tag) names.insert(mask->columns.text);
  };
  add(sentence.action);
  if (sentence.otherwise) add(*sentence.otherwise);
  return names;
}

}  // namespace scrim::policy
