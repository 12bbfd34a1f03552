// SPDX-License-Identifier: Apache-2.0
// WITH: common tables, SEARCH and CYCLE.
#include "server/query/parse/printer.h"

namespace scrim::parse {

void Printer::with(const PgQuery__WithClause& clause) {
  put(clause.recursive ? "WITH RECURSIVE " : "WITH ");
  commaSeparated(list(clause.n_ctes, clause.ctes), [&](const PgQuery__Node* item) {
    const auto* table = as<PgQuery__CommonTableExpr>(item);
    if (require(table != nullptr, "this WITH item")) commonTable(*table);
  });
  put(" ");
}

void Printer::commonTable(const PgQuery__CommonTableExpr& table) {
  const Mark mark(*this, table.location);
  name(table.ctename);
  if (table.n_aliascolnames > 0) nameList(list(table.n_aliascolnames, table.aliascolnames));
  put(" AS ");
  if (table.ctematerialized == PG_QUERY__CTEMATERIALIZE__CTEMaterializeAlways) put("MATERIALIZED ");
  if (table.ctematerialized == PG_QUERY__CTEMATERIALIZE__CTEMaterializeNever) put("NOT MATERIALIZED ");
  const auto* query = as<PgQuery__SelectStmt>(table.ctequery);
  if (!require(query != nullptr, "data modification in WITH")) return;
  put("(");
  select(*query);
  put(")");
  if (table.search_clause != nullptr) search(*table.search_clause);
  if (table.cycle_clause != nullptr) cycle(*table.cycle_clause);
}

void Printer::search(const PgQuery__CTESearchClause& clause) {
  put(clause.search_breadth_first ? " SEARCH BREADTH FIRST BY " : " SEARCH DEPTH FIRST BY ");
  commaSeparated(list(clause.n_search_col_list, clause.search_col_list),
                 [&](const PgQuery__Node* column) { name(stringOf(column)); });
  put(" SET ").name(clause.search_seq_column);
}

void Printer::cycle(const PgQuery__CTECycleClause& clause) {
  put(" CYCLE ");
  commaSeparated(list(clause.n_cycle_col_list, clause.cycle_col_list),
                 [&](const PgQuery__Node* column) { name(stringOf(column)); });
  put(" SET ").name(clause.cycle_mark_column).put(" TO ");
  cycleConstant(clause.cycle_mark_value);
  put(" DEFAULT ");
  cycleConstant(clause.cycle_mark_default);
  put(" USING ").name(clause.cycle_path_column);
}

// The grammar takes constants only here: a typed one is written type 'value', not CAST.
void Printer::cycleConstant(const PgQuery__Node* node) {
  const auto* cast = as<PgQuery__TypeCast>(node);
  const auto* plain = as<PgQuery__AConst>(cast == nullptr ? node : cast->arg);
  if (!require(plain != nullptr, "this CYCLE constant")) return;
  if (cast == nullptr) return constant(*plain);
  const PgQuery__TypeName& type = *cast->type_name;
  const bool simple = plain->val_case == PG_QUERY__A__CONST__VAL_SVAL && type.n_array_bounds == 0 && !type.setof;
  if (!require(simple, "this CYCLE constant")) return;
  qualifiedName(list(type.n_names, type.names), "this type");
  if (type.n_typmods > 0) {
    put("(");
    expressions(list(type.n_typmods, type.typmods));
    put(")");
  }
  put(" ");
  constant(*plain);
}

}  // namespace scrim::parse
