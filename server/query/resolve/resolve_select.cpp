// SPDX-License-Identifier: Apache-2.0
// Resolver: SELECT, VALUES and set operations.
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

// A star that stands for columns: "*" or "t.*", alone in a select list.
const PgQuery__ColumnRef* starOf(const PgQuery__Node* value) {
  const auto* ref = as<PgQuery__ColumnRef>(value);
  if (ref == nullptr || ref->n_fields == 0) return nullptr;
  return as<PgQuery__AStar>(ref->fields[ref->n_fields - 1]) == nullptr ? nullptr : ref;
}

// A bare name, as ORDER BY and GROUP BY may use for an output column; empty otherwise.
std::string_view bareName(const PgQuery__Node& node) {
  const auto* ref = as<PgQuery__ColumnRef>(node);
  return ref != nullptr && ref->n_fields == 1 ? stringOf(ref->fields[0]) : std::string_view();
}

bool isPosition(const PgQuery__Node& node) { return as<PgQuery__AConst>(node) != nullptr; }

bool names(const std::vector<ScopeColumn>& columns, std::string_view name) {
  return std::any_of(columns.begin(), columns.end(), [&](const ScopeColumn& column) { return column.name == name; });
}

// What leaves a query level is no longer a column of a table in the FROM list that names it.
ScopeColumn computed(std::string_view name, Facts facts) {
  facts.movable = false;
  facts.constant = false;
  return ScopeColumn{name, facts};
}

}  // namespace

base::Result<Resolver::Output> Resolver::select(PgQuery__SelectStmt& stmt, Scope* parent) {
  seen_.insert(&stmt);
  if (stmt.into_clause != nullptr) {
    return errorAt(ErrorCode::readOnly, "cannot execute SELECT INTO in a read-only transaction", -1);
  }
  if (stmt.n_locking_clause > 0) {
    return errorAt(ErrorCode::readOnly, "cannot execute SELECT FOR UPDATE in a read-only transaction", -1,
                   "Scrim gives read access only: rows cannot be locked.");
  }
  Scope scope{.parent = parent};
  if (stmt.with_clause != nullptr) SCRIM_CHECK_OK(with(*stmt.with_clause, scope));
  const bool combined = stmt.op != PG_QUERY__SET_OPERATION__SETOP_NONE;
  auto output = combined                  ? setOperation(stmt, scope)
                : stmt.n_values_lists > 0 ? values(stmt, scope)
                                          : plainSelect(stmt, scope);
  if (output.ok()) output->outerTables = scope.outerTables;
  return output;
}

base::Result<Resolver::Output> Resolver::plainSelect(PgQuery__SelectStmt& stmt, Scope& scope) {
  SCRIM_TRY(const From from, fromList(stmt, scope));
  Output output;
  for (const Visible& visible : from.names) output.tables |= visible.item->tables;
  if (scope.parent == nullptr) result_.filterable = from.filterable;
  SCRIM_CHECK_OK(targets(stmt, scope, output));
  SCRIM_CHECK_OK(conditions(stmt.where_clause, scope, from.filterable, true));
  for (PgQuery__Node* item : list(stmt.n_group_clause, stmt.group_clause)) {
    SCRIM_CHECK_OK(grouping(*item, scope, output));
  }
  SCRIM_CHECK_OK(conditions(stmt.having_clause, scope, 0));
  for (PgQuery__Node* item : list(stmt.n_window_clause, stmt.window_clause)) {
    SCRIM_CHECK_OK(window(*item->window_def, scope));
  }
  for (PgQuery__Node* item : list(stmt.n_distinct_clause, stmt.distinct_clause)) {
    if (item->node_case != PG_QUERY__NODE__NODE__NOT_SET) SCRIM_CHECK_OK(sorting(*item, scope, output));
  }
  for (PgQuery__Node* item : list(stmt.n_sort_clause, stmt.sort_clause)) {
    SCRIM_CHECK_OK(sorting(*item, scope, output));
  }
  SCRIM_CHECK_OK(tail(stmt, scope));
  return output;
}

base::Result<Resolver::Output> Resolver::values(PgQuery__SelectStmt& stmt, Scope& scope) {
  Output output;
  for (PgQuery__Node* row : list(stmt.n_values_lists, stmt.values_lists)) {
    const auto* items = as<PgQuery__List>(row);
    if (items == nullptr) return unsupported("this form of VALUES is not available");
    for (std::size_t i = 0; i < items->n_items; ++i) {
      if (items->items[i]->node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT) {
        return errorAt(ErrorCode::syntaxError, "DEFAULT is not allowed in this context", -1);
      }
      SCRIM_TRY(const Facts facts, root(items->items[i], scope));
      if (output.columns.size() <= i) {
        output.columns.push_back(computed(arena_.copy("column" + std::to_string(i + 1)), Facts{}));
      }
      Facts& known = output.columns[i].facts;
      known = row == stmt.values_lists[0] ? facts : unified(known, facts);
      known.movable = known.constant = false;
    }
  }
  for (PgQuery__Node* item : list(stmt.n_sort_clause, stmt.sort_clause)) SCRIM_CHECK_OK(sorting(*item, scope, output));
  SCRIM_CHECK_OK(tail(stmt, scope));
  return output;
}

base::Result<Resolver::Output> Resolver::setOperation(PgQuery__SelectStmt& stmt, Scope& scope) {
  SCRIM_TRY(Output output, mergedArms(stmt, scope));
  // ORDER BY of a set operation sees its output columns only.
  RangeItem& item = items_.emplace_back(RangeItem{.columns = output.columns, .tables = output.tables});
  Scope below{.parent = &scope, .names = {Visible{&item, false, true}}};
  for (PgQuery__Node* sort : list(stmt.n_sort_clause, stmt.sort_clause)) SCRIM_CHECK_OK(sorting(*sort, below, output));
  SCRIM_CHECK_OK(tail(stmt, scope));
  return output;
}

base::Result<Resolver::Output> Resolver::mergedArms(PgQuery__SelectStmt& stmt, Scope& scope) {
  SCRIM_TRY(Output left, select(*stmt.larg, &scope));
  SCRIM_TRY(const Output right, select(*stmt.rarg, &scope));
  if (left.columns.size() != right.columns.size()) {
    return errorAt(ErrorCode::syntaxError, "each query of a set operation must have the same number of columns", -1);
  }
  for (std::size_t i = 0; i < left.columns.size(); ++i) {
    const Facts both = unified(left.columns[i].facts, right.columns[i].facts);
    noteFailure(!both.leakProof);
    const auto* row = left.columns[i].row;
    left.columns[i] = computed(left.columns[i].name, both);
    left.columns[i].row = row;
  }
  left.tables |= right.tables;
  return left;
}

Resolver::Checked Resolver::spend(std::size_t columns) {
  constexpr std::size_t kMostColumns = 200'000;  // a select list has at most 1,664 of them
  columns_ += columns;
  if (columns_ <= kMostColumns) return {};
  return errorAt(ErrorCode::tooComplex, "the tables and select lists of the statement have too many columns", -1,
                 "Name the columns that are needed instead of using *.");
}

Resolver::Checked Resolver::targets(PgQuery__SelectStmt& stmt, Scope& scope, Output& output) {
  for (PgQuery__Node* item : list(stmt.n_target_list, stmt.target_list)) {
    auto* named = as<PgQuery__ResTarget>(item);
    if (named == nullptr || named->n_indirection > 0) return unsupported("this form of a select list is not available");
    const std::size_t before = output.columns.size();
    SCRIM_CHECK_OK(target(*named, scope, output));
    SCRIM_CHECK_OK(spend(output.columns.size() - before));
  }
  return {};
}

Resolver::Checked Resolver::target(PgQuery__ResTarget& target, Scope& scope, Output& output) {
  if (const auto* ref = starOf(target.val)) return star(*ref, scope, output);
  if (isRowStar(target.val)) return rowStar(*target.val, scope, output);
  std::string name = *target.name != '\0' ? std::string(target.name) : figureColumnName(target.val);
  const int before = rewrites_;
  SCRIM_TRY(const Facts facts, root(target.val, scope));
  // A literal in the place of CURRENT_USER must not change the column's name.
  if (rewrites_ != before && *target.name == '\0') target.name = arena_.copy(name);
  SCRIM_TRY(const RowValue row, rowOf(target.val, scope));
  ScopeColumn& added = output.columns.emplace_back(computed(arena_.copy(name), facts));
  added.row = row.columns;
  const auto* ref = as<PgQuery__ColumnRef>(target.val);
  if (const auto use = result_.columnUses.find(ref); ref != nullptr && use != result_.columnUses.end()) {
    added.originTable = use->second.table;
    added.originColumn = use->second.column;
  }
  return {};
}

Resolver::Checked Resolver::star(const PgQuery__ColumnRef& ref, Scope& scope, Output& output) {
  seen_.insert(&ref);
  const auto add = [&](const RangeItem& item) {
    for (const ScopeColumn& column : item.columns) {
      if (column.generated) continue;
      ScopeColumn& added = output.columns.emplace_back(computed(column.name, column.facts));
      added.row = column.row;
      added.originTable = column.table;
      added.originColumn = column.column;
      added.fromStar = scope.parent == nullptr;
      if (column.table >= 0) result_.allColumns |= TableSet{1} << column.table;
      if (column.table >= 0 && !added.fromStar) result_.wholeRows |= TableSet{1} << column.table;
    }
  };
  if (ref.n_fields == 1) {
    if (scope.names.empty())
      return errorAt(ErrorCode::syntaxError, "SELECT * with no tables specified is not valid", ref.location);
    for (const Visible& visible : scope.names) {
      if (visible.columns) add(*visible.item);
    }
    return {};
  }
  SCRIM_CHECK_OK(dropSchema(const_cast<PgQuery__ColumnRef&>(ref)));
  const std::string_view alias = stringOf(ref.fields[0]);
  SCRIM_TRY(const std::optional<FoundItem> found, findItem(scope, "", alias, ref.location));
  if (!found) return noSuchRelationEntry(scope, alias, ref.location);
  add(*found->item);
  if (found->levelsUp > 0) SCRIM_CHECK_OK(wholeRow(*found, scope));
  return {};
}

namespace {

struct Becoming {
  PgQuery__SubLink* link = nullptr;
  const PgQuery__BoolExpr* negation = nullptr;
};

// Whether PostgreSQL turns EXISTS (..) into a join: one level over plain tables, with nothing but conditions
// (convert_EXISTS_sublink_to_join of its planner, which asks for less).
bool isPlain(const PgQuery__SelectStmt& query) {
  const bool simple = query.op == PG_QUERY__SET_OPERATION__SETOP_NONE && query.n_values_lists == 0 &&
                      query.n_group_clause == 0 && query.having_clause == nullptr && query.with_clause == nullptr &&
                      query.n_distinct_clause == 0 && query.limit_count == nullptr && query.limit_offset == nullptr &&
                      query.n_window_clause == 0 && query.n_locking_clause == 0 && query.n_sort_clause == 0;
  const auto from = list(query.n_from_clause, query.from_clause);
  const auto targets = list(query.n_target_list, query.target_list);
  // An aggregate, a window or a set of rows among them would keep it a sub-query.
  const bool shows = std::all_of(targets.begin(), targets.end(), [](const PgQuery__Node* item) {
    const auto* target = as<PgQuery__ResTarget>(item);
    return target != nullptr &&
           (as<PgQuery__AConst>(target->val) != nullptr || as<PgQuery__ColumnRef>(target->val) != nullptr);
  });
  return shows && simple && !from.empty() && std::all_of(from.begin(), from.end(), [](const PgQuery__Node* item) {
           return as<PgQuery__RangeVar>(item) != nullptr;
         });
}

// The sub-query of a condition that becomes a join: x IN (..), or a plain EXISTS or NOT EXISTS.
Becoming joinOf(PgQuery__Node* condition) {
  Becoming found;
  if (const auto* negation = as<PgQuery__BoolExpr>(condition);
      negation != nullptr && negation->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
    found.negation = negation;
    condition = negation->args[0];
  }
  auto* link = as<PgQuery__SubLink>(condition);
  const auto* query = link == nullptr ? nullptr : as<PgQuery__SelectStmt>(link->subselect);
  if (query == nullptr) return {};
  const bool in = link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK && found.negation == nullptr;
  const bool exists = link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK && isPlain(*query);
  if (!in && !exists) return {};
  found.link = link;
  return found;
}

}  // namespace

Resolver::Checked Resolver::conditions(PgQuery__Node* condition, Scope& scope, TableSet filterable, bool ofWhere) {
  if (condition == nullptr) return {};
  if (const auto* both = as<PgQuery__BoolExpr>(condition);
      both != nullptr && both->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
    seen_.insert(both);
    for (PgQuery__Node* part : list(both->n_args, both->args))
      SCRIM_CHECK_OK(conditions(part, scope, filterable, ofWhere));
    return {};
  }
  // Of HAVING it would stay a sub-query, though PostgreSQL may move it to WHERE; of an outer join's ON as well.
  const Becoming becoming = ofWhere ? joinOf(condition) : Becoming{};
  if (becoming.negation != nullptr) seen_.insert(becoming.negation);
  if (becoming.link != nullptr) seen_.insert(becoming.link);
  SCRIM_TRY(const Facts facts,
            becoming.link != nullptr ? subLink(*becoming.link, scope, true) : expression(condition, scope));
  leak(facts);
  for (const Visible& visible : scope.names) {
    if (facts.eachRow && !facts.leakProof) result_.leakyConditions |= visible.item->tables;
  }
  const bool oneTable = facts.tables != 0 && (facts.tables & (facts.tables - 1)) == 0;
  if (facts.leakProof && facts.movable && facts.pinned == 0 && oneTable && (facts.tables & filterable) != 0) {
    result_.conjuncts.push_back({condition, std::countr_zero(facts.tables)});
  }
  return {};
}

Resolver::Checked Resolver::grouping(PgQuery__Node& item, Scope& scope, const Output& output) {
  if (auto* set = as<PgQuery__GroupingSet>(&item)) {
    seen_.insert(set);
    for (PgQuery__Node* part : list(set->n_content, set->content)) SCRIM_CHECK_OK(grouping(*part, scope, output));
    return {};
  }
  if (isPosition(item)) return {};
  // GROUP BY prefers a column of this level's FROM list to an output column of the same name.
  if (const std::string_view name = bareName(item); !name.empty() && names(output.columns, name)) {
    Scope local{.names = scope.names};
    SCRIM_TRY(const std::optional<FoundColumn> found, findColumn(local, name, item.column_ref->location));
    if (!found) {
      seen_.insert(item.column_ref);
      return {};
    }
  }
  SCRIM_CHECK_OK(root(&item, scope));
  return {};
}

Resolver::Checked Resolver::sorting(PgQuery__Node& item, Scope& scope, const Output& output) {
  PgQuery__Node* value = &item;
  if (auto* sort = as<PgQuery__SortBy>(&item)) {
    seen_.insert(sort);
    value = sort->node;
    if (sort->n_use_op > 0) SCRIM_CHECK_OK(operatorName(list(sort->n_use_op, sort->use_op), sort->location));
  }
  if (isPosition(*value)) return {};
  if (const std::string_view name = bareName(*value); !name.empty() && names(output.columns, name)) {
    seen_.insert(value->column_ref);
    return {};
  }
  SCRIM_CHECK_OK(root(value, scope));
  return {};
}

Resolver::Checked Resolver::window(PgQuery__WindowDef& window, Scope& scope) {
  seen_.insert(&window);
  for (PgQuery__Node* item : list(window.n_partition_clause, window.partition_clause))
    SCRIM_CHECK_OK(root(item, scope));
  for (PgQuery__Node* item : list(window.n_order_clause, window.order_clause)) {
    auto* sort = as<PgQuery__SortBy>(item);
    if (sort == nullptr) return unsupported("this form of a window is not available", window.location);
    seen_.insert(sort);
    if (sort->n_use_op > 0) SCRIM_CHECK_OK(operatorName(list(sort->n_use_op, sort->use_op), sort->location));
    SCRIM_CHECK_OK(root(sort->node, scope));
  }
  SCRIM_CHECK_OK(root(window.start_offset, scope));
  SCRIM_CHECK_OK(root(window.end_offset, scope));
  return {};
}

Resolver::Checked Resolver::tail(PgQuery__SelectStmt& stmt, Scope& scope) {
  for (PgQuery__Node* count : {stmt.limit_count, stmt.limit_offset}) {
    SCRIM_CHECK_OK(root(count, scope));
    // A negative one fails when rows are first asked for; that of the outermost level always.
    const auto* constant = as<PgQuery__AConst>(count);
    const bool certain =
        constant != nullptr && constant->val_case == PG_QUERY__A__CONST__VAL_IVAL && constant->ival->ival >= 0;
    noteFailure(count != nullptr && !certain && scope.parent != nullptr);
  }
  return {};
}

}  // namespace scrim::resolve
