// SPDX-License-Identifier: Apache-2.0
// Names of unnamed output columns: the rules of PostgreSQL 15's FigureColname (parse_target.c).
#include "server/query/parse/node.h"
#include "server/query/resolve/resolver.h"

namespace scrim::resolve {
namespace {

using parse::as;
using parse::list;
using parse::stringOf;

// 0: no idea; 1: a weak guess (a type's name); 2: a name.
int figure(const PgQuery__Node* node, std::string& name);

std::string lastName(std::size_t count, PgQuery__Node* const* items) {
  std::string last;
  for (PgQuery__Node* item : list(count, items)) {
    if (const std::string_view text = stringOf(item); !text.empty()) last = text;
  }
  return last;
}

int figureSubLink(const PgQuery__SubLink& link, std::string& name) {
  switch (link.sub_link_type) {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK:
      name = "exists";
      return 2;
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK:
      name = "array";
      return 2;
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK: {
      const auto* query = as<PgQuery__SelectStmt>(link.subselect);
      while (query != nullptr && query->larg != nullptr) query = query->larg;
      if (query == nullptr || query->n_target_list == 0) return 0;
      const auto* target = as<PgQuery__ResTarget>(query->target_list[0]);
      if (target != nullptr && *target->name != '\0') {
        name = target->name;
        return 2;
      }
      return target == nullptr ? 0 : figure(target->val, name);
    }
    default:
      return 0;
  }
}

std::string momentName(PgQuery__SQLValueFunctionOp op) {
  switch (op) {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE:
      return "current_date";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N:
      return "current_time";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N:
      return "current_timestamp";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
      return "localtime";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      return "localtimestamp";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE:
      return "current_role";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_USER:
      return "current_user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_USER:
      return "user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_SESSION_USER:
      return "session_user";
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_CATALOG:
      return "current_catalog";
    default:
      return "current_schema";
  }
}

int figureCast(const PgQuery__TypeCast& cast, std::string& name) {
  const int strength = figure(cast.arg, name);
  if (strength > 1 || cast.type_name == nullptr) return strength;
  name = lastName(cast.type_name->n_names, cast.type_name->names);
  return 1;
}

int figure(const PgQuery__Node* node, std::string& name) {
  if (node == nullptr) return 0;
  const auto named = [&](std::string text) {
    name = std::move(text);
    return name.empty() ? 0 : 2;
  };
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return named(lastName(node->column_ref->n_fields, node->column_ref->fields));
    case PG_QUERY__NODE__NODE_A_INDIRECTION: {
      const auto& steps = *node->a_indirection;
      if (const std::string last = lastName(steps.n_indirection, steps.indirection); !last.empty()) return named(last);
      return figure(steps.arg, name);
    }
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return named(lastName(node->func_call->n_funcname, node->func_call->funcname));
    case PG_QUERY__NODE__NODE_A_EXPR:
      return node->a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF ? named("nullif") : 0;
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return figureCast(*node->type_cast, name);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      return figure(node->collate_clause->arg, name);
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
      return named("grouping");
    case PG_QUERY__NODE__NODE_SUB_LINK:
      return figureSubLink(*node->sub_link, name);
    case PG_QUERY__NODE__NODE_CASE_EXPR: {
      const int strength = figure(node->case_expr->defresult, name);
      if (strength > 1) return strength;
      name = "case";
      return 1;
    }
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      return named("array");
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      return named("row");
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      return named("coalesce");
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      return named(node->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? "greatest" : "least");
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      return named(momentName(node->sqlvalue_function->op));
    default:
      return 0;
  }
}

}  // namespace

std::string figureColumnName(const PgQuery__Node* node) {
  std::string name;
  return figure(node, name) > 0 ? name : "?column?";
}

}  // namespace scrim::resolve
