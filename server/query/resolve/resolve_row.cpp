// SPDX-License-Identifier: Apache-2.0
// Resolver: fields of rows, (row).field and (row).*. PostgreSQL knows the fields of an unnamed row only where it can
// see what the row was made of (expandRecordVariable of version 15), and so does this.
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

bool isStar(const PgQuery__ColumnRef& ref) { return as<PgQuery__AStar>(ref.fields[ref.n_fields - 1]) != nullptr; }

base::Error fieldsNotKnown() {
  return errorAt(
      ErrorCode::notSupported,
      "fields are available of rows whose columns are known: those of a table or sub-query, of ROW(...), and "
      "of functions with named results",
      -1);
}

const ScopeColumn* named(const std::vector<ScopeColumn>& columns, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return c.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

}  // namespace

bool Resolver::isRowStar(const PgQuery__Node* node) {
  const auto* steps = as<PgQuery__AIndirection>(node);
  return steps != nullptr && as<PgQuery__AStar>(steps->indirection[steps->n_indirection - 1]) != nullptr;
}

// The columns of a row made here.
const std::vector<ScopeColumn>* Resolver::newRow(std::vector<ScopeColumn> columns) {
  return &rows_.emplace_back(std::move(columns));
}

base::Result<Resolver::RowValue> Resolver::rowOf(const PgQuery__Node* node, const Scope& scope) {
  if (const auto* ref = as<PgQuery__ColumnRef>(node)) return rowOfReference(*ref, scope);
  if (const auto* steps = as<PgQuery__AIndirection>(node)) {
    SCRIM_TRY(RowValue row, rowOf(steps->arg, scope));
    for (const PgQuery__Node* step : list(steps->n_indirection, steps->indirection)) {
      const bool field = as<PgQuery__String>(step) != nullptr;
      if (!field && as<PgQuery__AStar>(step) == nullptr) row = {};
      if (field) {
        SCRIM_TRY(row, fieldOf(row, stringOf(step)));
      }
    }
    return row;
  }
  if (const auto* row = as<PgQuery__RowExpr>(node)) {
    std::vector<ScopeColumn> columns;
    for (const PgQuery__Node* part : list(row->n_args, row->args)) {
      const auto* ref = as<PgQuery__ColumnRef>(part);
      if (isRowStar(part) || (ref != nullptr && isStar(*ref))) return RowValue{};
      columns.push_back({arena_.copy("f" + std::to_string(columns.size() + 1)), detached()});
    }
    return RowValue{newRow(std::move(columns))};
  }
  if (const auto* call = as<PgQuery__FuncCall>(node)) {
    const Function* known = findFunction(stringOf(call->funcname[call->n_funcname - 1]));
    std::vector<ScopeColumn> columns;
    if (known != nullptr) {
      for (std::string_view name : splitNames(known->outNames)) columns.push_back({name, detached()});
    }
    return columns.size() > 1 ? RowValue{newRow(std::move(columns))} : RowValue{};
  }
  return RowValue{};
}

base::Result<Resolver::RowValue> Resolver::rowOfReference(const PgQuery__ColumnRef& ref, const Scope& scope) {
  const std::string_view first = stringOf(ref.fields[0]);
  if (ref.n_fields == 1) {
    SCRIM_TRY(const std::optional<FoundColumn> column, findColumn(scope, first, ref.location));
    if (column) return RowValue{column->column->row};
  }
  SCRIM_TRY(const std::optional<FoundItem> item, findItem(scope, "", first, ref.location));
  if (!item) return RowValue{};
  if (ref.n_fields == 1 || isStar(ref)) return RowValue{&item->item->columns, true};
  const ScopeColumn* column = named(item->item->columns, stringOf(ref.fields[1]));
  return RowValue{column == nullptr ? nullptr : column->row};
}

base::Result<Resolver::RowValue> Resolver::fieldOf(const RowValue& row, std::string_view name) {
  if (row.columns == nullptr) return fieldsNotKnown();
  const ScopeColumn* column = named(*row.columns, name);
  if (column == nullptr) {
    return errorAt(ErrorCode::undefinedColumn, "could not identify column " + inQuotes(name) + " in record data type",
                   -1);
  }
  return RowValue{row.ofItem ? column->row : nullptr};
}

// (expression).name is a field or, in PostgreSQL, a call of the function `name`: only fields that are known pass.
Resolver::Known Resolver::indirection(const PgQuery__Node& node, Scope& scope) {
  const PgQuery__AIndirection& steps = *node.a_indirection;
  SCRIM_TRY(Facts facts, expression(steps.arg, scope));
  for (PgQuery__Node* step : list(steps.n_indirection, steps.indirection)) {
    const auto* subscript = as<PgQuery__AIndices>(step);
    if (subscript == nullptr) continue;
    PgQuery__Node* const bounds[] = {subscript->lidx, subscript->uidx};
    for (PgQuery__Node* bound : bounds) {
      if (bound == nullptr) continue;
      SCRIM_TRY(const Facts index, expression(bound, scope));
      facts = combined(facts, index);
    }
  }
  SCRIM_CHECK_OK(rowOf(&node, scope));
  facts.type = 0;
  facts.leakProof = facts.constant = false;
  return facts;
}

Resolver::Known Resolver::rowMade(const PgQuery__RowExpr& row, Scope& scope) {
  Facts together{.constant = true};
  for (PgQuery__Node* part : list(row.n_args, row.args)) {
    SCRIM_TRY(const Facts facts, rowPart(part, scope));
    together = combined(together, facts);
  }
  return together;
}

// A part of a row: there, (row).* stands for all of its fields.
Resolver::Known Resolver::rowPart(PgQuery__Node* node, Scope& scope) {
  return isRowStar(node) ? indirection(*node, scope) : expression(node, scope);
}

Resolver::Checked Resolver::rowStar(const PgQuery__Node& node, Scope& scope, Output& output) {
  SCRIM_TRY(Facts facts, indirection(node, scope));
  if (!facts.leakProof) result_.leakyConditions |= facts.tables & conditionTables_;
  noteFailure(!facts.leakProof);
  facts.movable = false;
  SCRIM_TRY(const RowValue row, rowOf(&node, scope));
  if (row.columns == nullptr) return fieldsNotKnown();
  for (const ScopeColumn& field : *row.columns) {
    if (field.generated) continue;
    ScopeColumn& added = output.columns.emplace_back(ScopeColumn{field.name, facts});
    if (row.ofItem) added.row = field.row;
  }
  return {};
}

}  // namespace scrim::resolve
