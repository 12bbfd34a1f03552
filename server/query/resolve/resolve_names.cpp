// SPDX-License-Identifier: Apache-2.0
// Resolver: column references, whole rows, type names and operator names.
#include <algorithm>

#include "server/query/parse/node.h"
#include "server/query/resolve/allow_list/allow_list.h"
#include "server/query/resolve/resolver.h"

namespace scrim::resolve {

using base::ErrorCode;
using parse::as;
using parse::list;
using parse::stringOf;

// schema.table.column becomes table.column: the guarded form has an alias and no schema. Which schema was meant is
// checked where the table is looked for; database.schema.table.column likewise.
Resolver::Checked Resolver::dropSchema(PgQuery__ColumnRef& ref) {
  if (ref.n_fields <= 2) return {};
  const std::size_t surplus = ref.n_fields - 2;
  if (surplus > 2)
    return errorAt(ErrorCode::syntaxError, "improper qualified name (too many dotted names)", ref.location);
  if (surplus == 2 && stringOf(ref.fields[0]) != session_.database) {
    return errorAt(ErrorCode::notSupported, "cross-database references are not implemented", ref.location);
  }
  ref.fields += surplus;
  ref.n_fields -= surplus;
  return {};
}

Resolver::Known Resolver::columnRef(PgQuery__Node& node, Scope& scope) {
  PgQuery__ColumnRef& ref = *node.column_ref;
  seen_.insert(&ref);
  const std::string_view schema = ref.n_fields > 2 ? stringOf(ref.fields[ref.n_fields - 3]) : std::string_view();
  SCRIM_CHECK_OK(dropSchema(ref));
  const bool star = as<PgQuery__AStar>(ref.fields[ref.n_fields - 1]) != nullptr;
  if (star && ref.n_fields == 1)
    return errorAt(ErrorCode::syntaxError, "row expansion via \"*\" is not supported here", ref.location);
  if (ref.n_fields == 1) {
    const std::string_view name = stringOf(ref.fields[0]);
    SCRIM_TRY(const std::optional<FoundColumn> column, findColumn(scope, name, ref.location));
    if (column) return useColumn(ref, *column->column, column->levelsUp, scope);
    SCRIM_TRY(const std::optional<FoundItem> row, findItem(scope, "", name, ref.location));
    if (row) return wholeRow(*row, scope);
    return noSuchColumn(scope, "", name, ref.location);
  }
  const std::string_view relation = stringOf(ref.fields[0]);
  SCRIM_TRY(const std::optional<FoundItem> found, findItem(scope, schema, relation, ref.location));
  if (!found) return noSuchRelationEntry(scope, relation, ref.location);
  if (star) return wholeRow(*found, scope);
  const std::string_view name = stringOf(ref.fields[1]);
  const ScopeColumn* match = nullptr;
  for (const ScopeColumn& column : found->item->columns) {
    if (column.name != name) continue;
    if (match != nullptr)
      return errorAt(ErrorCode::ambiguousColumn, "column reference " + inQuotes(name) + " is ambiguous", ref.location);
    match = &column;
  }
  // PostgreSQL would now try a function of this name on the row; Scrim does not.
  if (match == nullptr) return noSuchColumn(scope, relation, name, ref.location);
  return useColumn(ref, *match, found->levelsUp, scope);
}

Resolver::Known Resolver::useColumn(const PgQuery__ColumnRef& ref, const ScopeColumn& column, int levelsUp,
                                    Scope& scope) {
  Facts facts = column.facts;
  facts.constant = false;
  facts.movable = column.table >= 0 && levelsUp == 0;
  if (column.table >= 0) result_.columnUses[&ref] = {column.table, column.column};
  Scope* level = &scope;
  for (int i = 0; i < levelsUp; ++i, level = level->parent) level->outerTables |= facts.tables;
  return facts;
}

Resolver::Known Resolver::wholeRow(const FoundItem& found, Scope& scope) {
  for (const ScopeColumn& column : found.item->columns) {
    if (column.table >= 0) result_.wholeRows |= TableSet{1} << column.table;
  }
  Scope* level = &scope;
  for (int i = 0; i < found.levelsUp; ++i, level = level->parent) level->outerTables |= found.item->tables;
  TableSet tables = found.item->tables;
  for (const ScopeColumn& column : found.item->columns) tables |= column.facts.tables;
  return Facts{.leakProof = false, .movable = false, .tables = tables};
}

base::Result<std::uint32_t> Resolver::typeName(PgQuery__TypeName& type) {
  seen_.insert(&type);
  const auto names = list(type.n_names, type.names);
  const std::string_view name = names.empty() ? std::string_view() : stringOf(names.back());
  const bool system = names.size() == 1 || (names.size() == 2 && stringOf(names[0]) == "pg_catalog");
  const Type* known = system && !type.setof && !type.pct_type ? findType(name) : nullptr;
  if (known == nullptr) {
    std::string full;
    for (const PgQuery__Node* part : names) full += (full.empty() ? "" : ".") + std::string(stringOf(part));
    return errorAt(ErrorCode::undefinedObject, "type " + inQuotes(full) + " is not available through Scrim",
                   type.location);
  }
  if (known->localOnly) result_.readsCatalog = true;
  for (const PgQuery__Node* modifier : list(type.n_typmods, type.typmods)) {
    const auto* number = as<PgQuery__AConst>(modifier);
    if (number == nullptr || number->val_case != PG_QUERY__A__CONST__VAL_IVAL) {
      return errorAt(ErrorCode::notSupported, "type modifiers must be numbers", type.location);
    }
  }
  if (names.size() == 1) {
    PgQuery__Node* const pinned[] = {parse::stringNode(arena_, "pg_catalog"), names[0]};
    parse::setList(arena_, type.n_names, type.names, pinned);
  }
  return type.n_array_bounds > 0 ? known->arrayOid : known->oid;
}

Resolver::Checked Resolver::operatorName(std::span<PgQuery__Node* const> names, int location) {
  const bool system = names.size() == 1 || (names.size() == 2 && stringOf(names[0]) == "pg_catalog");
  if (system && isOperator(stringOf(names.back()))) return {};
  return errorAt(
      ErrorCode::undefinedFunction,
      "operator " + std::string(names.empty() ? "" : stringOf(names.back())) + " is not available through Scrim",
      location);
}

}  // namespace scrim::resolve
