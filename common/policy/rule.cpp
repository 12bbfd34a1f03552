// SPDX-License-Identifier: Apache-2.0
#include "common/policy/rule.h"

#include <algorithm>

namespace scrim::policy {
namespace {

bool same(const MaskAction& a, const MaskAction& b) {
  return a.columns == b.columns && a.mask == b.mask && equal(a.where, b.where);
}
bool same(const RowAction& a, const RowAction& b) { return equal(a.predicate, b.predicate); }
bool same(const PurposeAction& a, const PurposeAction& b) { return a.purposes == b.purposes; }
bool same(const SubscriptionAction& a, const SubscriptionAction& b) {
  return a.kind == b.kind && equal(a.condition, b.condition) && a.approvers == b.approvers;
}

}  // namespace

bool equal(const ConditionPtr& left, const ConditionPtr& right) {
  if (left == right) return true;
  if (!left || !right || left->kind != right->kind || left->name != right->name || left->value != right->value) {
    return false;
  }
  return std::equal(left->children.begin(), left->children.end(), right->children.begin(), right->children.end(),
                    [](const ConditionPtr& a, const ConditionPtr& b) { return equal(a, b); });
}

bool operator==(const Audience& left, const Audience& right) {
  return left.everyoneExcept == right.everyoneExcept && equal(left.condition, right.condition);
}

bool operator==(const ColumnSelector& left, const ColumnSelector& right) {
  return left.kind == right.kind && left.text == right.text;
}

bool operator==(const Action& left, const Action& right) {
  if (left.index() != right.index()) return false;
  return std::visit([&](const auto& a) { return same(a, std::get<std::decay_t<decltype(a)>>(right)); }, left);
}

bool operator==(const Sentence& left, const Sentence& right) {
  if (left.otherwise.has_value() != right.otherwise.has_value()) return false;
  return left.dataSourceTags == right.dataSourceTags && left.action == right.action &&
         left.audience == right.audience && (!left.otherwise || *left.otherwise == *right.otherwise);
}

}  // namespace scrim::policy
