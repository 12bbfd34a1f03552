// SPDX-License-Identifier: Apache-2.0
#include "common/policy/expression.h"

#include <algorithm>

namespace scrim::policy {
namespace {

ExpressionPtr make(Expression expression) { return std::make_shared<const Expression>(std::move(expression)); }

ExpressionPtr flattened(ExpressionKind kind, std::vector<ExpressionPtr> children) {
  if (children.size() == 1) return children.front();
  std::vector<ExpressionPtr> flat;
  for (ExpressionPtr& child : children) {
    if (child->kind == kind) {
      flat.insert(flat.end(), child->children.begin(), child->children.end());
    } else {
      flat.push_back(std::move(child));
    }
  }
  return node(kind, std::move(flat));
}

bool sameOwnFields(const Expression& a, const Expression& b) {
  return a.kind == b.kind && a.name == b.name && a.literal == b.literal && a.negated == b.negated && a.type == b.type &&
         a.lookupSource == b.lookupSource && a.lookupColumn == b.lookupColumn && a.percent == b.percent;
}

}  // namespace

bool equal(const ExpressionPtr& left, const ExpressionPtr& right) {
  if (left == right) return true;
  if (!left || !right || !sameOwnFields(*left, *right) || !equal(left->lookupWhere, right->lookupWhere)) return false;
  return std::equal(left->children.begin(), left->children.end(), right->children.begin(), right->children.end(),
                    [](const ExpressionPtr& a, const ExpressionPtr& b) { return equal(a, b); });
}

bool isBound(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::userName:
    case ExpressionKind::userAttribute:
    case ExpressionKind::userGroups:
    case ExpressionKind::userPurposes:
    case ExpressionKind::matchesUserSet:
    case ExpressionKind::hasMember:
      return false;
    default:
      break;
  }
  return (!expression.lookupWhere || isBound(*expression.lookupWhere)) &&
         std::all_of(expression.children.begin(), expression.children.end(),
                     [](const ExpressionPtr& child) { return isBound(*child); });
}

ExpressionPtr column(std::string name) { return make({.kind = ExpressionKind::column, .name = std::move(name)}); }
ExpressionPtr literal(LiteralType type, std::string text) {
  return make({.kind = ExpressionKind::literal, .literal = {type, std::move(text)}});
}
ExpressionPtr truth(bool value) {
  return make({.kind = ExpressionKind::truth, .literal = {LiteralType::boolean, value ? "true" : "false"}});
}
ExpressionPtr node(ExpressionKind kind, std::vector<ExpressionPtr> children, std::string name) {
  return make({.kind = kind, .name = std::move(name), .children = std::move(children)});
}
ExpressionPtr conjunction(std::vector<ExpressionPtr> children) {
  return flattened(ExpressionKind::logicalAnd, std::move(children));
}
ExpressionPtr disjunction(std::vector<ExpressionPtr> children) {
  return flattened(ExpressionKind::logicalOr, std::move(children));
}

const std::vector<FunctionRow>& functions() {
  static const std::vector<FunctionRow> table{
      {"lower", 1, 1},       // A-Z become a-z
      {"upper", 1, 1},       // a-z become A-Z
      {"trim", 1, 1},        // spaces at both ends
      {"substring", 2, 3},   // (text, first character from 1[, how many])
      {"length", 1, 1},      // characters
      {"coalesce", 2, 100},  // the first that is not NULL
      {"abs", 1, 1},         // numbers
      {"mod", 2, 2},         // remainder with the sign of the first
      {"date_trunc", 2, 2},  // ('hour' | 'day' | 'month' | 'quarter' | 'year', date or timestamp): keeps its type
  };
  return table;
}

const FunctionRow* findFunction(std::string_view name) {
  auto found = std::find_if(functions().begin(), functions().end(), [&](const auto& row) { return row.name == name; });
  return found == functions().end() ? nullptr : &*found;
}

}  // namespace scrim::policy
