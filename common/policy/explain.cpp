// SPDX-License-Identifier: Apache-2.0
#include "common/policy/explain.h"

#include "common/policy/bind.h"
#include "common/policy/language.h"
#include "common/policy/mask_effect.h"
#include "common/policy/token.h"
#include "common/policy/typing.h"

namespace scrim::policy {
namespace {

std::string because(base::RuleId rule, const std::string& sentence) {
  return ", because rule " + std::to_string(rule.value) + " says: " + sentence + ".";
}

std::string explained(const RowGuard& guard) {
  const std::string why = because(guard.rule, guard.sentence);
  if (isTruth(*guard.predicate, false)) return "You see no rows" + why;
  if (isTruth(*guard.predicate, true))
    return "You see all rows, as far as rule " + std::to_string(guard.rule.value) + " goes" + why;
  if (guard.predicate->kind == ExpressionKind::sample) return "You see " + print(*guard.predicate) + why;
  return "You see rows where " + print(*guard.predicate) + why;
}

std::string effect(const Mask& mask, const schema::DataType& type) {
  const MaskEffect effect = effectOf(mask, type);
  if (mask.method == MaskMethod::null || !effect.applies) return "shows NULL";
  switch (mask.method) {
    case MaskMethod::constant:
      return "always shows " + print(Expression{.kind = ExpressionKind::literal, .literal = mask.constant});
    case MaskMethod::hashing:
      return "is hashed";
    case MaskMethod::regex:
      return "is rewritten";
    case MaskMethod::showing:
      return std::string("shows its ") + (mask.showFirst ? "first " : "last ") + std::to_string(mask.shown) +
             " characters";
    default:
      return "is rounded" + print(mask).substr(std::string_view("ROUNDING").size());
  }
}

std::string explained(const ResourceColumn& column, const ColumnMask& mask) {
  std::string out = "Column " + printedName(column.name) + " " + effect(mask.mask, column.type);
  if (mask.condition) out += " unless it is certain that " + print(**mask.condition) + " does not hold";
  return out + because(mask.rule, mask.sentence);
}

}  // namespace

std::vector<std::string> explain(const Decision& decision, const Resource& resource) {
  const std::string name = printedName(resource.name.schema) + "." + printedName(resource.name.name);
  if (!decision.visible) return {"There is no data source " + name + "."};
  if (!decision.allowed) return {"You cannot use " + name + ": " + decision.reason + "."};
  std::vector<std::string> out;
  for (const RowGuard& guard : decision.rows) out.push_back(explained(guard));
  if (decision.rows.empty()) out.emplace_back("You see all rows.");
  bool anyMask = false;
  for (const ResourceColumn& column : resource.columns) {
    const auto masks = decision.masks.find(column.name);
    if (masks == decision.masks.end()) continue;
    for (const ColumnMask& mask : masks->second) out.push_back(explained(column, mask));
    anyMask = anyMask || !masks->second.empty();
  }
  if (!anyMask) out.emplace_back("You see every column as it is.");
  return out;
}

}  // namespace scrim::policy
