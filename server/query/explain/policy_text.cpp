// SPDX-License-Identifier: Apache-2.0
#include "server/query/explain/policy_text.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "common/policy/language.h"

namespace scrim::explain {
namespace {

using policy::Expression;
using policy::ExpressionKind;

/// Longer lists stay lists: a plan is for reading.
constexpr std::size_t kMaxAlternatives = 8;

void collectColumns(const Expression& expression, std::set<std::string>& columns) {
  if (expression.kind == ExpressionKind::column || expression.kind == ExpressionKind::sample)
    columns.insert(expression.name);
  for (const policy::ExpressionPtr& child : expression.children) collectColumns(*child, columns);
}

// A column that is not exposed has no name for those who may not see policy.
std::string columnsOf(const Expression& expression, const Names& exposed) {
  std::set<std::string> columns;
  collectColumns(expression, columns);
  if (columns.empty()) return "all rows";
  std::string text;
  bool others = false;
  for (const std::string& column : columns) {
    if (std::find(exposed.begin(), exposed.end(), column) == exposed.end()) {
      others = true;
    } else {
      text += (text.empty() ? "" : ", ") + column;
    }
  }
  if (others) text += text.empty() ? "columns that are not shown" : ", columns that are not shown";
  return text;
}

bool isShortList(const Expression& predicate) {
  return predicate.kind == ExpressionKind::inList && !predicate.negated && predicate.children.size() > 1 &&
         predicate.children.size() <= kMaxAlternatives + 1;
}

std::string alternatives(const Expression& predicate) {
  std::string text;
  for (std::size_t i = 1; i < predicate.children.size(); ++i) {
    text += (i == 1 ? "(" : " OR (") + policy::print(*predicate.children[0]) + " = " +
            policy::print(*predicate.children[i]) + ")";
  }
  return text;
}

std::string_view methodName(policy::MaskMethod method) {
  switch (method) {
    case policy::MaskMethod::null:
      return "NULL";
    case policy::MaskMethod::constant:
      return "CONSTANT";
    case policy::MaskMethod::hashing:
      return "HASHING";
    case policy::MaskMethod::regex:
      return "REGEX";
    case policy::MaskMethod::showing:
      return "SHOWING";
    case policy::MaskMethod::rounding:
      return "ROUNDING";
  }
  return "MASK";
}

std::string maskText(const std::string& column, const policy::Mask& mask, Detail detail) {
  if (mask.method == policy::MaskMethod::null) return "NULL";
  const std::string method = detail == Detail::everything ? policy::print(mask) : std::string(methodName(mask.method));
  const bool plain = method.find(' ') == std::string::npos;
  return method + (plain ? "(" : " (") + column + ")";
}

}  // namespace

std::string rowGuardText(const Expression& predicate, Detail detail, const Names& exposed) {
  if (detail == Detail::columnsOnly) return "(policy on " + columnsOf(predicate, exposed) + ")";
  if (isShortList(predicate)) return "(" + alternatives(predicate) + ")";
  return "(" + policy::print(predicate) + ")";
}

std::string columnText(const std::string& column, const std::vector<policy::ColumnMask>& masks, Detail detail,
                       const Names& exposed) {
  if (masks.empty()) return column;
  std::string text = column;
  for (auto mask = masks.rbegin(); mask != masks.rend(); ++mask) {
    std::string masked = maskText(column, mask->mask, detail);
    if (mask->condition) {
      std::string choice = "CASE WHEN ";
      choice.append(rowGuardText(**mask->condition, detail, exposed)).append(" THEN ").append(masked);
      choice.append(" ELSE ").append(text).append(" END");
      masked = std::move(choice);
    }
    text = std::move(masked);
  }
  return text + " AS " + column;
}

std::vector<std::string> outline(const policy::Decision& decision, const Names& exposed) {
  std::vector<std::string> lines;
  for (const policy::RowGuard& guard : decision.rows) {
    lines.push_back("Rows are limited: " + rowGuardText(*guard.predicate, Detail::columnsOnly, exposed) + ".");
  }
  if (decision.rows.empty()) lines.emplace_back("You see all rows.");
  bool masked = false;
  for (const std::string& column : exposed) {
    const auto masks = decision.masks.find(column);
    if (masks == decision.masks.end() || masks->second.empty()) continue;
    lines.push_back("Column " + column +
                    " is masked: " + columnText(column, masks->second, Detail::columnsOnly, exposed) + ".");
    masked = true;
  }
  if (!masked) lines.emplace_back("You see every column as it is.");
  return lines;
}

}  // namespace scrim::explain
