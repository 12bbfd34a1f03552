// SPDX-License-Identifier: Apache-2.0
// Work: the columns of a data source, from what is there, what the source says, and what the file says.
#include <algorithm>
#include <utility>

#include "server/apply/work.h"
#include "server/catalog/connection_store.h"

namespace scrim::apply {
namespace {

using catalog::Column;
using catalog::DataSource;

std::vector<std::string> namesOf(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

Column* findColumn(std::vector<Column>& columns, const std::string& name) {
  auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& each) { return each.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

/// What an owner hid, or has not accepted yet, stays hidden unless it is named now.
void keepHidden(const std::vector<Column>& present, std::vector<Column>& columns) {
  for (Column& column : columns) {
    column.exposed = std::any_of(present.begin(), present.end(),
                                 [&](const Column& each) { return each.name == column.name && each.exposed; });
  }
}

void keepDescriptions(const std::vector<Column>& present, std::vector<Column>& columns) {
  for (const Column& old : present) {
    Column* column = findColumn(columns, old.name);
    if (column == nullptr) continue;
    column->tags = old.tags;
    column->comment = old.comment;
  }
}

const std::vector<ColumnEntry>& columnsOf(const DataSourceEntry& entry) {
  static const std::vector<ColumnEntry> kNone;
  return entry.columns ? *entry.columns : kNone;
}

}  // namespace

/// Whether every column that the entry speaks of is there.
bool Work::names(const DataSourceEntry& entry, const std::vector<Column>& columns) const {
  std::vector<std::string> known = namesOf(columns);
  auto isKnown = [&](const auto& each) { return std::find(known.begin(), known.end(), each.name) != known.end(); };
  return std::all_of(columnsOf(entry).begin(), columnsOf(entry).end(), isKnown) &&
         (!entry.expose || std::all_of(entry.expose->begin(), entry.expose->end(), isKnown));
}

std::vector<Column> Work::columnsFor(const DataSourceEntry& entry, const DataSource* present,
                                     const catalog::Connection& connection, DataSource& source) {
  bool sameShape = present != nullptr && present->connection == connection.id && present->remote == entry.table &&
                   present->definition == entry.definition;
  std::vector<Column> columns;
  if (sameShape && names(entry, present->columns)) {
    columns = present->columns;
    source.remoteTables = present->remoteTables;
    source.degraded = present->degraded;
  } else {
    const catalog::Shape* shape = shapeOf(entry, connection);
    if (shape == nullptr) return {};
    source.remoteTables = shape->tables;
    columns = newColumns(entry, *shape);
    if (sameShape) keepHidden(present->columns, columns);
    if (present != nullptr) keepDescriptions(present->columns, columns);
  }
  checkColumnNames(entry, columns);
  describeColumns(entry, columns);
  chooseColumns(entry, columns);
  return columns;
}

const catalog::Shape* Work::shapeOf(const DataSourceEntry& entry, const catalog::Connection& connection) {
  const auto& shape = shapes_.of(connection, entry);
  if (shape) return &*shape;
  problems_.add(entry.shapeAt, "data source " + display(entry.name) + ": " + shape.error().message);
  return nullptr;
}

std::vector<Column> Work::newColumns(const DataSourceEntry& entry, const catalog::Shape& shape) {
  std::map<std::string, int> count;
  for (const catalog::RemoteColumn& remote : shape.outputs) ++count[remote.name];
  std::vector<Column> columns;
  for (const catalog::RemoteColumn& remote : shape.outputs) {
    if (count[remote.name] == 1) {
      columns.push_back({remote.name, remote.type, remote.notNull, true, {}, {}, remote.name});
      continue;
    }
    bool chosen = !entry.expose || std::any_of(entry.expose->begin(), entry.expose->end(),
                                               [&](const ExposeEntry& each) { return each.name == remote.name; });
    if (chosen && std::exchange(count[remote.name], 0) > 1) {
      problems_.add(entry.shapeAt, "the definition returns several columns named " + remote.name +
                                       ": list its columns in SELECT, with other names, or leave it out of expose");
    }
  }
  return columns;
}

void Work::checkColumnNames(const DataSourceEntry& entry, const std::vector<Column>& columns) {
  std::vector<std::string> known = namesOf(columns);
  auto check = [&](const std::string& name, Place at) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    problems_.add(at, "data source " + display(entry.name) + " has no column " + name + suggestion(name, known));
  };
  for (const ColumnEntry& column : columnsOf(entry)) check(column.name, column.at);
  if (entry.expose) {
    for (const ExposeEntry& each : *entry.expose) check(each.name, each.at);
  }
  if (entry.eventTimeColumn && !entry.eventTimeColumn->empty()) check(*entry.eventTimeColumn, entry.eventTimeAt);
}

void Work::describeColumns(const DataSourceEntry& entry, std::vector<Column>& columns) {
  if (!entry.columns) return;
  for (Column& column : columns) {
    column.tags.clear();
    column.comment.clear();
  }
  for (const ColumnEntry& described : *entry.columns) {
    Column* column = findColumn(columns, described.name);
    if (column == nullptr) continue;
    column->tags = described.tags;
    column->comment = described.comment;
  }
}

void Work::chooseColumns(const DataSourceEntry& entry, std::vector<Column>& columns) {
  if (entry.expose) {
    for (Column& column : columns) column.exposed = false;
    for (const ExposeEntry& each : *entry.expose) {
      if (Column* column = findColumn(columns, each.name)) column->exposed = true;
    }
  }
  for (const ColumnEntry& each : columnsOf(entry)) {
    Column* column = findColumn(columns, each.name);
    if (column != nullptr && each.exposed) column->exposed = *each.exposed;
  }
  bool any = std::any_of(columns.begin(), columns.end(), [](const Column& each) { return each.exposed; });
  if (!any && !columns.empty()) problems_.add(entry.at, "data source " + display(entry.name) + " exposes no column");
}

}  // namespace scrim::apply
