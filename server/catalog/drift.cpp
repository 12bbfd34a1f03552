// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/drift.h"

#include <algorithm>

#include "common/base/log.h"
#include "server/catalog/data_source_store.h"

namespace scrim::catalog {
namespace {

DataSource copyOf(const DataSource& source) {
  DataSource copy;
  copy.id = source.id;
  copy.name = source.name;
  copy.connection = source.connection;
  copy.remote = source.remote;
  copy.definition = source.definition;
  copy.remoteTables = source.remoteTables;
  copy.columns = source.columns;
  copy.tags = source.tags;
  copy.owners = source.owners;
  copy.eventTimeColumn = source.eventTimeColumn;
  copy.comment = source.comment;
  copy.hashKey = source.hashKey.clone();
  copy.tableOid = source.tableOid;
  copy.degraded = source.degraded;
  return copy;
}

std::string listOf(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

}  // namespace

Drift applyShape(DataSource& source, const Shape& shape) {
  Drift drift;
  const auto remoteOf = [&](const Column& column) {
    return std::find_if(shape.outputs.begin(), shape.outputs.end(),
                        [&](const RemoteColumn& each) { return each.name == column.remoteName; });
  };
  for (Column& column : source.columns) {
    auto remote = remoteOf(column);
    if (!column.exposed) {
      if (remote != shape.outputs.end()) column.type = remote->type;
    } else if (remote == shape.outputs.end()) {
      drift.vanished.push_back(column.name);
    } else if (remote->type.oid != column.type.oid) {
      drift.changed.push_back(column.name);
    }
  }
  // A hidden column that goes harms nobody but the rules that look at it: they find it gone, and deny.
  std::erase_if(source.columns,
                [&](const Column& column) { return !column.exposed && remoteOf(column) == shape.outputs.end(); });
  for (const RemoteColumn& remote : shape.outputs) {
    bool known = std::any_of(source.columns.begin(), source.columns.end(), [&](const Column& column) {
      return column.remoteName == remote.name || column.name == remote.name;
    });
    if (known) continue;
    drift.appeared.push_back(remote.name);
    source.columns.push_back({remote.name, remote.type, remote.notNull, false, {}, {}, remote.name});
  }
  source.remoteTables = shape.tables;
  source.degraded = !drift.vanished.empty() || !drift.changed.empty();
  return drift;
}

base::Result<Drift> refreshRemoteSchema(Catalog& catalog, base::DataSourceId id,
                                        const ReferencedTables& referencedTables) {
  SnapshotPtr snapshot = catalog.snapshot();
  DataSourcePtr known = snapshot->dataSource(id);
  ConnectionPtr connection = known == nullptr ? nullptr : snapshot->connection(known->connection);
  if (connection == nullptr)
    return base::Error{base::ErrorCode::undefinedObject, "There is no such data source any more."};
  SCRIM_TRY(Shape shape, readShape(*connection, known->remote, known->definition, referencedTables));
  Drift drift;
  auto stored = catalog.change("drift", [&](Writer& writer) -> base::Result<void> {
    // As it is now: somebody may have changed it while the source was asked.
    SCRIM_TRY(auto sources, loadDataSources(writer.link(), writer.box(), {false, {id.value}}));
    if (sources.empty()) return {};
    DataSource fitted = copyOf(sources[0]);
    drift = applyShape(fitted, shape);
    SCRIM_CHECK_OK(save(writer, fitted));
    return {};
  });
  if (!stored) return std::move(stored).error();
  if (drift.any()) {
    base::logWarning("catalog", "the tables behind a data source have changed",
                     {{"data_source", known->name.schema + "." + known->name.name},
                      {"appeared", listOf(drift.appeared)},
                      {"vanished", listOf(drift.vanished)},
                      {"changed", listOf(drift.changed)}});
  }
  return drift;
}

}  // namespace scrim::catalog
