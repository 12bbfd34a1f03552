// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/introspect.h"

#include <algorithm>
#include <map>
#include <set>

#include "server/catalog/connection_store.h"

namespace scrim::catalog {
namespace {

using base::Error;
using base::ErrorCode;
using store::Link;
using store::Rows;

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ",") + part;
  return all;
}

/// The outputs of a statement, with their types' names as the source prints them.
base::Result<std::vector<RemoteColumn>> outputsOf(Link& link, const std::string& sql) {
  SCRIM_TRY(auto described, link.describe(sql));
  std::set<std::int64_t> distinct;
  for (const auto& column : described) distinct.insert(column.typeOid);
  std::vector<std::int64_t> oids(distinct.begin(), distinct.end());
  SCRIM_TRY(Rows rows, link.run("SELECT o, pg_catalog.format_type(o::oid, NULL) FROM pg_catalog.unnest($1::bigint[]) o",
                                {store::array(oids)}));
  std::map<std::int64_t, std::string> names;
  for (int row = 0; row < rows.size(); ++row) names[rows.integer(row, 0)] = rows.string(row, 1);
  std::vector<RemoteColumn> outputs;
  for (auto& column : described) {
    outputs.push_back({std::move(column.name), {column.typeOid, column.typeModifier, names[column.typeOid]}, false});
  }
  return outputs;
}

Error systemRelation(const schema::QualifiedName& name) {
  return {ErrorCode::permissionDenied,
          name.schema + "." + name.name + " belongs to the database system: it tells of data that rules hide.",
          {},
          "Register the tables that hold the data themselves."};
}

/// A description gives a domain's base type, which is what values have on the wire; pg_attribute says what is not null.
base::Result<RemoteTable> tableOf(Link& link, const schema::QualifiedName& name) {
  if (isSystemRelation(name)) return systemRelation(name);
  SCRIM_TRY(Rows rows,
            link.run("SELECT a.attname, a.attnotnull, a.attcollation = 'pg_catalog.\"default\"'::regcollation"
                     " FROM pg_catalog.pg_attribute a"
                     " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
                     " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                     " WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
                     " AND a.attnum > 0 AND NOT a.attisdropped",
                     {name.schema, name.name}));
  if (rows.size() == 0) {
    return Error{ErrorCode::undefinedTable,
                 "The source has no table " + name.schema + "." + name.name + ", or its account may not see it."};
  }
  RemoteTable table{name, {}};
  SCRIM_TRY(table.columns, outputsOf(link, "SELECT * FROM " + schema::quotedName(name)));
  for (RemoteColumn& column : table.columns) {
    for (int row = 0; row < rows.size(); ++row) {
      if (rows.text(row, 0) != column.name) continue;
      column.notNull = rows.boolean(row, 1);
      column.defaultCollation = rows.boolean(row, 2);
    }
  }
  return table;
}

Error explained(Error error, const Connection& connection) {
  if (error.code == ErrorCode::connectionLost) {
    error.code = ErrorCode::sourceUnavailable;
    error.message = "The source of connection " + connection.name + " cannot be reached: " + error.message;
  } else if (error.code == ErrorCode::sourceError) {
    error.message = "The source of connection " + connection.name + " says: " + error.message;
  }
  return error;
}

/// Rows of a relation are those of its children and of what a view reads, at any depth; and they are its parents' too.
base::Result<std::vector<schema::QualifiedName>> kinOf(Link& link, const std::vector<RemoteTable>& tables) {
  std::vector<std::string> names;
  for (const RemoteTable& table : tables) names.push_back(schema::quotedName(table.name));
  SCRIM_TRY(
      Rows rows,
      link.run(
          "WITH RECURSIVE named AS (SELECT pg_catalog.to_regclass(n)::oid AS o FROM pg_catalog.unnest($1::text[]) n),"
          " reads(o) AS (SELECT o FROM named UNION SELECT e.o FROM reads JOIN LATERAL ("
          "SELECT i.inhrelid AS o FROM pg_catalog.pg_inherits i WHERE i.inhparent = reads.o UNION ALL"
          " SELECT d.refobjid FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_depend d ON d.objid = w.oid"
          " AND d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass"
          " WHERE w.ev_class = reads.o AND d.refobjid <> reads.o) e ON true),"
          " above(o) AS (SELECT o FROM reads UNION SELECT i.inhparent FROM above JOIN pg_catalog.pg_inherits i"
          " ON i.inhrelid = above.o)"
          " SELECT n.nspname, c.relname FROM above JOIN pg_catalog.pg_class c ON c.oid = above.o"
          " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT EXISTS (SELECT FROM named m WHERE m.o = "
          "above.o)"
          " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1, 2",
          {store::array(names)}));
  std::vector<schema::QualifiedName> kin;
  for (int row = 0; row < rows.size(); ++row) kin.push_back({rows.string(row, 0), rows.string(row, 1)});
  return kin;
}

base::Result<Shape> shapeWithin(Link& link, const schema::QualifiedName& remote, const std::string& definition,
                                const ReferencedTables& referencedTables) {
  // What a name without a schema means is ours to say, not the account's settings'.
  SCRIM_CHECK_OK(
      link.script("SET default_transaction_read_only = on; SET search_path = public; "
                  "SET standard_conforming_strings = on"));
  Shape shape;
  if (definition.empty()) {
    SCRIM_TRY(RemoteTable table, tableOf(link, remote));
    shape.outputs = table.columns;
    shape.tables.push_back(std::move(table));
    SCRIM_TRY(shape.kin, kinOf(link, shape.tables));
    return shape;
  }
  SCRIM_TRY(auto names, referencedTables(definition));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const schema::QualifiedName& name : names) {
    SCRIM_TRY(RemoteTable table, tableOf(link, {name.schema.empty() ? "public" : name.schema, name.name}));
    shape.tables.push_back(std::move(table));
  }
  SCRIM_TRY(shape.outputs, outputsOf(link, definition));
  SCRIM_TRY(shape.kin, kinOf(link, shape.tables));
  return shape;
}

}  // namespace

bool isSystemRelation(const schema::QualifiedName& name) {
  return name.schema.starts_with("pg_") || name.schema == "information_schema" || name.name.starts_with("pg_stat");
}

store::LinkOptions linkOptionsOf(const Connection& connection) {
  std::vector<std::string> ports;
  for (std::uint16_t port : connection.ports) ports.push_back(std::to_string(port));
  store::LinkOptions options;
  options.fields = {{"host", joined(connection.hosts)},
                    {"port", joined(ports)},
                    {"dbname", connection.database},
                    {"user", connection.user},
                    {"sslmode", std::string(nameOf(connection.tls))},
                    {"target_session_attrs", "any"},
                    {"passfile", "/nonexistent"}};  // a password is what the catalog says, nothing else
  if (!connection.password.empty()) options.fields.emplace_back("password", connection.password.reveal());
  if (!connection.caFile.empty()) options.fields.emplace_back("sslrootcert", connection.caFile);
  return options;
}

base::Result<Shape> readShape(const Connection& connection, const schema::QualifiedName& remote,
                              const std::string& definition, const ReferencedTables& referencedTables) {
  auto link = Link::open(linkOptionsOf(connection));
  if (!link) return explained(std::move(link).error(), connection);
  auto shape = shapeWithin(*link, remote, definition, referencedTables);
  if (!shape) return explained(std::move(shape).error(), connection);
  return shape;
}

base::Result<std::vector<base::Result<Shape>>> readShapes(const Connection& connection,
                                                          const std::vector<schema::QualifiedName>& tables) {
  auto link = Link::open(linkOptionsOf(connection));
  if (!link) return explained(std::move(link).error(), connection);
  std::vector<base::Result<Shape>> shapes;
  for (const schema::QualifiedName& table : tables) {
    auto shape = shapeWithin(*link, table, "", {});
    if (shape) {
      shapes.push_back(std::move(shape));
      continue;
    }
    Error error = explained(std::move(shape).error(), connection);
    if (error.code == ErrorCode::sourceUnavailable) return error;
    shapes.emplace_back(std::move(error));
  }
  return shapes;
}

base::Result<std::vector<RemoteTable>> browseTables(const Connection& connection, const std::string& schemaName,
                                                    const std::string& part, std::size_t limit) {
  auto link = Link::open(linkOptionsOf(connection));
  if (!link) return explained(std::move(link).error(), connection);
  auto rows = link->run(
      "SELECT n.nspname, c.relname, a.attname, a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, NULL),"
      " a.attnotnull FROM (SELECT c.oid, c.relname, c.relnamespace FROM pg_catalog.pg_class c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')"
      " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND ($1 = '' OR n.nspname = $1)"
      " AND pg_catalog.strpos(pg_catalog.lower(c.relname), pg_catalog.lower($2)) > 0"
      " AND pg_catalog.has_table_privilege(c.oid, 'SELECT') ORDER BY n.nspname, c.relname LIMIT $3::bigint) c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
      " ORDER BY n.nspname, c.relname, a.attnum",
      {schemaName, part, store::value(static_cast<std::int64_t>(limit))});
  if (!rows) return explained(std::move(rows).error(), connection);
  std::vector<RemoteTable> tables;
  for (int row = 0; row < rows->size(); ++row) {
    const schema::QualifiedName name{rows->string(row, 0), rows->string(row, 1)};
    if (tables.empty() || tables.back().name != name) tables.push_back({name, {}});
    const schema::DataType type{static_cast<std::uint32_t>(rows->integer(row, 3)),
                                static_cast<std::int32_t>(rows->integer(row, 4)), rows->string(row, 5)};
    tables.back().columns.push_back({rows->string(row, 2), type, rows->boolean(row, 6)});
  }
  return tables;
}

}  // namespace scrim::catalog
