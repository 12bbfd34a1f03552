// SPDX-License-Identifier: Apache-2.0
// The guarded form of a data source that is defined by SQL:
//
//   (SELECT d.id AS id, .. FROM (<definition, each table replaced by its leaf>) AS d(id, ..) WHERE <rules above>
//   [OFFSET 0])
//
// where a leaf is (SELECT r.id AS id, <mask> AS ssn FROM public.customer AS r WHERE <rules below>) with the columns
// that are needed and no others.
#include <algorithm>
#include <set>

#include "common/policy/typing.h"
#include "server/query/parse/build.h"
#include "server/query/protect/canonical_text.h"
#include "server/query/protect/guard_builder.h"
#include "server/query/protect/guard_parts.h"
#include "server/query/protect/lookup.h"
#include "server/query/protect/placement.h"

namespace scrim::protect {

using base::Result;

namespace {

constexpr std::string_view kRow = "r";
constexpr std::string_view kDefinition = "d";

// Exposed columns that the statement reads, or a rule above the definition does.
std::set<std::string> readAbove(const policy::Resource& resource, const policy::Decision& decision,
                                const Placement& placement, const std::vector<bool>& wanted) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < resource.columns.size(); ++i) {
    const std::string& name = resource.columns[i].name;
    if (!wanted[i]) continue;
    names.insert(name);
    const auto masks = decision.masks.find(name);
    if (masks == decision.masks.end() || placement.masksBelow.contains(name)) continue;
    for (const policy::ColumnMask& mask : masks->second) {
      if (mask.condition) addColumns(**mask.condition, names);
    }
  }
  for (std::size_t i = 0; i < decision.rows.size(); ++i) {
    if (placement.rowsBelow[i] < 0) addColumns(*decision.rows[i].predicate, names);
  }
  return names;
}

std::vector<std::set<int>> neededColumns(const resolve::ResolvedDefinition& definition, const Placement& placement,
                                         const std::set<std::string>& read) {
  const resolve::Resolution& names = definition.names;
  std::vector<std::set<int>> needed(names.tables.size());
  const auto add = [&](int table, int column) {
    if (table >= 0) needed[static_cast<std::size_t>(table)].insert(column);
  };
  for (const auto& [ref, use] : names.columnUses) add(use.table, use.column);
  for (const resolve::ColumnUse& use : names.mergedColumns) add(use.table, use.column);
  for (const auto& [name, index] : placement.outputs) {
    if (read.contains(name)) add(names.outputs[index].table, names.outputs[index].column);
  }
  for (std::size_t table = 0; table < needed.size(); ++table) {
    if ((names.wholeRows >> table & 1) == 0) continue;
    for (std::size_t column = 0; column < names.tables[table].columns->size(); ++column)
      needed[table].insert(static_cast<int>(column));
  }
  return needed;
}

class DefinitionGuard {
 public:
  DefinitionGuard(const GuardBuilder& builder, const resolve::SourceUse& use, const policy::Resource& resource,
                  resolve::ResolvedDefinition& definition, const Placement& placement, const LookupTables& lookups,
                  const std::vector<bool>& wanted, Guard& guard)
      : builder_(builder),
        arena_(builder.arena),
        use_(use),
        source_(*use.source),
        resource_(resource),
        known_(columnsForRules(resource, *use.decision, storage_)),
        definition_(definition),
        placement_(placement),
        lookups_(lookups),
        guard_(guard),
        needed_(neededColumns(definition, placement, readAbove(resource, *use.decision, placement, wanted))) {}

  Result<PgQuery__SelectStmt*> build(const FenceOrder& order) {
    for (std::size_t table = 0; table < definition_.names.tables.size(); ++table) SCRIM_CHECK_OK(replaceTable(table));
    return around(order);
  }

 private:
  Result<void> replaceTable(std::size_t index);
  Result<PgQuery__SelectStmt*> leaf(std::size_t index, GuardedTable& table) const;
  Result<PgQuery__SelectStmt*> around(const FenceOrder& order);
  std::vector<std::string_view> outputNames() const;

  const GuardBuilder& builder_;
  parse::Arena& arena_;
  const resolve::SourceUse& use_;
  const catalog::DataSource& source_;
  const policy::Resource& resource_;
  std::vector<policy::ResourceColumn> storage_;
  const std::vector<policy::ResourceColumn>& known_;
  resolve::ResolvedDefinition& definition_;
  const Placement& placement_;
  const LookupTables& lookups_;
  Guard& guard_;
  std::vector<std::set<int>> needed_;
};

Result<void> DefinitionGuard::replaceTable(std::size_t index) {
  PgQuery__Node& node = *definition_.names.tables[index].node;
  PgQuery__RangeVar* range = node.range_var;
  const catalog::RemoteTable& remote = source_.remoteTables[definition_.names.tables[index].key];
  GuardedTable table{.remote = remote.name,
                     .alias = range->alias == nullptr ? range->relname : range->alias->aliasname};
  SCRIM_TRY(PgQuery__SelectStmt * select, leaf(index, table));
  PgQuery__Alias* alias = range->alias == nullptr ? parse::alias(arena_, range->relname) : range->alias;
  // A column list of the definition's own counts all columns of the table.
  if (alias->n_colnames > 0) {
    std::vector<PgQuery__Node*> kept;
    for (int column : needed_[index]) {
      const auto place = static_cast<std::size_t>(column);
      kept.push_back(place < alias->n_colnames ? alias->colnames[place]
                                               : parse::stringNode(arena_, remote.columns[place].name));
    }
    parse::setList(arena_, alias->n_colnames, alias->colnames, kept);
  }
  parse::replace(node, parse::subselect(arena_, select, alias)->range_subselect);
  guard_.tables.push_back(std::move(table));
  return {};
}

Result<PgQuery__SelectStmt*> DefinitionGuard::leaf(std::size_t index, GuardedTable& table) const {
  const PgQuery__RangeVar& written = *definition_.names.tables[index].node->range_var;
  const catalog::RemoteTable& remote = source_.remoteTables[definition_.names.tables[index].key];
  std::map<std::string, std::string> physical;           // a rule's column -> the table's own
  std::map<int, const policy::ResourceColumn*> exposed;  // the table's column -> exposed column
  for (const auto& [name, origin] : placement_.origins) {
    if (origin.table != static_cast<int>(index)) continue;
    physical[name] = remote.columns[static_cast<std::size_t>(origin.column)].name;
    if (const auto* column = policy::findColumn(resource_.columns, name)) exposed[origin.column] = column;
  }
  const RenderScope scope{arena_,         std::string(kRow),   known_,   physical,         source_.hashKey,
                          use_.maskKey(), builder_.parameters, lookups_, builder_.describe};
  std::vector<PgQuery__Node*> targets;
  for (int column : needed_[index]) {
    const std::string& name = remote.columns[static_cast<std::size_t>(column)].name;
    PgQuery__Node* value = parse::columnRef(arena_, {kRow, name});
    const auto shown = exposed.find(column);
    if (shown != exposed.end() && placement_.masksBelow.contains(shown->second->name)) {
      SCRIM_TRY(const RenderedColumn masked, shownColumn(*shown->second, *use_.decision, scope, table.masks));
      table.masks.back().column = name;
      value = masked.value;
    }
    targets.push_back(parse::target(arena_, value, name));
    table.columns.push_back(name);
  }
  std::vector<PgQuery__Node*> conditions;
  for (std::size_t i = 0; i < use_.decision->rows.size(); ++i) {
    if (placement_.rowsBelow[i] != static_cast<int>(index)) continue;
    SCRIM_TRY(PgQuery__Node * condition, rowCondition(use_.decision->rows[i], scope, table.rows));
    conditions.push_back(condition);
  }
  PgQuery__SelectStmt* select = parse::selectStatement(arena_);
  parse::setList(arena_, select->n_target_list, select->target_list, targets);
  PgQuery__Node* from = parse::rangeVar(arena_, remote.name.schema, remote.name.name);
  from->range_var->alias = parse::alias(arena_, kRow);
  from->range_var->inh = written.inh;  // FROM ONLY, where the owner wrote it
  parse::append(arena_, select->n_from_clause, select->from_clause, from);
  select->where_clause = parse::andOf(arena_, conditions);
  return select;
}

// The definition's outputs as they are left, in order: those of a star that nobody needs are gone with the leaves'
// columns.
std::vector<std::string_view> DefinitionGuard::outputNames() const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < definition_.names.outputs.size(); ++i) {
    const resolve::OutputColumn& output = definition_.names.outputs[i];
    if (output.fromStar && output.table >= 0 &&
        !needed_[static_cast<std::size_t>(output.table)].contains(output.column))
      continue;
    std::string_view name = arena_.copy("scrim_unused_" + std::to_string(i + 1));
    for (const auto& [exposed, index] : placement_.outputs) {
      if (index == i) name = exposed;
    }
    names.push_back(name);
  }
  return names;
}

Result<PgQuery__SelectStmt*> DefinitionGuard::around(const FenceOrder& order) {
  static const std::map<std::string, std::string> kSame;
  const RenderScope scope{
      arena_,   std::string(kDefinition), known_, kSame, source_.hashKey, use_.maskKey(), builder_.parameters,
      lookups_, builder_.describe};
  std::vector<PgQuery__Node*> targets;
  std::vector<bool> masked;
  for (std::size_t i = 0; i < resource_.columns.size(); ++i) {
    const policy::ResourceColumn& column = resource_.columns[i];
    if (!order.wanted[i]) {
      masked.push_back(true);
      continue;
    }
    const bool below = placement_.masksBelow.contains(column.name);
    RenderedColumn shown{.value = columnOf(scope, column.name), .masked = true};
    if (!below) {
      SCRIM_TRY(shown, shownColumn(column, *use_.decision, scope, guard_.masks));
    }
    const bool opaque = order.fence && order.hideStatistics && !shown.masked && isPatternMatched(column.type);
    targets.push_back(parse::target(arena_, opaque ? opaqueToPlanner(arena_, shown.value) : shown.value, column.name));
    masked.push_back(shown.masked);
  }
  std::vector<PgQuery__Node*> conditions;
  for (std::size_t i = 0; i < use_.decision->rows.size(); ++i) {
    if (placement_.rowsBelow[i] >= 0) continue;
    SCRIM_TRY(PgQuery__Node * condition, rowCondition(use_.decision->rows[i], scope, guard_.rows));
    conditions.push_back(condition);
  }
  for (PgQuery__Node* conjunct : order.fence ? order.conjuncts : std::vector<PgQuery__Node*>()) {
    PgQuery__Node* inside = movedInside(*conjunct, *order.names, resource_.columns, masked, scope);
    if (inside == nullptr) continue;
    conditions.push_back(inside);
    if (builder_.describe) guard_.pushed.push_back(displayText(*conjunct));
  }
  PgQuery__SelectStmt* select = parse::selectStatement(arena_);
  parse::setList(arena_, select->n_target_list, select->target_list, targets);
  const std::vector<std::string_view> names = outputNames();
  parse::append(arena_, select->n_from_clause, select->from_clause,
                parse::subselect(arena_, definition_.select, parse::alias(arena_, kDefinition, names)));
  select->where_clause = parse::andOf(arena_, conditions);
  if (order.fence) addFence(arena_, *select);
  guard_.fenced = order.fence;
  return select;
}

resolve::Definitions& definitions() {
  static resolve::Definitions all;
  return all;
}

}  // namespace

Result<PgQuery__SelectStmt*> GuardBuilder::overDefinition(const resolve::SourceUse& use, const FenceOrder& order,
                                                          Guard& guard) const {
  const catalog::DataSource& source = *use.source;
  const policy::Resource resource = snapshot.resource(source);
  SCRIM_TRY(const std::shared_ptr<const resolve::ResolvedDefinition> written, definitions().of(use.source));
  resolve::ResolvedDefinition definition = resolve::copyOf(*written, shared);
  SCRIM_TRY(const Placement placement, placementOf(source, resource, *use.decision, definition));
  const LookupTables lookup = lookupTables(shared, dataSourcesOf(snapshot), source.connection);
  return DefinitionGuard(*this, use, resource, definition, placement, lookup, order.wanted, guard).build(order);
}

}  // namespace scrim::protect
