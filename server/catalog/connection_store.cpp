// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/connection_store.h"

#include <array>
#include <utility>

#include "common/base/hash.h"
#include "common/base/log.h"

namespace scrim::catalog {
namespace {

using store::Value;

constexpr std::array<std::pair<TlsMode, std::string_view>, 4> kTlsModes{{{TlsMode::disable, "disable"},
                                                                         {TlsMode::require, "require"},
                                                                         {TlsMode::verifyCa, "verify-ca"},
                                                                         {TlsMode::verifyFull, "verify-full"}}};

std::string placeOf(std::string_view name) { return "connection " + std::string(name); }

base::Result<Connection> connectionFrom(const store::Rows& rows, int row, const store::SecretBox& box) {
  Connection connection;
  connection.id = {rows.integer(row, 0)};
  connection.name = rows.string(row, 1);
  connection.hosts = rows.strings(row, 2);
  for (const std::string& port : rows.strings(row, 3)) {
    connection.ports.push_back(static_cast<std::uint16_t>(std::stoi(port)));
  }
  connection.database = rows.string(row, 4);
  connection.user = rows.string(row, 5);
  if (!rows.isNull(row, 6)) {
    SCRIM_TRY(connection.password, box.open(rows.bytes(row, 6), placeOf(connection.name)));
  }
  connection.tls = tlsModeOf(rows.text(row, 7)).value_or(TlsMode::verifyFull);
  connection.caFile = rows.string(row, 8);
  connection.maxConnections = static_cast<int>(rows.integer(row, 9));
  connection.statementTimeoutSeconds = static_cast<int>(rows.integer(row, 10));
  connection.digest = digestOf(connection);
  return connection;
}

std::vector<Value> parametersOf(const Connection& connection, const store::SecretBox& box) {
  std::vector<std::int64_t> ports(connection.ports.begin(), connection.ports.end());
  Value password;
  if (!connection.password.empty()) {
    password = store::bytes(box.seal(connection.password.reveal(), placeOf(connection.name)));
  }
  return {connection.name,
          store::array(connection.hosts),
          store::array(ports),
          connection.database,
          connection.user,
          password,
          std::string(nameOf(connection.tls)),
          connection.caFile,
          store::value(static_cast<std::int64_t>(connection.maxConnections)),
          store::value(static_cast<std::int64_t>(connection.statementTimeoutSeconds))};
}

}  // namespace

std::string_view nameOf(TlsMode mode) {
  for (const auto& [each, name] : kTlsModes) {
    if (each == mode) return name;
  }
  return "verify-full";
}

std::optional<TlsMode> tlsModeOf(std::string_view name) {
  for (const auto& [mode, each] : kTlsModes) {
    if (each == name) return mode;
  }
  return std::nullopt;
}

std::string digestOf(const Connection& connection) {
  static const std::string kProcessKey = base::randomBytes(32);
  std::string all;
  auto add = [&](std::string_view part) { all += std::to_string(part.size()) + ":" + std::string(part); };
  add(connection.name);
  add(std::to_string(connection.hosts.size()));
  for (const std::string& host : connection.hosts) add(host);
  for (std::uint16_t port : connection.ports) add(std::to_string(port));
  for (const std::string* each : {&connection.database, &connection.user, &connection.caFile}) add(*each);
  add(connection.password.reveal());
  add(nameOf(connection.tls));
  add(std::to_string(connection.maxConnections));
  add(std::to_string(connection.statementTimeoutSeconds));
  base::Secret input(std::move(all));
  return base::toHex(base::hmacSha256(kProcessKey, input.reveal()));
}

base::Result<std::vector<Connection>> loadConnections(store::Link& link, const store::SecretBox& box,
                                                      const Selection& selection) {
  SCRIM_TRY(store::Rows rows,
            link.run("SELECT id, name, hosts, ports, database_name, user_name, password, tls, ca_file, max_connections,"
                     " statement_timeout_seconds FROM scrim.connection"
                     " WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[]) ORDER BY id",
                     {selection.parameter()}));
  std::vector<Connection> connections;
  for (int row = 0; row < rows.size(); ++row) {
    auto connection = connectionFrom(rows, row, box);
    if (connection) {
      connections.push_back(std::move(connection).value());
    } else {
      base::logError("catalog", "connection left out: its password cannot be opened",
                     {{"connection", rows.string(row, 1)}});
    }
  }
  return connections;
}

base::Result<base::ConnectionId> save(Writer& writer, const Connection& connection) {
  std::vector<Value> parameters = parametersOf(connection, writer.box());
  base::ConnectionId id = connection.id;
  if (!id) {
    SCRIM_TRY(store::Rows rows,
              writer.link().run(
                  "INSERT INTO scrim.connection (name, hosts, ports, database_name, user_name, password, tls,"
                  " ca_file, max_connections, statement_timeout_seconds)"
                  " VALUES ($1, $2::text[], $3::integer[], $4, $5, $6::bytea, $7, $8, $9::integer, $10::integer)"
                  " RETURNING id",
                  parameters));
    id = {rows.integer(0, 0)};
  } else {
    SCRIM_TRY(auto stored, loadConnections(writer.link(), writer.box(), {false, {id.value}}));
    if (stored.size() == 1 && stored[0].digest == digestOf(connection)) return id;
    parameters.push_back(store::value(id.value));
    SCRIM_CHECK_OK(writer.link().run(
        "UPDATE scrim.connection SET name = $1, hosts = $2::text[], ports = $3::integer[], database_name = $4,"
        " user_name = $5, password = $6::bytea, tls = $7, ca_file = $8, max_connections = $9::integer,"
        " statement_timeout_seconds = $10::integer WHERE id = $11::bigint",
        parameters));
  }
  writer.changed(Noun::connection, id.value);
  return id;
}

base::Result<void> removeConnection(Writer& writer, base::ConnectionId id) {
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.connection WHERE id = $1::bigint", {store::value(id.value)}));
  writer.changed(Noun::connection, id.value);
  return {};
}

std::string_view nameOf(Noun noun) {
  switch (noun) {
    case Noun::connection:
      return "connection";
    case Noun::dataSource:
      return "data_source";
    case Noun::user:
      return "user";
    case Noun::rule:
      return "rule";
    case Noun::subscription:
      return "subscription";
    case Noun::identityProvider:
      return "identity_provider";
    case Noun::purpose:
      return "purpose";
    case Noun::project:
      return "project";
  }
  return "";
}

}  // namespace scrim::catalog
