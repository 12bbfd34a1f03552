// SPDX-License-Identifier: Apache-2.0
// The guarded form of a data source that is one remote table.
#include <algorithm>

#include "server/query/parse/build.h"
#include "server/query/parse/compare.h"
#include "server/query/parse/print.h"
#include "server/query/protect/canonical_text.h"
#include "server/query/protect/guard_builder.h"
#include "server/query/protect/guard_parts.h"
#include "server/query/protect/lookup.h"
#include "server/query/protect/render_mask.h"
#include "server/query/protect/render_predicate.h"

namespace scrim::protect {

using base::Result;

namespace {

constexpr std::string_view kRow = "r";

std::map<std::string, std::string> remoteNames(const catalog::DataSource& source) {
  std::map<std::string, std::string> names;
  for (const catalog::Column& column : source.columns) {
    if (!column.remoteName.empty() && column.remoteName != column.name) names.emplace(column.name, column.remoteName);
  }
  return names;
}

}  // namespace

Result<PgQuery__SelectStmt*> GuardBuilder::overTable(const resolve::SourceUse& use, const FenceOrder& order,
                                                     Guard& guard) const {
  const catalog::DataSource& source = *use.source;
  const policy::Resource resource = snapshot.resource(source);
  std::vector<policy::ResourceColumn> storage;
  const std::vector<policy::ResourceColumn>& known = columnsForRules(resource, *use.decision, storage);
  const std::map<std::string, std::string> physical = remoteNames(source);
  const LookupTables lookup = lookupTables(shared, dataSourcesOf(snapshot), source.connection);
  const RenderScope scope{arena,         std::string(kRow), known,  physical, source.hashKey,
                          use.maskKey(), parameters,        lookup, describe};
  GuardedTable table{.remote = source.remote, .alias = source.remote.name};
  PgQuery__SelectStmt* select = parse::selectStatement(arena);
  std::vector<PgQuery__Node*> targets;
  std::vector<bool> masked;
  for (std::size_t i = 0; i < resource.columns.size(); ++i) {
    const policy::ResourceColumn& column = resource.columns[i];
    if (!order.wanted[i]) {
      masked.push_back(true);
      continue;
    }
    SCRIM_TRY(const RenderedColumn shown, shownColumn(column, *use.decision, scope, table.masks));
    const bool opaque = order.fence && order.hideStatistics && !shown.masked && isPatternMatched(column.type);
    PgQuery__Node* value = opaque ? opaqueToPlanner(arena, shown.value) : shown.value;
    if (order.pinCollation && use.columns[i].defaultText) value = ofDefaultCollation(arena, value);
    targets.push_back(parse::target(arena, value, column.name));
    masked.push_back(shown.masked);
    const auto remote = physical.find(column.name);
    table.columns.push_back(remote == physical.end() ? column.name : remote->second);
  }
  parse::setList(arena, select->n_target_list, select->target_list, targets);
  PgQuery__Node* from = parse::rangeVar(arena, source.remote.schema, source.remote.name);
  from->range_var->alias = parse::alias(arena, kRow);
  parse::append(arena, select->n_from_clause, select->from_clause, from);
  SCRIM_TRY(std::vector<PgQuery__Node*> conditions, rowConditions(*use.decision, scope, table.rows));
  for (PgQuery__Node* conjunct : order.fence ? order.conjuncts : std::vector<PgQuery__Node*>()) {
    PgQuery__Node* inside = movedInside(*conjunct, *order.names, resource.columns, masked, scope);
    if (inside == nullptr) continue;
    conditions.push_back(inside);
    if (describe) guard.pushed.push_back(displayText(*conjunct));
  }
  select->where_clause = parse::andOf(arena, conditions);
  if (order.fence) addFence(arena, *select);
  guard.fenced = order.fence;
  guard.tables.push_back(std::move(table));
  return select;
}

}  // namespace scrim::protect
