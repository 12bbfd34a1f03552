// SPDX-License-Identifier: Apache-2.0
// Resolver: the walk behind resolve(). One pass, top down through the scopes; every kind of node is handled by name and
// any other one refused. It changes the tree only to pin names: functions and types to pg_catalog, schema.table.column
// to table.column, session functions to literals. Internal to this room; one thread at a time.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "server/query/resolve/resolved_query.h"
#include "server/query/resolve/scope.h"
#include "server/query/resolve/session_facts.h"
#include "server/query/resolve/table_lookup.h"

namespace scrim::resolve {

class Resolver {
 public:
  /// `parameterTypes`: OIDs of $1, $2, ..; 0 or missing: inferred by the source.
  Resolver(parse::Arena& arena, TableLookup& lookup, const SessionFacts& session,
           std::span<const std::uint32_t> parameterTypes)
      : arena_(arena), lookup_(lookup), session_(session), parameterTypes_(parameterTypes) {}

  base::Result<Resolution> run(PgQuery__Node& statement);

 private:
  struct Output {
    std::vector<ScopeColumn> columns;
    TableSet tables = 0;
    TableSet outerTables = 0;
  };
  struct From {
    Namespace names;
    TableSet filterable = 0;  // tables whose rows a filter above may be moved down to
    RangeItem* item = nullptr;
  };
  using Checked = base::Result<void>;
  using Known = base::Result<Facts>;

  // resolve_select.cpp
  base::Result<Output> select(PgQuery__SelectStmt& stmt, Scope* parent);
  base::Result<Output> plainSelect(PgQuery__SelectStmt& stmt, Scope& scope);
  base::Result<Output> values(PgQuery__SelectStmt& stmt, Scope& scope);
  base::Result<Output> setOperation(PgQuery__SelectStmt& stmt, Scope& scope);
  base::Result<Output> mergedArms(PgQuery__SelectStmt& stmt, Scope& scope);
  Checked targets(PgQuery__SelectStmt& stmt, Scope& scope, Output& output);
  Checked target(PgQuery__ResTarget& target, Scope& scope, Output& output);
  Checked star(const PgQuery__ColumnRef& ref, Scope& scope, Output& output);
  Checked conditions(PgQuery__Node* condition, Scope& scope, TableSet filterable, bool ofWhere = false);
  Checked grouping(PgQuery__Node& item, Scope& scope, const Output& output);
  Checked sorting(PgQuery__Node& item, Scope& scope, const Output& output);
  Checked window(PgQuery__WindowDef& window, Scope& scope);
  Checked tail(PgQuery__SelectStmt& stmt, Scope& scope);

  // resolve_with.cpp
  Checked with(PgQuery__WithClause& clause, Scope& scope);
  Checked commonTable(PgQuery__CommonTableExpr& table, Scope& scope, bool recursive);
  Checked recursiveTable(PgQuery__CommonTableExpr& table, PgQuery__SelectStmt& query, Scope& scope);
  Checked addSearchAndCycle(PgQuery__CommonTableExpr& table, std::vector<ScopeColumn>& columns, Scope& scope);

  // resolve_from.cpp
  base::Result<From> fromList(PgQuery__SelectStmt& stmt, Scope& scope);
  base::Result<From> fromItem(PgQuery__Node& node, Scope& scope);
  base::Result<From> table(PgQuery__Node& node, Scope& scope);
  base::Result<From> commonTableScan(const CommonTable& common, int levelsUp, const PgQuery__RangeVar& range);
  base::Result<From> derived(PgQuery__RangeSubselect& range, Scope& scope);
  base::Result<From> join(PgQuery__JoinExpr& join, Scope& scope);
  base::Result<From> joined(PgQuery__JoinExpr& join, From left, From right, Scope& scope);
  Checked mergeColumns(PgQuery__JoinExpr& join, const From& left, const From& right, RangeItem& item,
                       std::vector<std::string_view>& merged);
  base::Result<From> entry(RangeItem item, const PgQuery__Alias* alias, int location);
  Checked addNames(Scope& scope, const Namespace& names, bool lateralOnly, bool lateralAllowed);

  // resolve_function_scan.cpp
  base::Result<From> functionScan(PgQuery__RangeFunction& range, Scope& scope);
  Checked scannedFunction(PgQuery__Node& function, const PgQuery__RangeFunction& range, PgQuery__List* definitions,
                          Scope& scope, RangeItem& item);
  Checked columnDefinitions(std::span<PgQuery__Node* const> definitions, RangeItem& item);

  // resolve_expression.cpp
  Known expression(PgQuery__Node* node, Scope& scope);
  Known ofKind(PgQuery__Node* node, Scope& scope);
  Known all(std::span<PgQuery__Node* const> nodes, Scope& scope);
  /// Values that become one of a common type.
  Known alike(std::span<PgQuery__Node* const> nodes, Scope& scope);
  /// An expression that is no condition: what it touches matters only inside a condition's sub-query.
  Known root(PgQuery__Node* node, Scope& scope);
  Known constant(const PgQuery__AConst& constant) const;
  Known parameter(const PgQuery__ParamRef& parameter);
  Known caseOf(PgQuery__CaseExpr& expression, Scope& scope);
  Known coalesce(PgQuery__CoalesceExpr& expression, Scope& scope);
  Known cast(PgQuery__TypeCast& cast, Scope& scope);
  Known subLink(PgQuery__SubLink& link, Scope& scope, bool becomesJoin = false);
  Known collate(PgQuery__CollateClause& clause, Scope& scope);
  Known sessionValue(PgQuery__Node& node);

  // resolve_row.cpp
  struct RowValue {
    const std::vector<ScopeColumn>* columns = nullptr;  // its fields; nullptr: it is no row, or they are not known
    bool ofItem = false;  // a whole row of a FROM item: its fields are columns, whose own fields are known, too
  };
  static bool isRowStar(const PgQuery__Node* node);
  const std::vector<ScopeColumn>* newRow(std::vector<ScopeColumn> columns);
  base::Result<RowValue> rowOf(const PgQuery__Node* node, const Scope& scope);
  base::Result<RowValue> rowOfReference(const PgQuery__ColumnRef& ref, const Scope& scope);
  static base::Result<RowValue> fieldOf(const RowValue& row, std::string_view name);
  Known indirection(const PgQuery__Node& node, Scope& scope);
  Known rowMade(const PgQuery__RowExpr& row, Scope& scope);
  Known rowPart(PgQuery__Node* node, Scope& scope);
  Checked rowStar(const PgQuery__Node& node, Scope& scope, Output& output);

  // resolve_names.cpp
  Known columnRef(PgQuery__Node& node, Scope& scope);
  Known wholeRow(const FoundItem& found, Scope& scope);
  Known useColumn(const PgQuery__ColumnRef& ref, const ScopeColumn& column, int levelsUp, Scope& scope);
  Checked dropSchema(PgQuery__ColumnRef& ref);
  base::Result<std::uint32_t> typeName(PgQuery__TypeName& type);
  Checked operatorName(std::span<PgQuery__Node* const> names, int location);

  // resolve_operator.cpp
  struct Side {
    bool present = true;
    Facts whole;
    std::vector<Facts> parts;  // of a row
  };
  base::Result<Side> side(PgQuery__Node* node, Scope& scope);
  static Facts compared(std::string_view name, const Side& left, const Side& right);
  Known operatorCall(PgQuery__AExpr& expression, Scope& scope);
  Known comparison(std::string_view name, PgQuery__Node* left, PgQuery__Node* right, Scope& scope);
  Known inList(std::string_view name, PgQuery__Node* left, PgQuery__Node* right, Scope& scope);
  Known withArray(std::string_view name, PgQuery__Node* left, PgQuery__Node* right, Scope& scope);
  Known between(PgQuery__AExpr& expression, Scope& scope);
  Known pattern(PgQuery__AExpr& expression, Scope& scope);

  // resolve_call.cpp
  Known call(PgQuery__Node& node, Scope& scope);
  base::Result<std::string_view> functionName(PgQuery__FuncCall& call);
  Checked callArguments(PgQuery__FuncCall& call, Scope& scope, Facts& facts);

  /// Columns are copied where names are looked up: SELECT *, * nested in itself doubles them at each level.
  Checked spend(std::size_t columns);
  void leak(const Facts& facts) {
    if (!facts.leakProof) result_.leakyConditions |= facts.tables;
    noteFailure(!facts.leakProof);
  }
  void noteFailure(bool mayFail) { result_.mayFail = result_.mayFail || mayFail; }

  parse::Arena& arena_;
  TableLookup& lookup_;
  std::size_t withQueries_ = 0;
  const SessionFacts& session_;
  std::span<const std::uint32_t> parameterTypes_;
  Resolution result_;
  std::deque<RangeItem> items_;
  std::deque<std::vector<ScopeColumn>> rows_;   // fields of rows that are no FROM item's
  std::unordered_map<int, int> parameterUses_;  // how often each $n occurs in the whole statement
  std::unordered_set<const void*> seen_;        // nodes that were resolved: run() proves that none was missed
  TableSet conditionTables_ = 0;                // inside a condition's sub-query: the tables outside of it
  int rewrites_ = 0;                            // session values replaced by literals so far
  std::size_t columns_ = 0;                     // of all FROM items and select lists so far
};

/// The name PostgreSQL gives to an unnamed output column ("?column?" if it finds none).
std::string figureColumnName(const PgQuery__Node* node);

}  // namespace scrim::resolve
