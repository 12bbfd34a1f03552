// SPDX-License-Identifier: Apache-2.0
// FROM: relations, joins, derived tables, functions, samples, XMLTABLE.
#include "server/query/parse/printer.h"

namespace scrim::parse {

void Printer::fromItem(const PgQuery__Node* node) {
  if (const auto* table = as<PgQuery__RangeVar>(node)) return relation(*table);
  if (const auto* derived = as<PgQuery__RangeSubselect>(node)) return derivedTable(*derived);
  if (const auto* joined = as<PgQuery__JoinExpr>(node)) return join(*joined);
  if (const auto* function = as<PgQuery__RangeFunction>(node)) return tableFunction(*function);
  if (const auto* sample = as<PgQuery__RangeTableSample>(node)) return tableSample(*sample);
  if (const auto* table = as<PgQuery__RangeTableFunc>(node)) return xmlTable(*table);
  refuse("this FROM item");
}

void Printer::relation(const PgQuery__RangeVar& relation) {
  const Mark mark(*this, relation.location);
  if (!relation.inh) put("ONLY ");
  if (*relation.catalogname != '\0') name(relation.catalogname).put(".");
  if (*relation.schemaname != '\0') name(relation.schemaname).put(".");
  name(relation.relname);
  aliasOf(relation.alias);
}

void Printer::aliasOf(const PgQuery__Alias* alias) {
  if (alias == nullptr) return;
  put(" AS ").name(alias->aliasname);
  if (alias->n_colnames > 0) nameList(list(alias->n_colnames, alias->colnames));
}

void Printer::joinSide(const PgQuery__Node* node) {
  const auto* joined = as<PgQuery__JoinExpr>(node);
  const bool wrap = joined != nullptr && joined->alias == nullptr;  // an alias brings its own parentheses
  if (wrap) put("(");
  fromItem(node);
  if (wrap) put(")");
}

void Printer::join(const PgQuery__JoinExpr& join) {
  if (join.alias != nullptr) put("(");
  joinSide(join.larg);
  const bool cross = !join.is_natural && join.quals == nullptr && join.n_using_clause == 0;
  put(join.is_natural ? " NATURAL" : "");
  switch (join.jointype) {
    case PG_QUERY__JOIN_TYPE__JOIN_INNER:
      put(cross ? " CROSS JOIN " : " JOIN ");
      break;
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT:
      put(" LEFT JOIN ");
      break;
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT:
      put(" RIGHT JOIN ");
      break;
    case PG_QUERY__JOIN_TYPE__JOIN_FULL:
      put(" FULL JOIN ");
      break;
    default:
      refuse("this kind of join");
  }
  if (cross) require(join.jointype == PG_QUERY__JOIN_TYPE__JOIN_INNER, "an outer join without condition");
  joinSide(join.rarg);
  if (join.quals != nullptr) {
    put(" ON ");
    expression(join.quals);
  }
  if (join.n_using_clause > 0) {
    put(" USING ");
    nameList(list(join.n_using_clause, join.using_clause));
    aliasOf(join.join_using_alias);
  }
  if (join.alias != nullptr) put(")");
  aliasOf(join.alias);
}

void Printer::derivedTable(const PgQuery__RangeSubselect& table) {
  if (table.lateral) put("LATERAL ");
  subquery(table.subquery);
  aliasOf(table.alias);
}

// One function is a list of the function and its column definitions (a list or NULL).
void Printer::functionItem(const PgQuery__Node* item) {
  const auto* pair = as<PgQuery__List>(item);
  if (!require(pair != nullptr && pair->n_items == 2, "this table function")) return;
  const PgQuery__Node* function = pair->items[0];
  const auto* operation = as<PgQuery__AExpr>(function);
  const bool callable = !compound(function) && as<PgQuery__ColumnRef>(function) == nullptr &&
                        as<PgQuery__AConst>(function) == nullptr && as<PgQuery__SubLink>(function) == nullptr &&
                        (operation == nullptr || operation->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF);
  if (!require(callable, "this table function")) return;
  expression(function);
  if (const auto* columns = as<PgQuery__List>(pair->items[1])) {
    put(" AS ");
    columnDefinitions(list(columns->n_items, columns->items));
  }
}

void Printer::tableFunction(const PgQuery__RangeFunction& function) {
  if (function.lateral) put("LATERAL ");
  if (function.is_rowsfrom) put("ROWS FROM (");
  commaSeparated(list(function.n_functions, function.functions),
                 [&](const PgQuery__Node* item) { functionItem(item); });
  if (function.is_rowsfrom) put(")");
  if (function.ordinality) put(" WITH ORDINALITY");
  aliasOf(function.alias);
  if (function.n_coldeflist == 0) return;
  put(function.alias == nullptr ? " AS " : " ");
  columnDefinitions(list(function.n_coldeflist, function.coldeflist));
}

void Printer::columnDefinitions(Nodes definitions) {
  put("(");
  commaSeparated(definitions, [&](const PgQuery__Node* item) {
    const auto* column = as<PgQuery__ColumnDef>(item);
    if (!require(column != nullptr && column->n_constraints == 0, "this column definition")) return;
    const Mark mark(*this, column->location);
    name(column->colname).put(" ");
    type(column->type_name);
    if (column->coll_clause == nullptr) return;
    put(" COLLATE ");
    qualifiedName(list(column->coll_clause->n_collname, column->coll_clause->collname), "this collation");
  });
  put(")");
}

void Printer::tableSample(const PgQuery__RangeTableSample& sample) {
  fromItem(sample.relation);
  const Mark mark(*this, sample.location);
  put(" TABLESAMPLE ");
  qualifiedName(list(sample.n_method, sample.method), "this sampling method");
  put("(");
  expressions(list(sample.n_args, sample.args));
  put(")");
  if (sample.repeatable == nullptr) return;
  put(" REPEATABLE (");
  expression(sample.repeatable);
  put(")");
}

}  // namespace scrim::parse
