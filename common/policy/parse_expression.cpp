// SPDX-License-Identifier: Apache-2.0
#include "common/policy/parser.h"

namespace scrim::policy {
namespace {

using base::Result;

// TRUE and FALSE are operands (`flag = TRUE`) or, where a predicate stands, the predicate itself.
ExpressionPtr asPredicate(const ExpressionPtr& expression) {
  if (expression->kind == ExpressionKind::literal && expression->literal.type == LiteralType::boolean) {
    return truth(expression->literal.text == "true");
  }
  return expression;
}

ExpressionPtr negatedIf(bool negated, ExpressionPtr expression) {
  return negated ? node(ExpressionKind::logicalNot, {std::move(expression)}) : expression;
}

ExpressionPtr negatable(ExpressionKind kind, std::vector<ExpressionPtr> children, bool negated) {
  return std::make_shared<const Expression>(
      Expression{.kind = kind, .children = std::move(children), .negated = negated});
}

}  // namespace

Result<ExpressionPtr> Parser::expressionAlone() {
  SCRIM_TRY(ExpressionPtr out, predicate());
  SCRIM_CHECK_OK(expectEnd({"an operator", "the end of the text"}));
  return out;
}

Result<ExpressionPtr> Parser::predicate() {
  SCRIM_TRY(const ExpressionPtr out, expression());
  return asPredicate(out);
}

Result<ExpressionPtr> Parser::expression() {
  std::vector<ExpressionPtr> parts;
  do {
    SCRIM_TRY(ExpressionPtr part, logicalAnd());
    parts.push_back(std::move(part));
  } while (accept("OR"));
  if (parts.size() > 1) {
    for (ExpressionPtr& part : parts) part = asPredicate(part);
  }
  return disjunction(std::move(parts));
}

Result<ExpressionPtr> Parser::logicalAnd() {
  std::vector<ExpressionPtr> parts;
  do {
    SCRIM_TRY(ExpressionPtr part, logicalNot());
    parts.push_back(std::move(part));
  } while (accept("AND"));
  if (parts.size() > 1) {
    for (ExpressionPtr& part : parts) part = asPredicate(part);
  }
  return conjunction(std::move(parts));
}

Result<ExpressionPtr> Parser::logicalNot() {
  if (!accept("NOT")) return comparison();
  SCRIM_POLICY_DEEPER();
  SCRIM_CHECK_OK(countOperator());
  SCRIM_TRY(const ExpressionPtr inner, logicalNot());
  return node(ExpressionKind::logicalNot, {asPredicate(inner)});
}

Result<ExpressionPtr> Parser::comparison() {
  if (at("USER") && !atSign(".", 1)) return userPredicate();
  SCRIM_TRY(ExpressionPtr left, sum());
  for (const std::string_view sign : {"=", "<>", "!=", "<=", ">=", "<", ">"}) {
    if (!acceptSign(sign)) continue;
    SCRIM_TRY(ExpressionPtr right, sum());
    return node(ExpressionKind::compare, {std::move(left), std::move(right)}, sign == "!=" ? "<>" : std::string(sign));
  }
  return negatableComparison(std::move(left));
}

Result<ExpressionPtr> Parser::negatableComparison(ExpressionPtr left) {
  if (accept("IS")) {
    const bool negated = accept("NOT");
    if (!accept("NULL")) return unexpected({"NULL", "NOT NULL"});
    return negatable(ExpressionKind::isNull, {std::move(left)}, negated);
  }
  const bool negated = accept("NOT");
  if (accept("BETWEEN")) return between(std::move(left), negated);
  if (accept("LIKE")) return like(std::move(left), negated);
  if (accept("IN")) return in(std::move(left), negated);
  if (negated) return unexpected({"BETWEEN", "LIKE", "IN"});
  return left;
}

Result<ExpressionPtr> Parser::between(ExpressionPtr left, bool negated) {
  SCRIM_TRY(ExpressionPtr low, sum());
  SCRIM_CHECK_OK(expect("AND"));
  SCRIM_TRY(ExpressionPtr high, sum());
  return negatable(ExpressionKind::between, {std::move(left), std::move(low), std::move(high)}, negated);
}

Result<ExpressionPtr> Parser::like(ExpressionPtr left, bool negated) {
  SCRIM_TRY(ExpressionPtr pattern, sum());
  return negatable(ExpressionKind::like, {std::move(left), std::move(pattern)}, negated);
}

Result<ExpressionPtr> Parser::in(ExpressionPtr left, bool negated) {
  if (at("USER") && atSign(".", 1)) return inUserSet(std::move(left), negated);
  if (!acceptSign("(")) return unexpected({"(", "USER.GROUPS", "USER.ATTRIBUTE", "USER.PURPOSES"});
  SCRIM_POLICY_DEEPER();
  return at("SELECT") ? inLookup(std::move(left), negated) : inList(std::move(left), negated);
}

Result<ExpressionPtr> Parser::inList(ExpressionPtr left, bool negated) {
  std::vector<ExpressionPtr> children{std::move(left)};
  do {
    SCRIM_TRY(ExpressionPtr item, sum());
    children.push_back(std::move(item));
  } while (acceptSign(","));
  if (!acceptSign(")")) return unexpected({",", ")"});
  return negatable(ExpressionKind::inList, std::move(children), negated);
}

// 'HR' IN USER.GROUPS asks about the user alone; anything else IN USER.GROUPS about the row.
Result<ExpressionPtr> Parser::inUserSet(ExpressionPtr left, bool negated) {
  SCRIM_TRY(ExpressionPtr set, userSet());
  const bool aboutUser = left->kind == ExpressionKind::literal && left->literal.type == LiteralType::text;
  if (aboutUser) {
    return negatedIf(negated, node(ExpressionKind::hasMember, {std::move(set), std::move(left)}));
  }
  return negatedIf(negated, node(ExpressionKind::matchesUserSet, {std::move(left), std::move(set)}));
}

Result<ExpressionPtr> Parser::inLookup(ExpressionPtr left, bool negated) {
  SCRIM_CHECK_OK(expect("SELECT"));
  Expression out{.kind = ExpressionKind::inLookup, .children = {std::move(left)}, .negated = negated};
  SCRIM_TRY(out.lookupColumn, name("a column's name"));
  SCRIM_CHECK_OK(expect("FROM"));
  SCRIM_TRY(out.lookupSource.schema, name("a data source as schema.name"));
  if (!acceptSign(".")) return unexpected({"\".\" and a name (a data source is written schema.name)"});
  SCRIM_TRY(out.lookupSource.name, name("a data source's name"));
  if (accept("WHERE")) {
    SCRIM_TRY(out.lookupWhere, predicate());
  }
  if (!acceptSign(")")) return unexpected({"WHERE", ")"});
  return std::make_shared<const Expression>(std::move(out));
}

Result<ExpressionPtr> Parser::userPredicate() {
  SCRIM_CHECK_OK(expect("USER"));
  if (accept("IS")) return userGroupPredicate();
  if (accept("HAS")) return userAttributePredicate();
  if (accept("ACTS")) return userPurposePredicate();
  return unexpected({"IS A MEMBER OF", "HAS ATTRIBUTE", "ACTS UNDER", ".NAME", ".GROUPS", ".ATTRIBUTE", ".PURPOSES"});
}

Result<ExpressionPtr> Parser::userGroupPredicate() {
  SCRIM_CHECK_OK(expect("A MEMBER OF"));
  ExpressionPtr groups = node(ExpressionKind::userGroups, {});
  if (accept("A")) {
    SCRIM_CHECK_OK(expect("GROUP"));
    return matchingColumn(std::move(groups));
  }
  if (!accept("GROUP")) return unexpected({"A GROUP MATCHING COLUMN", "GROUP"});
  SCRIM_TRY(std::string group, nonEmptyString("a group in single quotes"));
  return node(ExpressionKind::hasMember, {std::move(groups), literal(LiteralType::text, std::move(group))});
}

Result<ExpressionPtr> Parser::userAttributePredicate() {
  SCRIM_CHECK_OK(expect("ATTRIBUTE"));
  SCRIM_TRY(std::string attribute, nonEmptyString("an attribute in single quotes"));
  ExpressionPtr values = node(ExpressionKind::userAttribute, {}, std::move(attribute));
  if (at("MATCHING")) return matchingColumn(std::move(values));
  if (!acceptSign("=")) return unexpected({"MATCHING COLUMN", "="});
  SCRIM_TRY(std::string value, string("a value in single quotes"));
  return node(ExpressionKind::hasMember, {std::move(values), literal(LiteralType::text, std::move(value))});
}

Result<ExpressionPtr> Parser::userPurposePredicate() {
  SCRIM_CHECK_OK(expect("UNDER"));
  ExpressionPtr purposes = node(ExpressionKind::userPurposes, {});
  if (accept("A")) {
    SCRIM_CHECK_OK(expect("PURPOSE"));
    return matchingColumn(std::move(purposes));
  }
  if (!accept("PURPOSE")) return unexpected({"A PURPOSE MATCHING COLUMN", "PURPOSE"});
  SCRIM_TRY(std::string purpose, nonEmptyString("a purpose in single quotes"));
  return node(ExpressionKind::hasMember, {std::move(purposes), literal(LiteralType::text, std::move(purpose))});
}

Result<ExpressionPtr> Parser::matchingColumn(ExpressionPtr set) {
  SCRIM_CHECK_OK(expect("MATCHING COLUMN"));
  SCRIM_TRY(std::string matched, name("a column's name"));
  return node(ExpressionKind::matchesUserSet, {column(std::move(matched)), std::move(set)});
}

}  // namespace scrim::policy
