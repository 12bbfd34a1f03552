// SPDX-License-Identifier: Apache-2.0
// Resolver: WITH, its recursive queries, and what SEARCH and CYCLE add to them.
#include <algorithm>
#include <utility>

#include "server/query/parse/node.h"
#include "server/query/resolve/resolver.h"

namespace scrim::resolve {

using base::ErrorCode;
using parse::as;
using parse::list;
using parse::stringOf;

namespace {

base::Error unsupported(std::string what, int location = -1) {
  return errorAt(ErrorCode::notSupported, std::move(what), location);
}

void renameColumns(std::vector<ScopeColumn>& columns, std::span<PgQuery__Node* const> names) {
  for (std::size_t i = 0; i < names.size() && i < columns.size(); ++i) columns[i].name = stringOf(names[i]);
}

Facts fromAnyOf(TableSet tables) { return Facts{.leakProof = false, .movable = false, .tables = tables}; }

base::Result<void> checkColumnsNamed(std::span<PgQuery__Node* const> names, const std::vector<ScopeColumn>& columns,
                                     std::string_view clause, int location) {
  for (const PgQuery__Node* node : names) {
    const std::string_view name = stringOf(node);
    if (std::any_of(columns.begin(), columns.end(), [&](const ScopeColumn& column) { return column.name == name; }))
      continue;
    return errorAt(ErrorCode::syntaxError,
                   std::string(clause) + " column " + inQuotes(name) + " not in WITH query column list", location);
  }
  return {};
}

}  // namespace

Resolver::Checked Resolver::with(PgQuery__WithClause& clause, Scope& scope) {
  constexpr std::size_t kMostWithQueries = 200;  // of a statement: a planner's work grows with their third power
  withQueries_ += clause.n_ctes;
  if (withQueries_ > kMostWithQueries) {
    return errorAt(ErrorCode::programLimit, "a statement may have at most 200 WITH queries", clause.location);
  }
  for (PgQuery__Node* item : list(clause.n_ctes, clause.ctes)) {
    if (clause.recursive) scope.laterTables.emplace_back(item->common_table_expr->ctename);
  }
  for (PgQuery__Node* item : list(clause.n_ctes, clause.ctes)) {
    for (const CommonTable& earlier : scope.commonTables) {
      if (earlier.name == item->common_table_expr->ctename) {
        return errorAt(ErrorCode::duplicateAlias,
                       "WITH query name " + inQuotes(earlier.name) + " specified more than once",
                       item->common_table_expr->location);
      }
    }
    SCRIM_CHECK_OK(commonTable(*item->common_table_expr, scope, clause.recursive));
  }
  return {};
}

Resolver::Checked Resolver::commonTable(PgQuery__CommonTableExpr& table, Scope& scope, bool recursive) {
  seen_.insert(&table);
  auto* query = as<PgQuery__SelectStmt>(table.ctequery);
  if (query == nullptr) {
    return errorAt(ErrorCode::readOnly,
                   "a data-modifying statement in WITH cannot be executed in a read-only transaction", table.location);
  }
  const bool union_ = query->op == PG_QUERY__SET_OPERATION__SETOP_UNION && query->larg != nullptr;
  if (recursive && union_) return recursiveTable(table, *query, scope);
  if (table.search_clause != nullptr || table.cycle_clause != nullptr) {
    return errorAt(ErrorCode::syntaxError, "WITH query is not recursive", table.location);
  }
  const bool failedBefore = std::exchange(result_.mayFail, false);
  SCRIM_TRY(Output output, select(*query, &scope));
  const bool mayFail = std::exchange(result_.mayFail, result_.mayFail || failedBefore);
  if (table.n_aliascolnames > output.columns.size()) {
    return errorAt(ErrorCode::syntaxError, "WITH query " + inQuotes(table.ctename) + " has too many column names",
                   table.location);
  }
  renameColumns(output.columns, list(table.n_aliascolnames, table.aliascolnames));
  scope.commonTables.push_back({table.ctename, std::move(output.columns), output.tables, 0, mayFail});
  return {};
}

// The recursive arm reads what both arms yield: its values may come from any table of either.
Resolver::Checked Resolver::recursiveTable(PgQuery__CommonTableExpr& table, PgQuery__SelectStmt& query, Scope& outer) {
  seen_.insert(&query);
  Scope scope{.parent = &outer};
  if (query.with_clause != nullptr) SCRIM_CHECK_OK(with(*query.with_clause, scope));
  SCRIM_TRY(Output first, select(*query.larg, &scope));
  renameColumns(first.columns, list(table.n_aliascolnames, table.aliascolnames));
  for (ScopeColumn& column : first.columns) column.facts = fromAnyOf(first.tables);
  const std::size_t own = first.columns.size();
  SCRIM_CHECK_OK(addSearchAndCycle(table, first.columns, scope));
  outer.commonTables.push_back({table.ctename, first.columns, first.tables, first.columns.size() - own});
  const std::size_t place = outer.commonTables.size() - 1;
  SCRIM_TRY(const Output second, select(*query.rarg, &scope));
  if (second.columns.size() != own) {
    return errorAt(ErrorCode::syntaxError, "each query of a set operation must have the same number of columns",
                   table.location);
  }
  // A condition inside that is not leak-proof saw the first arm's tables only: the second arm's rows come back there.
  if ((result_.leakyConditions & first.tables) != 0) result_.leakyConditions |= second.tables;
  // CYCLE compares the rows of both arms, and leaves out those that end a cycle.
  if (table.cycle_clause != nullptr) leak(fromAnyOf(first.tables | second.tables));
  CommonTable& known = outer.commonTables[place];
  known.tables |= second.tables;
  for (ScopeColumn& column : known.columns) column.facts.tables |= second.tables;
  if (query.n_sort_clause > 0 || query.limit_count != nullptr || query.limit_offset != nullptr) {
    return unsupported("ORDER BY and LIMIT of a recursive query are not available", table.location);
  }
  outer.outerTables |= scope.outerTables;
  return {};
}

Resolver::Checked Resolver::addSearchAndCycle(PgQuery__CommonTableExpr& table, std::vector<ScopeColumn>& columns,
                                              Scope& scope) {
  const std::vector<ScopeColumn> own = columns;
  const Facts facts = columns.empty() ? Facts{} : columns.front().facts;
  const auto add = [&](std::string_view name) { columns.push_back({name, facts}); };
  if (const auto* search = table.search_clause) {
    SCRIM_CHECK_OK(
        checkColumnsNamed(list(search->n_search_col_list, search->search_col_list), own, "search", search->location));
    add(search->search_seq_column);
  }
  if (const auto* cycle = table.cycle_clause) {
    SCRIM_CHECK_OK(
        checkColumnsNamed(list(cycle->n_cycle_col_list, cycle->cycle_col_list), own, "cycle", cycle->location));
    for (PgQuery__Node* mark : {cycle->cycle_mark_value, cycle->cycle_mark_default}) {
      SCRIM_CHECK_OK(root(mark, scope));
    }
    add(cycle->cycle_mark_column);
    add(cycle->cycle_path_column);
  }
  return {};
}

}  // namespace scrim::resolve
