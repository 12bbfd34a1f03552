// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/placement.h"

#include <algorithm>
#include <set>

#include "server/query/parse/compare.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::protect {
namespace {

using policy::Expression;
using policy::ExpressionKind;
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

void addColumns(const Expression& e, std::set<std::string>& names) {
  if (e.kind == ExpressionKind::column || e.kind == ExpressionKind::sample) names.insert(e.name);
  for (const policy::ExpressionPtr& child : e.children) addColumns(*child, names);
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

void findOrigins(const policy::Resource& resource, const resolve::ResolvedDefinition& definition,
                 Placement& placement) {
  if (!isPlain(*definition.select)) return;
  const std::set<Use> computed = computedWith(definition);
  std::map<Use, int> timesShown;
  for (const auto& [name, index] : placement.outputs) {
    const resolve::OutputColumn& output = definition.names.outputs[index];
    ++timesShown[{output.table, output.column}];
  }
  for (const policy::ResourceColumn& column : resource.columns) {
    const resolve::OutputColumn& output = definition.names.outputs[placement.outputs.at(column.name)];
    const Use use{output.table, output.column};
    const bool filterable = output.table >= 0 && (definition.names.filterable >> output.table & 1) != 0;
    if (filterable && !computed.contains(use) && timesShown[use] == 1) {
      placement.origins[column.name] = {output.table, output.column};
    }
  }
}

}  // namespace

base::Result<Placement> placementOf(const catalog::DataSource& source, const policy::Resource& resource,
                                    const policy::Decision& decision, const resolve::ResolvedDefinition& definition) {
  Placement placement;
  for (const policy::ResourceColumn& column : resource.columns) {
    const auto known = std::find_if(source.columns.begin(), source.columns.end(),
                                    [&](const catalog::Column& c) { return c.name == column.name; });
    const std::string& wanted =
        known == source.columns.end() || known->remoteName.empty() ? column.name : known->remoteName;
    const auto& outputs = definition.names.outputs;
    // Of outputs with equal names, the first is meant.
    const auto output = std::find_if(outputs.begin(), outputs.end(), [&](const auto& o) { return o.name == wanted; });
    if (output == outputs.end()) {
      return base::Error{.code = base::ErrorCode::policyInvalid,
                         .message = "the data source \"" + source.name.name +
                                    "\" cannot be used: its definition has no column " + wanted};
    }
    placement.outputs[column.name] = static_cast<std::size_t>(output - outputs.begin());
  }
  findOrigins(resource, definition, placement);
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
  return placement;
}

}  // namespace scrim::protect
