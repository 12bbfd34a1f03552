// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/data_source_store.h"

#include <map>

#include "common/base/hash.h"
#include "common/base/log.h"
#include "server/catalog/rule_store.h"
#include "server/catalog/subscription_store.h"
#include "server/catalog/tag_store.h"

namespace scrim::catalog {
namespace {

using store::Link;
using store::Rows;
using store::Value;
using Sources = std::map<std::int64_t, DataSource>;

constexpr std::size_t kHashKeyBytes = 32;
// Above every OID of a system object, below what signed 32-bit numbers of clients hold.
constexpr std::int64_t kFirstTableOid = 1'000'000;

std::string placeOf(std::int64_t id) { return "hash key " + std::to_string(id); }

schema::DataType typeFrom(const Rows& rows, int row, int column) {
  return {static_cast<std::uint32_t>(rows.integer(row, column)),
          static_cast<std::int32_t>(rows.integer(row, column + 1)), rows.string(row, column + 2)};
}

base::Result<Sources> loadHeads(Link& link, const store::SecretBox& box, const Value& ids) {
  SCRIM_TRY(Rows rows, link.run("SELECT id, schema_name, name, connection_id, remote_schema, remote_name, definition,"
                                " event_time_column, comment, hash_key, degraded,"
                                " ARRAY(SELECT user_name FROM scrim.data_source_owner o WHERE o.data_source_id = s.id"
                                " ORDER BY user_name)"
                                " FROM scrim.data_source s WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[])",
                                {ids}));
  Sources sources;
  for (int row = 0; row < rows.size(); ++row) {
    DataSource source;
    source.id = {rows.integer(row, 0)};
    source.name = {rows.string(row, 1), rows.string(row, 2)};
    source.connection = {rows.integer(row, 3)};
    source.remote = {rows.string(row, 4), rows.string(row, 5)};
    source.definition = rows.string(row, 6);
    source.eventTimeColumn = rows.string(row, 7);
    source.comment = rows.string(row, 8);
    auto key = box.open(rows.bytes(row, 9), placeOf(source.id.value));
    if (!key || key->reveal().size() != kHashKeyBytes) {
      base::logError("catalog", "data source left out: its hash key cannot be opened",
                     {{"data_source", source.name.name}});
      continue;
    }
    source.hashKey = std::move(key).value();
    source.degraded = rows.boolean(row, 10);
    source.owners = rows.strings(row, 11);
    source.tableOid = static_cast<std::uint32_t>(kFirstTableOid + source.id.value);
    sources.emplace(source.id.value, std::move(source));
  }
  return sources;
}

base::Result<void> loadColumns(Link& link, const Value& ids, Sources& sources) {
  SCRIM_TRY(
      Rows rows,
      link.run(
          "SELECT data_source_id, name, type_oid, type_modifier, type_name, not_null, exposed, comment, remote_name"
          " FROM scrim.data_source_column WHERE $1::bigint[] IS NULL OR data_source_id = ANY ($1::bigint[])"
          " ORDER BY data_source_id, position",
          {ids}));
  for (int row = 0; row < rows.size(); ++row) {
    auto found = sources.find(rows.integer(row, 0));
    if (found == sources.end()) continue;
    found->second.columns.push_back({rows.string(row, 1),
                                     typeFrom(rows, row, 2),
                                     rows.boolean(row, 5),
                                     rows.boolean(row, 6),
                                     {},
                                     rows.string(row, 7),
                                     rows.string(row, 8)});
  }
  return {};
}

base::Result<void> loadTags(Link& link, const Value& ids, Sources& sources) {
  SCRIM_TRY(Rows rows, link.run("SELECT data_source_id, column_name, tag FROM scrim.tag"
                                " WHERE $1::bigint[] IS NULL OR data_source_id = ANY ($1::bigint[])"
                                " ORDER BY data_source_id, column_name, tag COLLATE \"C\"",
                                {ids}));
  for (int row = 0; row < rows.size(); ++row) {
    auto found = sources.find(rows.integer(row, 0));
    if (found == sources.end()) continue;
    if (rows.text(row, 1).empty()) found->second.tags.push_back(rows.string(row, 2));
    for (Column& column : found->second.columns) {
      if (column.name == rows.text(row, 1)) column.tags.push_back(rows.string(row, 2));
    }
  }
  return {};
}

void noteCollations(DataSource& source) {
  if (source.isSql() || source.remoteTables.size() != 1) return;
  std::set<std::string_view> names;
  for (const RemoteColumn& remote : source.remoteTables[0].columns) {
    if (remote.defaultCollation) names.insert(remote.name);
  }
  for (Column& column : source.columns) column.defaultCollation = names.contains(column.remoteName);
}

base::Result<void> loadRemoteTables(Link& link, const Value& ids, Sources& sources) {
  SCRIM_TRY(
      Rows rows,
      link.run("SELECT data_source_id, schema_name, table_name, name, type_oid, type_modifier, type_name, not_null,"
               " default_collation"
               " FROM scrim.remote_column WHERE $1::bigint[] IS NULL OR data_source_id = ANY ($1::bigint[])"
               " ORDER BY data_source_id, table_position, position",
               {ids}));
  for (int row = 0; row < rows.size(); ++row) {
    auto found = sources.find(rows.integer(row, 0));
    if (found == sources.end()) continue;
    auto& tables = found->second.remoteTables;
    schema::QualifiedName name{rows.string(row, 1), rows.string(row, 2)};
    if (tables.empty() || tables.back().name != name) tables.push_back({name, {}});
    tables.back().columns.push_back(
        {rows.string(row, 3), typeFrom(rows, row, 4), rows.boolean(row, 7), rows.boolean(row, 8)});
  }
  for (auto& [id, source] : sources) noteCollations(source);
  return {};
}

base::Result<void> insertColumns(Writer& writer, const DataSource& source, const Value& id) {
  std::int64_t position = 0;
  for (const Column& column : source.columns) {
    SCRIM_CHECK_OK(writer.link().run(
        "INSERT INTO scrim.data_source_column VALUES ($1::bigint, $2::integer, $3, $4::bigint, $5::integer, $6,"
        " $7::boolean, $8::boolean, $9, $10)",
        {id, store::value(position++), column.name, store::value(std::int64_t{column.type.oid}),
         store::value(std::int64_t{column.type.modifier}), column.type.name, store::value(column.notNull),
         store::value(column.exposed), column.comment, column.remoteName}));
    SCRIM_CHECK_OK(writer.link().run("INSERT INTO scrim.tag SELECT $1::bigint, $2, * FROM unnest($3::text[])",
                                     {id, column.name, store::array(column.tags)}));
  }
  return {};
}

base::Result<void> insertRemoteTables(Writer& writer, const DataSource& source, const Value& id) {
  for (std::size_t table = 0; table < source.remoteTables.size(); ++table) {
    const RemoteTable& remote = source.remoteTables[table];
    for (std::size_t i = 0; i < remote.columns.size(); ++i) {
      const RemoteColumn& column = remote.columns[i];
      SCRIM_CHECK_OK(writer.link().run(
          "INSERT INTO scrim.remote_column VALUES ($1::bigint, $2::integer, $3, $4, $5::integer, $6, $7::bigint,"
          " $8::integer, $9, $10::boolean, $11::boolean)",
          {id, store::value(static_cast<std::int64_t>(table)), remote.name.schema, remote.name.name,
           store::value(static_cast<std::int64_t>(i)), column.name, store::value(std::int64_t{column.type.oid}),
           store::value(std::int64_t{column.type.modifier}), column.type.name, store::value(column.notNull),
           store::value(column.defaultCollation)}));
    }
  }
  return {};
}

/// Its own and its columns'.
std::set<std::string> tagsOf(const DataSource& source) {
  std::set<std::string> tags(source.tags.begin(), source.tags.end());
  for (const Column& column : source.columns) tags.insert(column.tags.begin(), column.tags.end());
  return tags;
}

base::Result<void> saveDetails(Writer& writer, const DataSource& source, base::DataSourceId number) {
  Value id = store::value(number.value);
  for (const char* table : {"data_source_column", "tag", "data_source_owner", "remote_column"}) {
    SCRIM_CHECK_OK(
        writer.link().run("DELETE FROM scrim." + std::string(table) + " WHERE data_source_id = $1::bigint", {id}));
  }
  SCRIM_CHECK_OK(writer.link().run("INSERT INTO scrim.tag SELECT $1::bigint, '', * FROM unnest($2::text[])",
                                   {id, store::array(source.tags)}));
  SCRIM_CHECK_OK(writer.link().run("INSERT INTO scrim.data_source_owner SELECT $1::bigint, * FROM unnest($2::text[])",
                                   {id, store::array(source.owners)}));
  SCRIM_CHECK_OK(insertColumns(writer, source, id));
  SCRIM_CHECK_OK(keepTags(writer, tagsOf(source)));
  return insertRemoteTables(writer, source, id);
}

std::vector<Value> headOf(const DataSource& source) {
  return {source.name.schema,     source.name.name,   store::value(source.connection.value),
          source.remote.schema,   source.remote.name, source.definition,
          source.eventTimeColumn, source.comment,     store::value(source.degraded)};
}

base::Result<base::DataSourceId> insertHead(Writer& writer, const DataSource& source) {
  // The id is drawn first: the key is sealed for the place it is kept in.
  SCRIM_TRY(Rows drawn, writer.link().run("SELECT nextval(pg_get_serial_sequence('scrim.data_source', 'id'))"));
  base::DataSourceId id{drawn.integer(0, 0)};
  std::string key = source.hashKey.empty() ? base::randomBytes(kHashKeyBytes) : std::string(source.hashKey.reveal());
  std::vector<Value> parameters = headOf(source);
  parameters.push_back(store::value(id.value));
  parameters.push_back(store::bytes(writer.box().seal(key, placeOf(id.value))));
  base::Secret wiped(std::move(key));
  SCRIM_CHECK_OK(writer.link().run(
      "INSERT INTO scrim.data_source (schema_name, name, connection_id, remote_schema, remote_name, definition,"
      " event_time_column, comment, degraded, id, hash_key) OVERRIDING SYSTEM VALUE"
      " VALUES ($1, $2, $3::bigint, $4, $5, $6, $7, $8, $9::boolean, $10::bigint, $11::bytea)",
      parameters));
  return id;
}

}  // namespace

bool sameContent(const DataSource& left, const DataSource& right) {
  auto sameColumn = [](const Column& a, const Column& b) {
    return a.name == b.name && a.type == b.type && a.notNull == b.notNull && a.exposed == b.exposed &&
           a.tags == b.tags && a.comment == b.comment && a.remoteName == b.remoteName;
  };
  auto sameRemoteColumn = [](const RemoteColumn& a, const RemoteColumn& b) {
    return a.name == b.name && a.type == b.type && a.notNull == b.notNull && a.defaultCollation == b.defaultCollation;
  };
  auto sameTable = [&](const RemoteTable& a, const RemoteTable& b) {
    return a.name == b.name &&
           std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(), sameRemoteColumn);
  };
  return left.name == right.name && left.connection == right.connection && left.remote == right.remote &&
         left.definition == right.definition && left.eventTimeColumn == right.eventTimeColumn &&
         left.comment == right.comment && left.degraded == right.degraded && left.tags == right.tags &&
         left.owners == right.owners &&
         std::equal(left.columns.begin(), left.columns.end(), right.columns.begin(), right.columns.end(), sameColumn) &&
         std::equal(left.remoteTables.begin(), left.remoteTables.end(), right.remoteTables.begin(),
                    right.remoteTables.end(), sameTable);
}

base::Result<std::vector<DataSource>> loadDataSources(Link& link, const store::SecretBox& box,
                                                      const Selection& selection) {
  Value ids = selection.parameter();
  SCRIM_TRY(Sources sources, loadHeads(link, box, ids));
  SCRIM_CHECK_OK(loadColumns(link, ids, sources));
  SCRIM_CHECK_OK(loadTags(link, ids, sources));
  SCRIM_CHECK_OK(loadRemoteTables(link, ids, sources));
  std::vector<DataSource> list;
  for (auto& [id, source] : sources) list.push_back(std::move(source));
  return list;
}

base::Result<base::DataSourceId> save(Writer& writer, const DataSource& source) {
  base::DataSourceId id = source.id;
  if (!id) {
    SCRIM_TRY(id, insertHead(writer, source));
  } else {
    SCRIM_TRY(auto stored, loadDataSources(writer.link(), writer.box(), {false, {id.value}}));
    if (stored.size() == 1 && sameContent(stored[0], source)) return id;
    std::vector<Value> parameters = headOf(source);
    parameters.push_back(store::value(id.value));
    SCRIM_CHECK_OK(writer.link().run(
        "UPDATE scrim.data_source SET schema_name = $1, name = $2, connection_id = $3::bigint, remote_schema = $4,"
        " remote_name = $5, definition = $6, event_time_column = $7, comment = $8, degraded = $9::boolean"
        " WHERE id = $10::bigint",
        parameters));
  }
  SCRIM_CHECK_OK(saveDetails(writer, source, id));
  writer.changed(Noun::dataSource, id.value);
  return id;
}

base::Result<void> removeDataSource(Writer& writer, base::DataSourceId id) {
  Value number = store::value(id.value);
  SCRIM_CHECK_OK(saveGrants(writer, id, {}));
  SCRIM_TRY(Rows rules, writer.link().run("SELECT id FROM scrim.rule WHERE data_source_id = $1::bigint", {number}));
  for (int row = 0; row < rules.size(); ++row) SCRIM_CHECK_OK(removeRule(writer, {rules.integer(row, 0)}));
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.data_source WHERE id = $1::bigint", {number}));
  writer.changed(Noun::dataSource, id.value);
  return {};
}

}  // namespace scrim::catalog
