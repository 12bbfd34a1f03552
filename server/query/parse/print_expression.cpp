// SPDX-License-Identifier: Apache-2.0
// Expressions. Every operand that is not a c_expr of the grammar goes into parentheses, so precedence never matters.
#include "server/query/parse/printer.h"

namespace scrim::parse {
namespace {

bool isInfixCall(const PgQuery__FuncCall& call) {
  if (call.funcformat != PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX) return false;
  const std::string_view name = systemNameOf(list(call.n_funcname, call.funcname));
  return name == "timezone" || name == "overlaps" || name == "is_normalized";
}

bool isNegative(const PgQuery__AConst& constant) {
  if (constant.val_case == PG_QUERY__A__CONST__VAL_IVAL) return constant.ival->ival < 0;
  return constant.val_case == PG_QUERY__A__CONST__VAL_FVAL && constant.fval->fval[0] == '-';
}

}  // namespace

// Whether a node is more than a c_expr. Unknown kinds are refused when they are printed.
bool Printer::compound(const PgQuery__Node* node) {
  if (node == nullptr) return false;
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_A_CONST:
      return isNegative(*node->a_const);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return isInfixCall(*node->func_call);
    case PG_QUERY__NODE__NODE_XML_EXPR:
      return node->xml_expr->op == PG_QUERY__XML_EXPR_OP__IS_DOCUMENT;
    case PG_QUERY__NODE__NODE_A_EXPR:
      return node->a_expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF;
    case PG_QUERY__NODE__NODE_SUB_LINK:
      return node->sub_link->testexpr != nullptr;
    case PG_QUERY__NODE__NODE_COLUMN_REF:
    case PG_QUERY__NODE__NODE_PARAM_REF:
    case PG_QUERY__NODE__NODE_TYPE_CAST:
    case PG_QUERY__NODE__NODE_CASE_EXPR:
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
    case PG_QUERY__NODE__NODE_ROW_EXPR:
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
    case PG_QUERY__NODE__NODE_XML_SERIALIZE:
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      return false;
    default:
      return true;
  }
}

void Printer::operand(const PgQuery__Node* node) {
  const bool wrap = compound(node);
  if (wrap) put("(");
  expression(node);
  if (wrap) put(")");
}

void Printer::expression(const PgQuery__Node* node) {
  if (error_ || !require(node != nullptr, "a missing expression")) return;
  if (!simpleExpression(*node) && !testExpression(*node) && !otherExpression(*node)) refuse("this expression");
}

bool Printer::simpleExpression(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_A_CONST:
      constant(*node.a_const);
      break;
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      columnReference(*node.column_ref);
      break;
    case PG_QUERY__NODE__NODE_PARAM_REF: {
      const Mark mark(*this, node.param_ref->location);
      put("$").put(std::to_string(node.param_ref->number));
      break;
    }
    case PG_QUERY__NODE__NODE_A_EXPR:
      operation(*node.a_expr);
      break;
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
      boolean(*node.bool_expr);
      break;
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      call(*node.func_call);
      break;
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      cast(*node.type_cast);
      break;
    case PG_QUERY__NODE__NODE_SUB_LINK:
      subLink(*node.sub_link);
      break;
    case PG_QUERY__NODE__NODE_CASE_EXPR:
      caseExpression(*node.case_expr);
      break;
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      row(*node.row_expr);
      break;
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      indirection(*node.a_indirection);
      break;
    case PG_QUERY__NODE__NODE_SET_TO_DEFAULT:
      put("DEFAULT");
      break;
    default:
      return false;
  }
  return true;
}

bool Printer::testExpression(const PgQuery__Node& node) {
  static constexpr std::string_view kBooleanTests[] = {
      "", " IS TRUE", " IS NOT TRUE", " IS FALSE", " IS NOT FALSE", " IS UNKNOWN", " IS NOT UNKNOWN"};
  if (const auto* test = as<PgQuery__NullTest>(node)) {
    const Mark mark(*this, test->location);
    operand(test->arg);
    put(test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL ? " IS NOT NULL" : " IS NULL");
    return require(test->nulltesttype != PG_QUERY__NULL_TEST_TYPE__NULL_TEST_TYPE_UNDEFINED, "this test");
  }
  if (const auto* test = as<PgQuery__BooleanTest>(node)) {
    const Mark mark(*this, test->location);
    const auto kind = static_cast<std::size_t>(test->booltesttype);
    if (!require(kind >= 1 && kind < std::size(kBooleanTests), "this test")) return true;
    operand(test->arg);
    put(kBooleanTests[kind]);
    return true;
  }
  if (const auto* collate = as<PgQuery__CollateClause>(node)) {
    const Mark mark(*this, collate->location);
    operand(collate->arg);
    put(" COLLATE ");
    qualifiedName(list(collate->n_collname, collate->collname), "this collation");
    return true;
  }
  return false;
}

bool Printer::otherExpression(const PgQuery__Node& node) {
  const auto wrapped = [&](std::string_view open, Nodes items, std::string_view close) {
    put(open);
    expressions(items);
    put(close);
    return true;
  };
  if (const auto* array = as<PgQuery__AArrayExpr>(node)) {
    const Mark mark(*this, array->location);
    return wrapped("ARRAY[", list(array->n_elements, array->elements), "]");
  }
  if (const auto* coalesce = as<PgQuery__CoalesceExpr>(node)) {
    const Mark mark(*this, coalesce->location);
    return wrapped("COALESCE(", list(coalesce->n_args, coalesce->args), ")");
  }
  if (const auto* grouping = as<PgQuery__GroupingFunc>(node)) {
    const Mark mark(*this, grouping->location);
    return wrapped("GROUPING(", list(grouping->n_args, grouping->args), ")");
  }
  if (const auto* set = as<PgQuery__GroupingSet>(node)) {
    const Mark mark(*this, set->location);
    const Nodes content = list(set->n_content, set->content);
    if (set->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_EMPTY) return wrapped("(", {}, ")");
    if (set->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_ROLLUP) return wrapped("ROLLUP (", content, ")");
    if (set->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_CUBE) return wrapped("CUBE (", content, ")");
    if (set->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_SETS) return wrapped("GROUPING SETS (", content, ")");
    return false;
  }
  if (const auto* extreme = as<PgQuery__MinMaxExpr>(node)) return minMax(*extreme), true;
  if (const auto* function = as<PgQuery__SQLValueFunction>(node)) return valueFunction(*function), true;
  if (const auto* element = as<PgQuery__XmlExpr>(node)) return xml(*element), true;
  if (const auto* serialize = as<PgQuery__XmlSerialize>(node)) return xmlSerialize(*serialize), true;
  return false;
}

void Printer::columnReference(const PgQuery__ColumnRef& column) {
  const Mark mark(*this, column.location);
  const Nodes fields = list(column.n_fields, column.fields);
  if (!require(!fields.empty(), "this column reference")) return;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) put(".");
    if (as<PgQuery__AStar>(fields[i]) != nullptr) {
      require(i + 1 == fields.size(), "this column reference");
      put("*");
    } else if (require(as<PgQuery__String>(fields[i]) != nullptr, "this column reference")) {
      name(stringOf(fields[i]));
    }
  }
}

void Printer::indirection(const PgQuery__AIndirection& indirection) {
  put("(");
  expression(indirection.arg);
  put(")");
  for (const PgQuery__Node* step : list(indirection.n_indirection, indirection.indirection)) indirectionStep(step);
}

void Printer::indirectionStep(const PgQuery__Node* step) {
  if (as<PgQuery__AStar>(step) != nullptr) {
    put(".*");
  } else if (as<PgQuery__String>(step) != nullptr) {
    put(".").name(stringOf(step));
  } else if (const auto* index = as<PgQuery__AIndices>(step)) {
    put("[");
    if (index->lidx != nullptr) expression(index->lidx);
    if (index->is_slice) put(" : ");  // apart, lest it read as a cast
    if (index->uidx != nullptr) expression(index->uidx);
    put("]");
  } else {
    refuse("this indirection");
  }
}

void Printer::row(const PgQuery__RowExpr& row) {
  const Mark mark(*this, row.location);
  if (row.row_format == PG_QUERY__COERCION_FORM__COERCE_EXPLICIT_CALL) {
    put("ROW");
  } else {
    require(row.row_format == PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST && row.n_args >= 2, "this row");
  }
  put("(");
  expressions(list(row.n_args, row.args));
  put(")");
}

void Printer::caseExpression(const PgQuery__CaseExpr& expression) {
  const Mark mark(*this, expression.location);
  put("CASE");
  if (expression.arg != nullptr) {
    put(" ");
    this->expression(expression.arg);
  }
  for (const PgQuery__Node* node : list(expression.n_args, expression.args)) {
    const auto* branch = as<PgQuery__CaseWhen>(node);
    if (!require(branch != nullptr, "this CASE")) return;
    put(" WHEN ");
    this->expression(branch->expr);
    put(" THEN ");
    this->expression(branch->result);
  }
  if (expression.defresult != nullptr) {
    put(" ELSE ");
    this->expression(expression.defresult);
  }
  put(" END");
}

void Printer::boolean(const PgQuery__BoolExpr& expression) {
  const Mark mark(*this, expression.location);
  const Nodes operands = list(expression.n_args, expression.args);
  if (expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
    if (!require(operands.size() == 1, "this NOT")) return;
    put("NOT ");
    return operand(operands[0]);
  }
  const bool isAnd = expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR;
  const bool known = isAnd || expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR;
  if (!require(known && operands.size() >= 2, "this AND or OR")) return;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) put(isAnd ? " AND " : " OR ");
    operand(operands[i]);
  }
}

void Printer::subLink(const PgQuery__SubLink& link) {
  const Mark mark(*this, link.location);
  switch (link.sub_link_type) {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK:
      put("EXISTS ");
      break;
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK:
      put("ARRAY");
      break;
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK:
      break;
    case PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK:
    case PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK: {
      const bool any = link.sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK;
      operand(link.testexpr);
      put(" ");
      if (any && link.n_oper_name == 0) {
        put("IN ");
        break;
      }
      operatorName(list(link.n_oper_name, link.oper_name));
      put(any ? " ANY " : " ALL ");
      break;
    }
    default:
      refuse("this kind of sub-select");
  }
  subquery(link.subselect);
}

void Printer::subquery(const PgQuery__Node* select) {
  put("(");
  statement(select);
  put(")");
}

void Printer::minMax(const PgQuery__MinMaxExpr& expression) {
  const Mark mark(*this, expression.location);
  const bool greatest = expression.op == PG_QUERY__MIN_MAX_OP__IS_GREATEST;
  if (!require(greatest || expression.op == PG_QUERY__MIN_MAX_OP__IS_LEAST, "this expression")) return;
  put(greatest ? "GREATEST(" : "LEAST(");
  expressions(list(expression.n_args, expression.args));
  put(")");
}

void Printer::valueFunction(const PgQuery__SQLValueFunction& function) {
  static constexpr std::string_view kNames[] = {
      "",          "CURRENT_DATE", "CURRENT_TIME",    "CURRENT_TIME",   "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP",
      "LOCALTIME", "LOCALTIME",    "LOCALTIMESTAMP",  "LOCALTIMESTAMP", "CURRENT_ROLE",      "CURRENT_USER",
      "USER",      "SESSION_USER", "CURRENT_CATALOG", "CURRENT_SCHEMA",
  };
  const Mark mark(*this, function.location);
  const auto op = static_cast<std::size_t>(function.op);
  if (!require(op >= 1 && op < std::size(kNames), "this value function")) return;
  put(kNames[op]);
  const bool hasPrecision = op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N ||
                            op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N ||
                            op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N ||
                            op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N;
  if (hasPrecision) put("(").put(std::to_string(function.typmod)).put(")");
}

}  // namespace scrim::parse
