// SPDX-License-Identifier: Apache-2.0
#include "common/policy/language.h"
#include "common/policy/sample.h"
#include "common/policy/token.h"

namespace scrim::policy {
namespace {

std::string commaSeparated(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + printedString(item);
  return out;
}

std::string printed(const ColumnSelector& selector) {
  switch (selector.kind) {
    case ColumnSelector::Kind::name:
      return "COLUMN " + printedName(selector.text);
    case ColumnSelector::Kind::tag:
      return "COLUMNS TAGGED " + printedString(selector.text);
    case ColumnSelector::Kind::pattern:
      break;
  }
  return "COLUMNS MATCHING " + printedString(selector.text);
}

std::string printedUnit(RoundingUnit unit) {
  switch (unit) {
    case RoundingUnit::hour:
      return "HOUR";
    case RoundingUnit::day:
      return "DAY";
    case RoundingUnit::month:
      return "MONTH";
    case RoundingUnit::quarter:
      return "QUARTER";
    case RoundingUnit::year:
    case RoundingUnit::number:
      break;
  }
  return "YEAR";
}

std::string printed(const MaskAction& action) {
  return "MASK " + printed(action.columns) + " USING " + print(action.mask) +
         (action.where ? " WHERE " + print(*action.where) : "");
}

// `column >= NOW - INTERVAL ..` has its own words.
bool isRecent(const Expression& e) {
  if (e.kind != ExpressionKind::compare || e.name != ">=" || e.children[0]->kind != ExpressionKind::column)
    return false;
  const Expression& since = *e.children[1];
  return since.kind == ExpressionKind::arithmetic && since.name == "-" &&
         since.children[0]->kind == ExpressionKind::now && since.children[1]->kind == ExpressionKind::literal &&
         since.children[1]->literal.type == LiteralType::interval;
}

std::string printed(const RowAction& action) {
  const Expression& predicate = *action.predicate;
  if (predicate.kind == ExpressionKind::truth && predicate.literal.text == "false") return "SHOW NO ROWS";
  if (predicate.kind == ExpressionKind::sample) return "SHOW ONLY " + print(predicate);
  if (isRecent(predicate)) {
    return "SHOW ONLY ROWS FROM THE LAST " + upperAscii(predicate.children[1]->children[1]->literal.text) +
           " BY COLUMN " + printedName(predicate.children[0]->name);
  }
  return "SHOW ONLY ROWS WHERE " + print(predicate);
}

std::string printed(const PurposeAction& action) {
  return "LIMIT USAGE TO PURPOSES " + commaSeparated(action.purposes);
}

std::string printed(const SubscriptionAction& action) {
  const std::string start = "ALLOW SUBSCRIPTION BY ";
  switch (action.kind) {
    case SubscriptionAction::Kind::anyone:
      return start + "ANYONE";
    case SubscriptionAction::Kind::condition:
      return start + print(*action.condition);
    case SubscriptionAction::Kind::invitation:
      return start + "INVITATION ONLY";
    case SubscriptionAction::Kind::approval:
      break;
  }
  std::string out;
  for (const std::string& approver : action.approvers) out += (out.empty() ? "" : ", ") + approver;
  return start + "APPROVAL OF " + out;
}

int levelOf(ConditionKind kind) {
  if (kind == ConditionKind::either) return 1;
  return kind == ConditionKind::both ? 2 : 3;
}

std::string printed(const Condition& condition, int least);

std::string joined(const Condition& condition, std::string_view word) {
  std::string out;
  for (const ConditionPtr& child : condition.children) {
    if (!out.empty()) out += word;
    out += printed(*child, levelOf(condition.kind) + 1);
  }
  return out;
}

std::string printedPlain(const Condition& condition) {
  switch (condition.kind) {
    case ConditionKind::everyone:
      return "EVERYONE";
    case ConditionKind::memberOfGroup:
      return "MEMBERS OF GROUP " + printedString(condition.name);
    case ConditionKind::hasAttribute:
      return "USERS WITH ATTRIBUTE " + printedString(condition.name) +
             (condition.value ? " = " + printedString(*condition.value) : "");
    case ConditionKind::actsUnderPurpose:
      return "USERS ACTING UNDER PURPOSE " + printedString(condition.name);
    case ConditionKind::isUser:
      return "USER " + printedString(condition.name);
    case ConditionKind::both:
      return joined(condition, " AND ");
    case ConditionKind::either:
      return joined(condition, " OR ");
    case ConditionKind::negation:
      break;
  }
  return "NOT " + printed(*condition.children[0], 3);
}

std::string printed(const Condition& condition, int least) {
  const std::string plain = printedPlain(condition);
  return levelOf(condition.kind) < least ? "(" + plain + ")" : plain;
}

}  // namespace

std::string print(const Mask& mask) {
  switch (mask.method) {
    case MaskMethod::null:
      return "NULL";
    case MaskMethod::constant:
      return "CONSTANT " + print(Expression{.kind = ExpressionKind::literal, .literal = mask.constant});
    case MaskMethod::hashing:
      return "HASHING";
    case MaskMethod::regex:
      return "REGEX " + printedString(mask.pattern) + " REPLACED BY " + printedString(mask.replacement) +
             (mask.caseInsensitive ? " CASE INSENSITIVE" : "");
    case MaskMethod::rounding:
      return "ROUNDING TO " + (mask.unit == RoundingUnit::number ? mask.step : printedUnit(mask.unit));
    case MaskMethod::showing:
      break;
  }
  return std::string("SHOWING ") + (mask.showFirst ? "FIRST " : "LAST ") + std::to_string(mask.shown) +
         (mask.filler == "*" ? "" : " WITH " + printedString(mask.filler));
}

std::string print(const Condition& condition) { return printed(condition, 0); }

std::string print(const Audience& audience) {
  if (audience.everyoneExcept) return "EVERYONE EXCEPT " + print(*audience.condition);
  return audience.condition ? print(*audience.condition) : "EVERYONE";
}

std::string print(const Action& action) {
  return std::visit([](const auto& kind) { return printed(kind); }, action);
}

std::string print(const Sentence& sentence) {
  std::string out;
  if (!sentence.dataSourceTags.empty()) {
    out = "ON DATA SOURCES TAGGED " + commaSeparated(sentence.dataSourceTags) + ": ";
  }
  out += print(sentence.action);
  if (!std::holds_alternative<SubscriptionAction>(sentence.action)) out += " FOR " + print(sentence.audience);
  if (sentence.otherwise) out += " OTHERWISE " + print(*sentence.otherwise);
  return out;
}

}  // namespace scrim::policy
