// SPDX-License-Identifier: Apache-2.0
#include "common/policy/canonical.h"
#include "common/policy/parser.h"
#include "common/policy/suggest.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::Result;

std::vector<std::string_view> functionNames() {
  std::vector<std::string_view> names;
  for (const FunctionRow& row : functions()) names.push_back(row.name);
  return names;
}

}  // namespace

Result<ExpressionPtr> Parser::sum() {
  SCRIM_TRY(ExpressionPtr left, product());
  while (atSign("+") || atSign("-")) {
    SCRIM_CHECK_OK(countOperator());
    std::string sign = take().text;
    SCRIM_TRY(ExpressionPtr right, product());
    left = node(ExpressionKind::arithmetic, {std::move(left), std::move(right)}, std::move(sign));
  }
  return left;
}

Result<ExpressionPtr> Parser::product() {
  SCRIM_TRY(ExpressionPtr left, operand());
  while (atSign("*") || atSign("/")) {
    SCRIM_CHECK_OK(countOperator());
    std::string sign = take().text;
    SCRIM_TRY(ExpressionPtr right, operand());
    left = node(ExpressionKind::arithmetic, {std::move(left), std::move(right)}, std::move(sign));
  }
  return left;
}

Result<ExpressionPtr> Parser::operand() {
  if (atSign("(")) return parenthesised();
  switch (peek().kind) {
    case TokenKind::quoted:
      return column(take().text);
    case TokenKind::string:
      return literal(LiteralType::text, take().text);
    case TokenKind::number:
      return numberOperand(false);
    case TokenKind::word:
      return wordOperand();
    default:
      break;
  }
  if (acceptSign("-")) return numberOperand(true);
  return unexpected({"a column", "a value", "NOT", "USER", "("});
}

Result<ExpressionPtr> Parser::parenthesised() {
  SCRIM_CHECK_OK(expectSign("("));
  SCRIM_POLICY_DEEPER();
  SCRIM_TRY(ExpressionPtr inner, expression());
  if (!acceptSign(")")) return unexpected({"an operator", ")"});
  return inner;
}

Result<ExpressionPtr> Parser::numberOperand(bool negative) {
  SCRIM_TRY(std::string digits, number("a number"));
  const LiteralType type = digits.find('.') == std::string::npos ? LiteralType::integer : LiteralType::decimal;
  return literal(type, negative ? canonicalNumber("-" + digits) : std::move(digits));
}

Result<ExpressionPtr> Parser::wordOperand() {
  if (accept("TRUE")) return literal(LiteralType::boolean, "true");
  if (accept("FALSE")) return literal(LiteralType::boolean, "false");
  if (accept("NULL")) return literal(LiteralType::null, "");
  if (accept("NOW")) return node(ExpressionKind::now, {});
  if (at("DATE") || at("TIMESTAMP") || at("INTERVAL")) return typedLiteral();
  if (at("USER")) return userOperand();
  if (at("CAST")) return castCall();
  if (atSign("(", 1)) return functionCall();
  if (isReserved(peek().upper)) {
    Error error = unexpected({"a column", "a value", "NOT", "USER", "("});
    error.hint = "To name a column so, write it in double quotes.";
    return error;
  }
  return column(lowerAscii(take().text));
}

Result<ExpressionPtr> Parser::typedLiteral() {
  const std::string type = take().upper;
  const std::size_t position = peek().position;
  SCRIM_TRY(const std::string text, string("its value in single quotes"));
  std::optional<std::string> canonical;
  LiteralType literalType = LiteralType::date;
  std::string form = "'YYYY-MM-DD'";
  if (type == "DATE") {
    canonical = canonicalDate(text);
  } else if (type == "TIMESTAMP") {
    canonical = canonicalTimestamp(text);
    literalType = LiteralType::timestamp;
    form = "'YYYY-MM-DD HH:MM:SS'";
  } else {
    canonical = canonicalInterval(text);
    literalType = LiteralType::interval;
    form = "a whole number and a unit, as in '90 days'";
  }
  if (!canonical) return refused(position, "expected " + form);
  return literal(literalType, std::move(*canonical));
}

Result<ExpressionPtr> Parser::userOperand() {
  SCRIM_CHECK_OK(expect("USER"));
  SCRIM_CHECK_OK(expectSign("."));
  if (accept("NAME")) return node(ExpressionKind::userName, {});
  if (at("GROUPS") || at("ATTRIBUTE") || at("PURPOSES")) {
    return refused(peek().position, "USER." + peek().upper + " is a set of values, not one value",
                   "Write: column IN USER." + peek().upper + (at("ATTRIBUTE") ? "('name')." : "."));
  }
  return unexpected({"NAME", "GROUPS", "ATTRIBUTE", "PURPOSES"});
}

Result<ExpressionPtr> Parser::userSet() {
  SCRIM_CHECK_OK(expect("USER"));
  SCRIM_CHECK_OK(expectSign("."));
  if (accept("GROUPS")) return node(ExpressionKind::userGroups, {});
  if (accept("PURPOSES")) return node(ExpressionKind::userPurposes, {});
  if (!accept("ATTRIBUTE")) return unexpected({"GROUPS", "ATTRIBUTE", "PURPOSES"});
  SCRIM_CHECK_OK(expectSign("("));
  SCRIM_TRY(std::string attribute, nonEmptyString("an attribute in single quotes"));
  SCRIM_CHECK_OK(expectSign(")"));
  return node(ExpressionKind::userAttribute, {}, std::move(attribute));
}

Result<ExpressionPtr> Parser::castCall() {
  SCRIM_CHECK_OK(expect("CAST"));
  SCRIM_CHECK_OK(expectSign("("));
  SCRIM_POLICY_DEEPER();
  SCRIM_TRY(ExpressionPtr value, expression());
  SCRIM_CHECK_OK(expect("AS"));
  const std::size_t position = peek().position;
  std::string name;
  while (peek().kind == TokenKind::word) name += (name.empty() ? "" : " ") + lowerAscii(take().text);
  if (name.empty()) return unexpected({"a type"});
  const std::optional<schema::DataType> type = schema::builtinType(name);
  if (!type) return refused(position, "there is no type \"" + name + "\" to cast to");
  if (!acceptSign(")")) return unexpected({")"});
  return std::make_shared<const Expression>(
      Expression{.kind = ExpressionKind::cast, .children = {std::move(value)}, .type = *type});
}

Result<ExpressionPtr> Parser::functionCall() {
  const Token called = take();
  const std::string lower = lowerAscii(called.text);
  const FunctionRow* row = findFunction(lower);
  if (row == nullptr) {
    const std::vector<std::string_view> names = functionNames();
    const std::string_view near = nearest(lower, names);
    return refused(called.position, "there is no function \"" + lower + "\": expected " + listed(names),
                   near.empty() ? "" : "Did you mean " + std::string(near) + "?");
  }
  SCRIM_CHECK_OK(expectSign("("));
  SCRIM_POLICY_DEEPER();
  std::vector<ExpressionPtr> arguments;
  do {
    SCRIM_TRY(ExpressionPtr argument, expression());
    arguments.push_back(std::move(argument));
  } while (acceptSign(","));
  if (!acceptSign(")")) return unexpected({",", ")"});
  const int count = static_cast<int>(arguments.size());
  if (count < row->leastArguments || count > row->mostArguments) {
    return refused(called.position,
                   lower + "() takes " + std::to_string(row->leastArguments) +
                       (row->mostArguments == row->leastArguments ? "" : " to " + std::to_string(row->mostArguments)) +
                       " values, not " + std::to_string(count));
  }
  return node(ExpressionKind::call, std::move(arguments), lower);
}

Result<ExpressionPtr> Parser::literalOperand() {
  const std::size_t position = peek().position;
  const bool negative = atSign("-");
  if (!negative && peek().kind != TokenKind::string && peek().kind != TokenKind::number &&
      peek().kind != TokenKind::word) {
    return unexpected({"a value"});
  }
  SCRIM_TRY(ExpressionPtr value, operand());
  if (value->kind != ExpressionKind::literal)
    return refused(position, "expected a value, such as 'x', 0 or DATE '2024-01-01'");
  if (value->literal.type == LiteralType::null) {
    return refused(position, "a constant cannot be NULL", "Write USING NULL.");
  }
  if (value->literal.type == LiteralType::interval) return refused(position, "a constant cannot be an interval");
  return value;
}

}  // namespace scrim::policy
