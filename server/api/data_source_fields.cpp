// SPDX-License-Identifier: Apache-2.0
#include "server/api/data_source_fields.h"

#include <algorithm>
#include <set>

#include "common/schema/tag.h"
#include "server/api/json.h"

namespace scrim::api::data_sources {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::Column;
using catalog::DataSource;

Error wrong(std::string message, std::string field) {
  return {ErrorCode::invalidValue, std::move(message), std::move(field)};
}

ObjectPtr showColumn(const Column& column, bool all) {
  ObjectPtr out = contract::newObject();
  out->set("name", column.name);
  out->set("type", column.type.name);
  out->set("notNull", column.notNull);
  out->set("tags", textArray(column.tags));
  out->set("comment", column.comment);
  if (all) out->set("exposed", column.exposed);
  return out;
}

base::Result<std::vector<std::string>> readTags(contract::Fields& fields) {
  SCRIM_TRY(auto tags, optionalTexts(fields, "tags"));
  std::set<std::string> seen;
  for (const std::string& tag : tags) {
    if (!schema::isValidTag(tag))
      return contract::wrongAt(fields.placeOf("tags"),
                               "\"" + tag + "\" is no tag: write words with dots between them, like PII.Email");
    if (!seen.insert(tag).second) return contract::wrongAt(fields.placeOf("tags"), "a tag stands twice");
  }
  return tags;
}

base::Result<ColumnSettings> readColumn(const contract::Json& json, const std::string& place) {
  SCRIM_TRY(contract::Fields fields, contract::Fields::of(json, place));
  ColumnSettings column;
  SCRIM_TRY(column.name, fields.text("name"));
  SCRIM_TRY(column.tags, readTags(fields));
  SCRIM_TRY(column.comment, optionalText(fields, "comment"));
  SCRIM_TRY(column.exposed, optionalFlag(fields, "exposed", true));
  SCRIM_CHECK_OK(fields.finish());
  return column;
}

base::Result<schema::QualifiedName> readQualified(contract::Fields& fields, const std::string& name) {
  SCRIM_TRY(const std::string text, fields.text(name));
  if (auto qualified = qualifiedOf(text)) return *std::move(qualified);
  return contract::wrongAt(fields.placeOf(name), "schema.name is needed, each part of 1 to 63 bytes");
}

std::string nameOf(const schema::QualifiedName& name) { return name.schema + "." + name.name; }

}  // namespace

std::optional<schema::QualifiedName> qualifiedOf(const std::string& text) {
  const std::size_t dot = text.find('.');
  schema::QualifiedName qualified{dot == std::string::npos ? "public" : text.substr(0, dot),
                                  dot == std::string::npos ? text : text.substr(dot + 1)};
  const auto plain = [](const std::string& part) { return !part.empty() && part.size() <= 63; };
  if (plain(qualified.schema) && plain(qualified.name)) return qualified;
  return std::nullopt;
}

ObjectPtr showDataSource(const DataSource& source, bool all) {
  ObjectPtr out = contract::newObject();
  out->set("id", source.id.value);
  out->set("name", nameOf(source.name));
  out->set("comment", source.comment);
  out->set("tags", textArray(source.tags));
  out->set("owners", textArray(source.owners));
  out->set("eventTimeColumn", source.eventTimeColumn);
  out->set("health", source.degraded ? "degraded" : "ok");
  ArrayPtr columns(new Poco::JSON::Array);
  for (const Column& column : source.columns) {
    if (all || column.exposed) columns->add(showColumn(column, all));
  }
  out->set("columns", columns);
  if (!all) return out;
  out->set("connection", source.connection.value);
  if (source.isSql()) {
    out->set("definition", source.definition);
  } else {
    out->set("table", nameOf(source.remote));
  }
  return out;
}

base::Result<DataSourceChange> readDataSourceChange(contract::Fields& fields) {
  DataSourceChange change;
  SCRIM_TRY(change.comment, optionalText(fields, "comment"));
  SCRIM_TRY(const auto owners, optionalTexts(fields, "owners"));
  for (const std::string& owner : owners) change.owners.push_back(catalog::normalisedUserName(owner));
  SCRIM_TRY(change.tags, readTags(fields));
  SCRIM_TRY(change.eventTimeColumn, optionalText(fields, "eventTimeColumn"));
  if (!fields.has("columns")) return change;
  SCRIM_TRY(change.columns, contract::readList<ColumnSettings>(fields, "columns", readColumn));
  return change;
}

base::Result<NewDataSource> readNewDataSource(contract::Fields& fields) {
  NewDataSource wanted;
  SCRIM_TRY(wanted.name, readQualified(fields, "name"));
  SCRIM_TRY(const std::int64_t connection, fields.whole("connection"));
  wanted.connection = {connection};
  SCRIM_TRY(wanted.definition, optionalText(fields, "definition"));
  if (wanted.definition.empty() == !fields.has("table")) {
    return contract::wrongAt("$", "either table or definition is needed");
  }
  if (fields.has("table")) {
    SCRIM_TRY(wanted.remote, readQualified(fields, "table"));
  }
  SCRIM_TRY(wanted.settings, readDataSourceChange(fields));
  return wanted;
}

base::Result<void> applyChange(const DataSourceChange& change, DataSource& source) {
  source.comment = change.comment;
  source.tags = change.tags;
  source.owners = change.owners;
  source.eventTimeColumn = change.eventTimeColumn;
  if (source.owners.empty()) return wrong("A data source needs an owner.", "$.owners");
  const auto find = [&](const std::string& name) {
    return std::find_if(source.columns.begin(), source.columns.end(),
                        [&](const Column& each) { return each.name == name; });
  };
  for (const ColumnSettings& settings : change.columns) {
    const auto column = find(settings.name);
    if (column == source.columns.end()) return wrong("There is no column " + settings.name + ".", "$.columns");
    column->tags = settings.tags;
    column->comment = settings.comment;
    column->exposed = settings.exposed;
  }
  const auto eventTime = find(source.eventTimeColumn);
  if (!source.eventTimeColumn.empty() && eventTime == source.columns.end()) {
    return wrong("There is no column " + source.eventTimeColumn + ".", "$.eventTimeColumn");
  }
  const bool any =
      std::any_of(source.columns.begin(), source.columns.end(), [](const Column& each) { return each.exposed; });
  return any ? base::Result<void>() : wrong("It would expose no column.", "$.columns");
}

base::Result<DataSource> registered(const NewDataSource& wanted, const catalog::Shape& shape,
                                    const std::string& owner) {
  DataSource source;
  source.name = wanted.name;
  source.connection = wanted.connection;
  source.remote = wanted.remote;
  source.definition = wanted.definition;
  source.remoteTables = shape.tables;
  std::set<std::string> seen;
  for (const catalog::RemoteColumn& remote : shape.outputs) {
    if (!seen.insert(remote.name).second) {
      return wrong("The definition returns several columns named " + remote.name + ": give them other names.",
                   "$.definition");
    }
    source.columns.push_back({remote.name, remote.type, remote.notNull, true, {}, {}, remote.name});
  }
  DataSourceChange settings = wanted.settings;
  if (settings.owners.empty()) settings.owners = {owner};
  SCRIM_CHECK_OK(applyChange(settings, source));
  return source;
}

DataSource copyOf(const DataSource& from) {
  DataSource copy;
  copy.id = from.id;
  copy.name = from.name;
  copy.connection = from.connection;
  copy.remote = from.remote;
  copy.definition = from.definition;
  copy.remoteTables = from.remoteTables;
  copy.columns = from.columns;
  copy.tags = from.tags;
  copy.owners = from.owners;
  copy.eventTimeColumn = from.eventTimeColumn;
  copy.comment = from.comment;
  copy.hashKey = from.hashKey.clone();
  copy.tableOid = from.tableOid;
  copy.degraded = from.degraded;
  return copy;
}

}  // namespace scrim::api::data_sources
