// SPDX-License-Identifier: Apache-2.0
#include "common/policy/language.h"
#include "common/policy/sample.h"
#include "common/policy/token.h"

namespace scrim::policy {
namespace {

// How strongly a node binds: a child that binds less strongly than its place asks for stands in parentheses.
enum Level { kOr = 1, kAnd, kNot, kComparison, kSum, kProduct, kOperand };

Level levelOf(const Expression& e) {
  switch (e.kind) {
    case ExpressionKind::logicalOr:
      return kOr;
    case ExpressionKind::logicalAnd:
      return kAnd;
    case ExpressionKind::logicalNot:
      return kNot;
    case ExpressionKind::compare:
    case ExpressionKind::between:
    case ExpressionKind::inList:
    case ExpressionKind::matchesUserSet:
    case ExpressionKind::hasMember:
    case ExpressionKind::inLookup:
    case ExpressionKind::like:
    case ExpressionKind::isNull:
    case ExpressionKind::sample:
      return kComparison;
    case ExpressionKind::arithmetic:
      return e.name == "+" || e.name == "-" ? kSum : kProduct;
    default:
      return kOperand;
  }
}

std::string plain(const Expression& e);

std::string at(Level least, const Expression& e) { return levelOf(e) < least ? "(" + plain(e) + ")" : plain(e); }

std::string joined(const std::vector<ExpressionPtr>& parts, std::size_t first, std::string_view between, Level least) {
  std::string out;
  for (std::size_t i = first; i < parts.size(); ++i) {
    if (i > first) out += between;
    out += at(least, *parts[i]);
  }
  return out;
}

std::string printed(const Literal& literal) {
  switch (literal.type) {
    case LiteralType::null:
      return "NULL";
    case LiteralType::boolean:
      return literal.text == "true" ? "TRUE" : "FALSE";
    case LiteralType::integer:
    case LiteralType::decimal:
      return literal.text;
    case LiteralType::text:
      return printedString(literal.text);
    case LiteralType::date:
      return "DATE " + printedString(literal.text);
    case LiteralType::timestamp:
      return "TIMESTAMP " + printedString(literal.text);
    case LiteralType::interval:
      break;
  }
  return "INTERVAL " + printedString(literal.text);
}

std::string printedSet(const Expression& set) {
  if (set.kind == ExpressionKind::userGroups) return "USER.GROUPS";
  if (set.kind == ExpressionKind::userPurposes) return "USER.PURPOSES";
  return "USER.ATTRIBUTE(" + printedString(set.name) + ")";
}

std::string printedMatch(const Expression& value, const Expression& set) {
  if (value.kind != ExpressionKind::column) return at(kSum, value) + " IN " + printedSet(set);
  const std::string matching = " MATCHING COLUMN " + printedName(value.name);
  if (set.kind == ExpressionKind::userGroups) return "USER IS A MEMBER OF A GROUP" + matching;
  if (set.kind == ExpressionKind::userPurposes) return "USER ACTS UNDER A PURPOSE" + matching;
  return "USER HAS ATTRIBUTE " + printedString(set.name) + matching;
}

std::string printedMember(const Expression& set, const std::string& value) {
  // The English form cannot hold an empty name.
  if (value.empty() && set.kind != ExpressionKind::userAttribute)
    return printedString(value) + " IN " + printedSet(set);
  if (set.kind == ExpressionKind::userGroups) return "USER IS A MEMBER OF GROUP " + printedString(value);
  if (set.kind == ExpressionKind::userPurposes) return "USER ACTS UNDER PURPOSE " + printedString(value);
  return "USER HAS ATTRIBUTE " + printedString(set.name) + " = " + printedString(value);
}

std::string printedLookup(const Expression& e) {
  return at(kSum, *e.children[0]) + (e.negated ? " NOT IN (SELECT " : " IN (SELECT ") + printedName(e.lookupColumn) +
         " FROM " + printedName(e.lookupSource.schema) + "." + printedName(e.lookupSource.name) +
         (e.lookupWhere ? " WHERE " + print(*e.lookupWhere) : "") + ")";
}

std::string printedArithmetic(const Expression& e) {
  const Level level = levelOf(e);
  return at(level, *e.children[0]) + " " + e.name + " " + at(static_cast<Level>(level + 1), *e.children[1]);
}

std::string plain(const Expression& e) {
  const std::string no = e.negated ? " NOT" : "";
  switch (e.kind) {
    case ExpressionKind::column:
      return printedName(e.name);
    case ExpressionKind::literal:
    case ExpressionKind::truth:
      return printed(e.literal);
    case ExpressionKind::now:
      return "NOW";
    case ExpressionKind::userName:
      return "USER.NAME";
    case ExpressionKind::userAttribute:
    case ExpressionKind::userGroups:
    case ExpressionKind::userPurposes:
      return printedSet(e);
    case ExpressionKind::compare:
      return at(kSum, *e.children[0]) + " " + e.name + " " + at(kSum, *e.children[1]);
    case ExpressionKind::between:
      return at(kSum, *e.children[0]) + no + " BETWEEN " + joined(e.children, 1, " AND ", kSum);
    case ExpressionKind::inList:
      return at(kSum, *e.children[0]) + no + " IN (" + joined(e.children, 1, ", ", kSum) + ")";
    case ExpressionKind::matchesUserSet:
      return printedMatch(*e.children[0], *e.children[1]);
    case ExpressionKind::hasMember:
      return printedMember(*e.children[0], e.children[1]->literal.text);
    case ExpressionKind::inLookup:
      return printedLookup(e);
    case ExpressionKind::like:
      return at(kSum, *e.children[0]) + no + " LIKE " + at(kSum, *e.children[1]);
    case ExpressionKind::isNull:
      return at(kSum, *e.children[0]) + " IS" + no + " NULL";
    case ExpressionKind::logicalAnd:
      return joined(e.children, 0, " AND ", kNot);
    case ExpressionKind::logicalOr:
      return joined(e.children, 0, " OR ", kAnd);
    case ExpressionKind::logicalNot:
      return "NOT " + at(kOperand, *e.children[0]);
    case ExpressionKind::arithmetic:
      return printedArithmetic(e);
    case ExpressionKind::call:
      return e.name + "(" + joined(e.children, 0, ", ", kOr) + ")";
    case ExpressionKind::cast:
      return "CAST(" + at(kOr, *e.children[0]) + " AS " + e.type.name + ")";
    case ExpressionKind::sample:
      break;
  }
  return printedPercent(e.percent) + " PERCENT OF ROWS BY COLUMN " + printedName(e.name);
}

}  // namespace

std::string print(const Expression& expression) { return plain(expression); }

}  // namespace scrim::policy
