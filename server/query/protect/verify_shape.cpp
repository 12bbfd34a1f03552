// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/verify_shape.h"

#include "server/query/parse/compare.h"

namespace scrim::protect {

using parse::as;

std::string onlyGuardClauses(const PgQuery__SelectStmt& select) {
  const bool other = select.n_distinct_clause + select.n_group_clause + select.n_window_clause + select.n_values_lists +
                             select.n_sort_clause + select.n_locking_clause >
                         0 ||
                     select.into_clause != nullptr || select.having_clause != nullptr ||
                     select.with_clause != nullptr || select.limit_count != nullptr || select.group_distinct ||
                     select.larg != nullptr || select.rarg != nullptr ||
                     select.op != PG_QUERY__SET_OPERATION__SETOP_NONE || select.all;
  if (other || select.n_from_clause != 1) return "a guard has clauses that are not its own";
  if (select.limit_offset == nullptr) return {};
  const auto* zero = as<PgQuery__AConst>(select.limit_offset);
  const bool isZero = zero != nullptr && zero->val_case == PG_QUERY__A__CONST__VAL_IVAL && zero->ival->ival == 0;
  return isZero ? std::string() : "a guard has another OFFSET than 0";
}

bool isTable(const PgQuery__Node* from, const schema::QualifiedName& name, std::string_view alias, bool inherits) {
  const auto* range = as<PgQuery__RangeVar>(from);
  return range != nullptr && *range->catalogname == '\0' && range->schemaname == name.schema &&
         range->relname == name.name && static_cast<bool>(range->inh) == inherits && range->alias != nullptr &&
         range->alias->aliasname == alias && range->alias->n_colnames == 0;
}

std::vector<const PgQuery__Node*> conjunctsOf(const PgQuery__Node* condition) {
  if (condition == nullptr) return {};
  const auto* both = as<PgQuery__BoolExpr>(condition);
  if (both == nullptr || both->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) return {condition};
  return {both->args, both->args + both->n_args};
}

void columnsOf(const policy::Expression& expression, std::set<std::string>& names) {
  const policy::ExpressionKind kind = expression.kind;
  if (kind == policy::ExpressionKind::column || kind == policy::ExpressionKind::sample) names.insert(expression.name);
  for (const policy::ExpressionPtr& child : expression.children) columnsOf(*child, names);
}

const PgQuery__Node& withoutDefaultCollation(const PgQuery__Node& node) {
  const auto* clause = as<PgQuery__CollateClause>(node);
  const bool isDefault = clause != nullptr && clause->n_collname == 2 &&
                         parse::stringOf(clause->collname[0]) == "pg_catalog" &&
                         parse::stringOf(clause->collname[1]) == "default";
  return isDefault ? *clause->arg : node;
}

bool isOpaqueForm(const PgQuery__Node& node, const PgQuery__Node& value) {
  const auto* choice = as<PgQuery__CaseExpr>(node);
  if (choice == nullptr || choice->arg != nullptr || choice->n_args != 1 || choice->defresult == nullptr) return false;
  const auto* when = as<PgQuery__CaseWhen>(choice->args[0]);
  const auto* test = when == nullptr ? nullptr : as<PgQuery__NullTest>(when->expr);
  const auto* clock = test == nullptr ? nullptr : as<PgQuery__FuncCall>(test->arg);
  return clock != nullptr && clock->n_args == 0 && parse::sameTree(*when->result, value) &&
         parse::sameTree(*choice->defresult, value);
}

}  // namespace scrim::protect
