// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/lookup.h"

#include <algorithm>
#include <set>

#include "server/query/parse/build.h"
#include "server/query/resolve/definition.h"

namespace scrim::protect {
namespace {

using base::Result;
using catalog::Column;
using catalog::DataSource;

base::Error notAvailable() {
  return base::Error{.code = base::ErrorCode::policyInvalid,
                     .message = "a policy of this data source cannot be applied: what it looks up in is not available"};
}

LookupTable overTable(parse::Arena& arena, const DataSource& source, std::string_view alias) {
  LookupTable table;
  table.from = parse::rangeVar(arena, source.remote.schema, source.remote.name);
  table.from->range_var->alias = parse::alias(arena, alias);
  for (const Column& column : source.columns) {
    table.columns.push_back({column.name, column.type, column.tags});
    if (!column.remoteName.empty()) table.physical.emplace(column.name, column.remoteName);
  }
  return table;
}

std::set<int> columnsRead(const resolve::Resolution& names, int table) {
  std::set<int> columns;
  const auto add = [&](int ofTable, int column) {
    if (ofTable == table) columns.insert(column);
  };
  for (const auto& [ref, use] : names.columnUses) add(use.table, use.column);
  for (const resolve::ColumnUse& use : names.mergedColumns) add(use.table, use.column);
  for (const resolve::OutputColumn& output : names.outputs) add(output.table, output.column);
  if (((names.allColumns | names.wholeRows) >> table & 1) == 0) return columns;
  for (std::size_t i = 0; i < names.tables[static_cast<std::size_t>(table)].columns->size(); ++i)
    columns.insert(static_cast<int>(i));
  return columns;
}

// Each table becomes (SELECT r.column AS column, .. FROM table AS r): a column that is gone is an error then, and not
// by chance another one of the same name around the look-up.
void nameColumns(parse::Arena& arena, const DataSource& source, resolve::ResolvedDefinition& definition) {
  for (std::size_t i = 0; i < definition.names.tables.size(); ++i) {
    PgQuery__Node& node = *definition.names.tables[i].node;
    PgQuery__RangeVar* range = node.range_var;
    PgQuery__SelectStmt* leaf = parse::selectStatement(arena);
    std::vector<PgQuery__Node*> targets;
    for (int column : columnsRead(definition.names, static_cast<int>(i))) {
      const std::string& name =
          source.remoteTables[definition.names.tables[i].key].columns[static_cast<std::size_t>(column)].name;
      targets.push_back(parse::target(arena, parse::columnRef(arena, {"r", name}), name));
    }
    parse::setList(arena, leaf->n_target_list, leaf->target_list, targets);
    PgQuery__Alias* alias = range->alias == nullptr ? parse::alias(arena, range->relname) : range->alias;
    PgQuery__Node* table = parse::rangeVar(arena, range->schemaname, range->relname);
    table->range_var->inh = range->inh;
    table->range_var->alias = parse::alias(arena, "r");
    parse::append(arena, leaf->n_from_clause, leaf->from_clause, table);
    parse::replace(node, parse::subselect(arena, leaf, alias)->range_subselect);
  }
}

// (<definition>) AS alias(column, ..): an output that is no column of the data source gets a name that none has.
Result<LookupTable> overDefinition(const std::shared_ptr<parse::Arena>& arena, const DataSource& source,
                                   std::string_view alias) {
  const auto written = resolve::resolveDefinition(source);
  if (!written.ok()) return notAvailable();
  resolve::ResolvedDefinition definition = resolve::copyOf(*written, arena);
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < definition.names.outputs.size(); ++i) {
    names.push_back(arena->copy("scrim_unused_" + std::to_string(i + 1)));
  }
  nameColumns(*arena, source, definition);
  LookupTable table;
  for (const Column& column : source.columns) {
    const std::string& wanted = column.remoteName.empty() ? column.name : column.remoteName;
    const auto& outputs = definition.names.outputs;
    const auto output = std::find_if(outputs.begin(), outputs.end(), [&](const auto& o) { return o.name == wanted; });
    if (output == outputs.end()) continue;
    names[static_cast<std::size_t>(output - outputs.begin())] = arena->copy(column.name);
    table.columns.push_back({column.name, column.type, column.tags});
  }
  table.from = parse::subselect(*arena, definition.select, parse::alias(*arena, alias, names));
  return table;
}

}  // namespace

DataSources dataSourcesOf(const catalog::Snapshot& snapshot) {
  return [&snapshot](const schema::QualifiedName& name) { return snapshot.dataSource(name).get(); };
}

LookupTables lookupTables(const std::shared_ptr<parse::Arena>& arena, DataSources sources,
                          base::ConnectionId connection) {
  return [&arena, sources = std::move(sources), connection](const schema::QualifiedName& name,
                                                            std::string_view alias) -> Result<LookupTable> {
    const DataSource* source = sources(name);
    if (source == nullptr || source->connection != connection || source->degraded) return notAvailable();
    return source->isSql() ? overDefinition(arena, *source, alias) : overTable(*arena, *source, alias);
  };
}

}  // namespace scrim::protect
