// SPDX-License-Identifier: Apache-2.0
// Resolver: FROM lists and joins.
#include <algorithm>

#include "server/query/parse/node.h"
#include "server/query/resolve/allow_list/allow_list.h"
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

bool keepsLeft(PgQuery__JoinType type) {
  return type == PG_QUERY__JOIN_TYPE__JOIN_INNER || type == PG_QUERY__JOIN_TYPE__JOIN_LEFT;
}
bool keepsRight(PgQuery__JoinType type) {
  return type == PG_QUERY__JOIN_TYPE__JOIN_INNER || type == PG_QUERY__JOIN_TYPE__JOIN_RIGHT;
}

const ScopeColumn* uniqueColumn(const Namespace& names, std::string_view name, bool& ambiguous) {
  const ScopeColumn* found = nullptr;
  for (const Visible& visible : names) {
    if (!visible.columns) continue;
    for (const ScopeColumn& column : visible.item->columns) {
      if (column.name != name) continue;
      ambiguous = ambiguous || found != nullptr;
      found = &column;
    }
  }
  return found;
}

std::vector<ScopeColumn> visibleColumns(const Namespace& names) {
  std::vector<ScopeColumn> columns;
  for (const Visible& visible : names) {
    if (visible.columns) columns.insert(columns.end(), visible.item->columns.begin(), visible.item->columns.end());
  }
  return columns;
}

}  // namespace

base::Result<Resolver::From> Resolver::fromList(PgQuery__SelectStmt& stmt, Scope& scope) {
  From all;
  result_.joins = result_.joins || stmt.n_from_clause > 1;
  for (PgQuery__Node* node : list(stmt.n_from_clause, stmt.from_clause)) {
    SCRIM_TRY(const From one, fromItem(*node, scope));
    SCRIM_CHECK_OK(addNames(scope, one.names, true, true));
    all.names.insert(all.names.end(), one.names.begin(), one.names.end());
    all.filterable |= one.filterable;
  }
  for (Visible& visible : scope.names) {
    visible.lateralOnly = false;
    visible.lateralAllowed = true;
  }
  return all;
}

Resolver::Checked Resolver::addNames(Scope& scope, const Namespace& names, bool lateralOnly, bool lateralAllowed) {
  for (Visible visible : names) {
    for (const Visible& earlier : scope.names) {
      const bool sameName = visible.relation && earlier.relation && !visible.item->alias.empty() &&
                            earlier.item->alias == visible.item->alias;
      if (!sameName) continue;
      if (earlier.item->schema != visible.item->schema && !earlier.item->schema.empty() &&
          !visible.item->schema.empty()) {
        return unsupported("two tables named " + inQuotes(visible.item->alias) + " need different aliases");
      }
      return errorAt(ErrorCode::duplicateAlias,
                     "table name " + inQuotes(visible.item->alias) + " specified more than once", -1);
    }
    visible.lateralOnly = lateralOnly;
    visible.lateralAllowed = lateralAllowed;
    scope.names.push_back(visible);
  }
  return {};
}

base::Result<Resolver::From> Resolver::fromItem(PgQuery__Node& node, Scope& scope) {
  if (as<PgQuery__RangeVar>(&node) != nullptr) return table(node, scope);
  auto* derivedTable = as<PgQuery__RangeSubselect>(&node);
  auto* function = as<PgQuery__RangeFunction>(&node);
  result_.makesRows = result_.makesRows || derivedTable != nullptr || function != nullptr;
  if (derivedTable != nullptr) return derived(*derivedTable, scope);
  if (function != nullptr) return functionScan(*function, scope);
  if (auto* range = as<PgQuery__JoinExpr>(&node)) return join(*range, scope);
  if (auto* sample = as<PgQuery__RangeTableSample>(&node)) {
    return unsupported("TABLESAMPLE is not available: rows are sampled before policy could choose among them",
                       sample->location);
  }
  return unsupported("this kind of table expression is not available");
}

base::Result<Resolver::From> Resolver::entry(RangeItem item, const PgQuery__Alias* alias, int location) {
  SCRIM_CHECK_OK(spend(item.columns.size()));
  if (alias != nullptr) {
    item.alias = alias->aliasname;
    item.schema = {};
    if (alias->n_colnames > item.columns.size()) {
      return errorAt(ErrorCode::syntaxError,
                     "table " + inQuotes(item.alias) + " has " + std::to_string(item.columns.size()) +
                         " columns available but " + std::to_string(alias->n_colnames) + " columns specified",
                     location);
    }
    for (std::size_t i = 0; i < alias->n_colnames; ++i) item.columns[i].name = stringOf(alias->colnames[i]);
    for (const ScopeColumn& column : item.columns) {
      if (alias->n_colnames > 0 && column.table >= 0) result_.allColumns |= TableSet{1} << column.table;
    }
  }
  From from;
  from.item = &items_.emplace_back(std::move(item));
  from.names.push_back(Visible{from.item});
  return from;
}

// FROM ONLY leaves out tables that inherit from the one named. None inherits from a data source, as none does from a
// view or a foreign table; in a definition, ONLY stays with the owner's table.
base::Result<Resolver::From> Resolver::table(PgQuery__Node& node, Scope& scope) {
  PgQuery__RangeVar& range = *node.range_var;
  seen_.insert(&range);
  if (*range.schemaname == '\0' && *range.catalogname == '\0') {
    if (meansLaterTable(scope, range.relname)) {
      return unsupported("the WITH query " + inQuotes(range.relname) + " cannot be used before its end",
                         range.location);
    }
    if (const FoundCommonTable found = findCommonTable(scope, range.relname); found.table != nullptr) {
      noteFailure(found.table->mayFail);
      result_.makesRows = true;
      return commonTableScan(*found.table, found.levelsUp, range);
    }
  }
  if (*range.catalogname != '\0' && session_.database != range.catalogname) {
    return unsupported("cross-database references are not implemented: " + inQuotes(range.catalogname), range.location);
  }
  SCRIM_TRY(const FoundTable found, lookup_.find(range));
  const int index = static_cast<int>(result_.tables.size());
  if (index >= kMostTables) {
    return errorAt(ErrorCode::programLimit, "a statement may name at most 64 tables", range.location);
  }
  result_.tables.push_back({&node, found.columns, found.key});
  RangeItem item{.alias = range.relname, .schema = found.schema, .tables = TableSet{1} << index};
  for (std::size_t i = 0; i < found.columns->size(); ++i) {
    const TableColumn& column = (*found.columns)[i];
    const Facts facts{.type = column.type,
                      .leakProof = column.leakProof,
                      .ownCollation = column.ownCollation,
                      .texts = column.defaultText ? item.tables : 0,
                      .tables = item.tables};
    item.columns.push_back({column.name, facts, index, static_cast<int>(i)});
  }
  SCRIM_TRY(From from, entry(std::move(item), range.alias, range.location));
  from.filterable = from.item->tables;
  return from;
}

// Inside their own WITH query, the columns that SEARCH and CYCLE make can be named, but a star does not stand for them.
base::Result<Resolver::From> Resolver::commonTableScan(const CommonTable& common, int levelsUp,
                                                       const PgQuery__RangeVar& range) {
  RangeItem item{.alias = common.name, .columns = common.columns, .tables = common.tables};
  for (std::size_t i = item.columns.size() - common.generated; i < item.columns.size(); ++i)
    item.columns[i].generated = levelsUp > 0;
  return entry(std::move(item), range.alias, range.location);
}

base::Result<Resolver::From> Resolver::derived(PgQuery__RangeSubselect& range, Scope& scope) {
  auto* query = as<PgQuery__SelectStmt>(range.subquery);
  if (query == nullptr) return unsupported("this kind of sub-query is not available");
  if (range.alias == nullptr) {
    return errorAt(ErrorCode::syntaxError, "subquery in FROM must have an alias", -1,
                   "For example, FROM (SELECT ...) [AS] foo.");
  }
  const bool before = scope.lateralActive;
  scope.lateralActive = range.lateral;
  auto output = select(*query, &scope);
  scope.lateralActive = before;
  if (!output.ok()) return std::move(output).error();
  return entry({.columns = std::move(output->columns), .tables = output->tables}, range.alias, -1);
}

base::Result<Resolver::From> Resolver::join(PgQuery__JoinExpr& join, Scope& scope) {
  seen_.insert(&join);
  result_.joins = true;
  SCRIM_TRY(From left, fromItem(*join.larg, scope));
  const std::size_t before = scope.names.size();
  SCRIM_CHECK_OK(addNames(scope, left.names, true, keepsLeft(join.jointype)));
  SCRIM_TRY(From right, fromItem(*join.rarg, scope));
  scope.names.resize(before);
  return joined(join, std::move(left), std::move(right), scope);
}

base::Result<Resolver::From> Resolver::joined(PgQuery__JoinExpr& join, From left, From right, Scope& scope) {
  From result;
  RangeItem item{.isJoin = true};
  std::vector<std::string_view> merged;
  SCRIM_CHECK_OK(mergeColumns(join, left, right, item, merged));
  SCRIM_CHECK_OK(spend(item.columns.size()));
  const TableSet onFilters =
      (keepsRight(join.jointype) ? left.filterable : 0) | (keepsLeft(join.jointype) ? right.filterable : 0);
  result.filterable =
      (keepsLeft(join.jointype) ? left.filterable : 0) | (keepsRight(join.jointype) ? right.filterable : 0);
  for (const From* side : {&left, &right}) {
    for (const Visible& visible : side->names) item.tables |= visible.item->tables;
  }
  // The ON condition sees both sides and the outer levels, but nothing else of this FROM list.
  Namespace others;
  others.swap(scope.names);
  SCRIM_CHECK_OK(addNames(scope, left.names, false, true));
  SCRIM_CHECK_OK(addNames(scope, right.names, false, true));
  SCRIM_CHECK_OK(conditions(join.quals, scope, onFilters));
  scope.names.swap(others);
  RangeItem* usingItem = nullptr;
  if (join.join_using_alias != nullptr) {
    RangeItem only{.alias = join.join_using_alias->aliasname, .tables = item.tables, .isJoin = true};
    only.columns.assign(item.columns.begin(), item.columns.begin() + static_cast<std::ptrdiff_t>(merged.size()));
    usingItem = &items_.emplace_back(std::move(only));
  }
  if (join.alias != nullptr) {
    const TableSet filterable = result.filterable;
    item.isJoin = false;
    SCRIM_TRY(result, entry(std::move(item), join.alias, -1));
    result.filterable = filterable;
    return result;
  }
  for (const From* side : {&left, &right}) {
    for (Visible visible : side->names) {
      visible.columns = false;
      result.names.push_back(visible);
    }
  }
  if (usingItem != nullptr) result.names.push_back(Visible{usingItem, true, false});
  result.item = &items_.emplace_back(std::move(item));
  result.names.push_back(Visible{result.item, false, true});
  return result;
}

Resolver::Checked Resolver::mergeColumns(PgQuery__JoinExpr& join, const From& left, const From& right, RangeItem& item,
                                         std::vector<std::string_view>& merged) {
  const std::vector<ScopeColumn> leftColumns = visibleColumns(left.names);
  const std::vector<ScopeColumn> rightColumns = visibleColumns(right.names);
  for (PgQuery__Node* name : list(join.n_using_clause, join.using_clause)) merged.push_back(stringOf(name));
  if (join.is_natural) {
    for (const ScopeColumn& column : leftColumns) {
      const bool shared = std::any_of(rightColumns.begin(), rightColumns.end(),
                                      [&](const ScopeColumn& other) { return other.name == column.name; });
      if (shared) merged.push_back(column.name);
    }
  }
  for (std::string_view name : merged) {
    bool ambiguous = false;
    const ScopeColumn* a = uniqueColumn(left.names, name, ambiguous);
    const ScopeColumn* b = uniqueColumn(right.names, name, ambiguous);
    if (ambiguous) {
      return errorAt(ErrorCode::ambiguousColumn,
                     "common column name " + inQuotes(name) + " appears more than once in a table", -1);
    }
    if (a == nullptr || b == nullptr) {
      return errorAt(ErrorCode::undefinedColumn,
                     "column " + inQuotes(name) + " specified in USING clause does not exist in " +
                         (a == nullptr ? "left" : "right") + " table",
                     -1);
    }
    Facts both = combined(a->facts, b->facts);
    both.leakProof = both.leakProof && !both.clash && isLeakProof("=", a->facts.type, b->facts.type);
    leak(both);
    result_.pinned |= both.pinned;
    for (const ScopeColumn* side : {a, b}) {
      if (side->table >= 0) result_.mergedColumns.push_back({side->table, side->column});
    }
    const bool same = a->facts.type == b->facts.type;
    ScopeColumn column{name, combined(a->facts, b->facts)};
    column.facts.type = same ? a->facts.type : 0;
    column.facts.leakProof = column.facts.leakProof && same;
    column.facts.movable = false;
    item.columns.push_back(column);
  }
  for (const auto* side : {&leftColumns, &rightColumns}) {
    for (const ScopeColumn& column : *side) {
      if (std::find(merged.begin(), merged.end(), column.name) == merged.end()) item.columns.push_back(column);
    }
  }
  return {};
}

}  // namespace scrim::resolve
