// SPDX-License-Identifier: Apache-2.0
// A_Expr: operators and the tests that PostgreSQL keeps as operators.
#include <algorithm>
#include <array>

#include "server/query/parse/lexer.h"
#include "server/query/parse/printer.h"

namespace scrim::parse {
namespace {

// A sub-select in parentheses after ANY or IN would read as another construct.
bool isScalarSubselect(const PgQuery__Node* node) {
  const auto* link = as<PgQuery__SubLink>(node);
  return link != nullptr && link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK;
}

bool isNumber(const PgQuery__Node* node) {
  const auto* constant = as<PgQuery__AConst>(node);
  return constant != nullptr &&
         (constant->val_case == PG_QUERY__A__CONST__VAL_IVAL || constant->val_case == PG_QUERY__A__CONST__VAL_FVAL);
}

// Whether the text is one operator token and no arrow.
bool isOperatorText(std::string_view text) {
  Lexer lexer(text);
  const Token token = lexer.next();
  return token.kind == TokenKind::op && token.end == text.size() && token.begin == 0 && text != "=>";
}

// The operators that are tokens of their own in the grammar and stand only between two operands.
bool isInfixToken(std::string_view name) {
  constexpr std::array<std::string_view, 10> kInfix{"=", "<", ">", "<=", ">=", "<>", "*", "/", "%", "^"};
  return std::find(kInfix.begin(), kInfix.end(), name) != kInfix.end();
}

}  // namespace

void Printer::operatorName(Nodes parts) {
  if (!require(!parts.empty() && isOperatorText(stringOf(parts.back())), "this operator")) return;
  if (parts.size() == 1) {
    put(stringOf(parts[0]));
    return;
  }
  put("OPERATOR(");
  for (const PgQuery__Node* part : parts.first(parts.size() - 1)) name(stringOf(part)).put(".");
  put(stringOf(parts.back())).put(")");
}

void Printer::operation(const PgQuery__AExpr& expression) {
  const Mark mark(*this, expression.location);
  switch (expression.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
      if (expression.lexpr == nullptr) return prefixed(expression);
      operand(expression.lexpr);
      put(" ");
      operatorName(list(expression.n_name, expression.name));
      put(" ");
      return operand(expression.rexpr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
      return anyOrAll(expression, " ANY (");
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
      return anyOrAll(expression, " ALL (");
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
      operand(expression.lexpr);
      put(expression.kind == PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT ? " IS DISTINCT FROM " : " IS NOT DISTINCT FROM ");
      return operand(expression.rexpr);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
      put("NULLIF(");
      this->expression(expression.lexpr);
      put(", ");
      this->expression(expression.rexpr);
      put(")");
      return;
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
      return inList(expression);
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
      return like(expression, "LIKE ", "~~");
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
      return like(expression, "ILIKE ", "~~*");
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
      return similar(expression);
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
      return between(expression, " BETWEEN ");
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
      return between(expression, " NOT BETWEEN ");
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
      return between(expression, " BETWEEN SYMMETRIC ");
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return between(expression, " NOT BETWEEN SYMMETRIC ");
    default:
      refuse("this operator");
  }
}

// The grammar folds a minus before a number into the number, and knows comparisons and the like between operands alone;
// inside OPERATOR() they stay what they are.
void Printer::prefixed(const PgQuery__AExpr& expression) {
  const std::string_view only = expression.n_name == 1 ? stringOf(expression.name[0]) : std::string_view();
  if ((only == "-" && isNumber(expression.rexpr)) || isInfixToken(only)) {
    put("OPERATOR(").put(only).put(")");
  } else {
    operatorName(list(expression.n_name, expression.name));
  }
  put(" ");
  operand(expression.rexpr);
}

void Printer::anyOrAll(const PgQuery__AExpr& expression, std::string_view quantifier) {
  if (!require(!isScalarSubselect(expression.rexpr), "a scalar sub-select as an array")) return;
  operand(expression.lexpr);
  put(" ");
  operatorName(list(expression.n_name, expression.name));
  put(quantifier);
  this->expression(expression.rexpr);
  put(")");
}

// Whether the operator's name is the negated one; any third name is refused.
bool Printer::negatable(const PgQuery__AExpr& expression, std::string_view plain, std::string_view negated) {
  const std::string_view name = expression.n_name == 1 ? stringOf(expression.name[0]) : std::string_view();
  require(name == plain || name == negated, "this operator");
  return name == negated;
}

void Printer::inList(const PgQuery__AExpr& expression) {
  const auto* members = as<PgQuery__List>(expression.rexpr);
  const bool readable =
      members != nullptr && members->n_items > 0 && (members->n_items > 1 || !isScalarSubselect(members->items[0]));
  if (!require(readable, "this IN list")) return;
  operand(expression.lexpr);
  put(negatable(expression, "=", "<>") ? " NOT IN (" : " IN (");
  expressions(list(members->n_items, members->items));
  put(")");
}

void Printer::like(const PgQuery__AExpr& expression, std::string_view keyword, std::string_view plainOperator) {
  operand(expression.lexpr);
  put(negatable(expression, plainOperator, "!" + std::string(plainOperator)) ? " NOT " : " ").put(keyword);
  const auto* escaped = as<PgQuery__FuncCall>(expression.rexpr);
  if (escaped == nullptr || escaped->n_args != 2 || !isPlainSystemCall(*escaped, "like_escape")) {
    return operand(expression.rexpr);
  }
  const Mark mark(*this, escaped->location);
  operand(escaped->args[0]);
  put(" ESCAPE ");
  operand(escaped->args[1]);
}

void Printer::similar(const PgQuery__AExpr& expression) {
  const auto* pattern = as<PgQuery__FuncCall>(expression.rexpr);
  const bool known = pattern != nullptr && (pattern->n_args == 1 || pattern->n_args == 2) &&
                     isPlainSystemCall(*pattern, "similar_to_escape");
  if (!require(known, "this SIMILAR TO")) return;
  operand(expression.lexpr);
  put(negatable(expression, "~", "!~") ? " NOT SIMILAR TO " : " SIMILAR TO ");
  operand(pattern->args[0]);
  if (pattern->n_args == 1) return;
  put(" ESCAPE ");
  operand(pattern->args[1]);
}

void Printer::between(const PgQuery__AExpr& expression, std::string_view keyword) {
  const auto* bounds = as<PgQuery__List>(expression.rexpr);
  if (!require(bounds != nullptr && bounds->n_items == 2, "this BETWEEN")) return;
  operand(expression.lexpr);
  put(keyword);
  operand(bounds->items[0]);
  put(" AND ");
  operand(bounds->items[1]);
}

}  // namespace scrim::parse
