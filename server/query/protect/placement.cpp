// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/placement.h"

#include <algorithm>
#include <set>

#include "server/query/parse/compare.h"
#include "server/query/protect/guard_parts.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::protect {
namespace {

using policy::Expression;
using Use = std::pair<int, int>;  // table, column

// Only selections and joins: a filter or mask below commutes with them.
bool isPlain(const PgQuery__SelectStmt& select) {
  const bool simple = select.op == PG_QUERY__SET_OPERATION__SETOP_NONE && select.n_values_lists == 0 &&
                      select.with_clause == nullptr && select.n_distinct_clause == 0 && select.n_group_clause == 0 &&
                      select.having_clause == nullptr && select.n_window_clause == 0 && select.limit_count == nullptr &&
                      select.limit_offset == nullptr;
  bool computesOverRows = false;
  for (std::size_t i = 0; i < select.n_target_list; ++i) {
    parse::forEachNode(*select.target_list[i], [&](const PgQuery__Node& node) {
      if (const auto* call = parse::as<PgQuery__FuncCall>(node)) {
        const resolve::Function* known = resolve::findFunction(parse::stringOf(call->funcname[call->n_funcname - 1]));
        computesOverRows =
            computesOverRows || known == nullptr || known->aggregate || known->setReturning || call->over != nullptr;
      }
      return true;
    });
  }
  return simple && !computesOverRows;
}

// Columns that the definition does more with than passing them on.
std::set<Use> computedWith(const resolve::ResolvedDefinition& definition) {
  std::set<const PgQuery__ColumnRef*> plainTargets;
  for (std::size_t i = 0; i < definition.select->n_target_list; ++i) {
    const auto* target = parse::as<PgQuery__ResTarget>(definition.select->target_list[i]);
    if (const auto* ref = parse::as<PgQuery__ColumnRef>(target->val)) plainTargets.insert(ref);
  }
  std::set<Use> used;
  for (const auto& [ref, use] : definition.names.columnUses) {
    if (!plainTargets.contains(ref)) used.insert({use.table, use.column});
  }
  for (const resolve::ColumnUse& use : definition.names.mergedColumns) used.insert({use.table, use.column});
  for (std::size_t table = 0; table < definition.names.tables.size(); ++table) {
    if ((definition.names.wholeRows >> table & 1) == 0) continue;
    for (std::size_t column = 0; column < definition.names.tables[table].columns->size(); ++column) {
      used.insert({static_cast<int>(table), static_cast<int>(column)});
    }
  }
  return used;
}

std::set<std::string> columnsOf(const Expression& e) {
  std::set<std::string> names;
  addColumns(e, names);
  return names;
}

std::set<std::string> conditionColumns(const std::vector<policy::ColumnMask>& masks) {
  std::set<std::string> names;
  for (const policy::ColumnMask& mask : masks) {
    if (mask.condition) addColumns(**mask.condition, names);
  }
  return names;
}

// The one table that all the columns come from untouched; -1: there is none.
int commonTable(const std::map<std::string, Placement::Origin>& origins, const std::set<std::string>& columns) {
  int table = -1;
  for (const std::string& name : columns) {
    const auto origin = origins.find(name);
    if (origin == origins.end() || (table >= 0 && table != origin->second.table)) return -1;
    table = origin->second.table;
  }
  return table;
}

const catalog::Column* findColumn(const catalog::DataSource& source, const std::string& name) {
  const auto found = std::find_if(source.columns.begin(), source.columns.end(),
                                  [&](const catalog::Column& column) { return column.name == name; });
  return found == source.columns.end() ? nullptr : &*found;
}

// Of outputs with equal names, the first is meant.
base::Result<std::size_t> outputOf(const catalog::DataSource& source, const resolve::ResolvedDefinition& definition,
                                   const std::string& column) {
  const catalog::Column* known = findColumn(source, column);
  const std::string& wanted = known == nullptr || known->remoteName.empty() ? column : known->remoteName;
  const auto& outputs = definition.names.outputs;
  const auto output = std::find_if(outputs.begin(), outputs.end(), [&](const auto& o) { return o.name == wanted; });
  if (output != outputs.end()) return static_cast<std::size_t>(output - outputs.begin());
  return base::Error{
      .code = base::ErrorCode::policyInvalid,
      .message = "the data source \"" + source.name.name + "\" cannot be used: its definition has no column " + wanted};
}

bool canFilter(const resolve::ResolvedDefinition& definition, int table) {
  return table >= 0 && (definition.names.filterable >> table & 1) != 0;
}

void findOrigins(const resolve::ResolvedDefinition& definition, Placement& placement) {
  if (!isPlain(*definition.select)) return;
  const std::set<Use> computed = computedWith(definition);
  std::map<Use, int> timesShown;
  for (const auto& [name, index] : placement.outputs) {
    const resolve::OutputColumn& output = definition.names.outputs[index];
    ++timesShown[{output.table, output.column}];
  }
  for (const auto& [name, index] : placement.outputs) {
    const resolve::OutputColumn& output = definition.names.outputs[index];
    const Use use{output.table, output.column};
    if (canFilter(definition, output.table) && !computed.contains(use) && timesShown[use] == 1) {
      placement.origins[name] = {output.table, output.column};
    }
  }
}

base::Error cannotStand(const std::string& why) {
  return base::Error{.code = base::ErrorCode::policyInvalid,
                     .message = "a rule looks at a column that the definition does not return, and " + why,
                     .hint = "Return the column from the definition; it need not be exposed."};
}

// A column that the definition does not return. It has one meaning only if one table, named once, has it; and it can be
// looked at only where leaving out rows of that table means the same as leaving out rows of the result.
base::Result<Placement::Origin> originBelow(const resolve::ResolvedDefinition& definition, const std::string& name) {
  Placement::Origin found{-1, -1};
  for (std::size_t table = 0; table < definition.names.tables.size(); ++table) {
    const auto& columns = *definition.names.tables[table].columns;
    const auto column = std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return c.name == name; });
    if (column == columns.end()) continue;
    if (found.table >= 0) return cannotStand("more than one of the tables that it names has one of this name");
    found = {static_cast<int>(table), static_cast<int>(column - columns.begin())};
  }
  if (found.table < 0) return cannotStand("none of the tables that it names has one of this name");
  if (!isPlain(*definition.select)) return cannotStand("the definition groups, combines, limits or computes over rows");
  if (!canFilter(definition, found.table)) {
    return cannotStand("its table stands in a sub-query or on the optional side of an outer join");
  }
  return found;
}

// What stands above the definition reads its outputs alone.
base::Result<void> checkReadAbove(const Placement& placement, const std::set<std::string>& names) {
  const bool all = std::all_of(names.begin(), names.end(),
                               [&](const std::string& name) { return placement.outputs.contains(name); });
  if (all) return {};
  return cannotStand(
      "the rule needs others besides, which come from another table or which the definition computes with");
}

}  // namespace

base::Result<Placement> placementOf(const catalog::DataSource& source, const policy::Resource& resource,
                                    const policy::Decision& decision, const resolve::ResolvedDefinition& definition) {
  Placement placement;
  for (const policy::ResourceColumn& column : resource.columns) {
    SCRIM_TRY(placement.outputs[column.name], outputOf(source, definition, column.name));
  }
  std::vector<std::string> below;
  for (const std::string& name : hiddenColumnsRead(resource, decision)) {
    if (findColumn(source, name) == nullptr) {
      below.push_back(name);
    } else {
      SCRIM_TRY(placement.outputs[name], outputOf(source, definition, name));
    }
  }
  findOrigins(definition, placement);
  for (const std::string& name : below) {
    SCRIM_TRY(placement.origins[name], originBelow(definition, name));
  }
  std::set<std::string> rawAbove;  // what stands above reads these, so they may not be masked below
  for (const policy::RowGuard& guard : decision.rows) {
    const std::set<std::string> columns = columnsOf(*guard.predicate);
    const int table = columns.empty() ? -1 : commonTable(placement.origins, columns);
    placement.rowsBelow.push_back(table);
    if (table < 0) rawAbove.insert(columns.begin(), columns.end());
  }
  for (const auto& [name, masks] : decision.masks) {
    std::set<std::string> columns = conditionColumns(masks);
    columns.insert(name);
    const int table = masks.empty() ? -1 : commonTable(placement.origins, columns);
    if (table >= 0) placement.masksBelow[name] = table;
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [name, masks] : decision.masks) {
      const bool above = !masks.empty() && !placement.masksBelow.contains(name);
      if (above) rawAbove.merge(conditionColumns(masks));
    }
    for (const std::string& name : rawAbove) changed = placement.masksBelow.erase(name) > 0 || changed;
  }
  SCRIM_CHECK_OK(checkReadAbove(placement, rawAbove));
  return placement;
}

}  // namespace scrim::protect
