// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/catalog/connection_store.h"
#include "server/catalog/introspect.h"

namespace scrim::api::connections {
namespace {

using catalog::Connection;

constexpr std::int64_t kMostConnections = 10'000;
constexpr std::size_t kMostHosts = 4;  // each may cost seconds to find dead
constexpr std::int64_t kLongestTimeout = 86'400;

struct Wanted {
  Connection connection;  // without id
  bool hasPassword = false;
};

ObjectPtr show(const Connection& connection) {
  ObjectPtr out = contract::newObject();
  out->set("id", connection.id.value);
  out->set("name", connection.name);
  out->set("kind", "postgres");
  out->set("hosts", textArray(connection.hosts));
  ArrayPtr ports(new Poco::JSON::Array);
  for (const std::uint16_t port : connection.ports) ports->add(static_cast<int>(port));
  out->set("ports", ports);
  out->set("database", connection.database);
  out->set("user", connection.user);
  out->set("hasPassword", !connection.password.empty());
  out->set("tls", std::string(nameOf(connection.tls)));
  out->set("caFile", connection.caFile);
  out->set("maxConnections", connection.maxConnections);
  out->set("statementTimeoutSeconds", connection.statementTimeoutSeconds);
  return out;
}

/// Names, addresses or socket folders: nothing that libpq would read as more than that.
base::Result<void> checkHost(const std::string& host, const std::string& place) {
  const auto plain = [&](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '_' || c == '/';
  };
  const bool folder = host.starts_with('/');
  if (!host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), plain) &&
      (folder || host.find('/') == std::string::npos)) {
    return {};
  }
  return contract::wrongAt(place, "a host is a name, an address, or the absolute path of a socket folder");
}

base::Result<std::vector<std::uint16_t>> readPorts(contract::Fields& fields) {
  std::vector<std::uint16_t> ports;
  if (!fields.has("ports")) return std::vector<std::uint16_t>{5432};
  SCRIM_TRY(const auto items, fields.list("ports"));
  for (const contract::Json& item : items) {
    const bool number = item.isInteger() && !item.isBoolean();
    const auto port = number ? item.convert<std::int64_t>() : 0;
    if (port < 1 || port > 65'535)
      return contract::wrongAt(fields.placeOf("ports"), "ports are numbers from 1 to 65535");
    ports.push_back(static_cast<std::uint16_t>(port));
  }
  return ports;
}

base::Result<void> readPlace(contract::Fields& fields, Connection& connection) {
  SCRIM_TRY(connection.hosts, fields.texts("hosts"));
  for (const std::string& host : connection.hosts) SCRIM_CHECK_OK(checkHost(host, fields.placeOf("hosts")));
  SCRIM_TRY(connection.ports, readPorts(fields));
  if (connection.hosts.empty()) return contract::wrongAt(fields.placeOf("hosts"), "at least one host is needed");
  if (connection.hosts.size() > kMostHosts)
    return contract::wrongAt(fields.placeOf("hosts"), "four hosts are the most");
  if (connection.ports.size() != 1 && connection.ports.size() != connection.hosts.size()) {
    return contract::wrongAt(fields.placeOf("ports"), "one port for all hosts, or one for each, is needed");
  }
  SCRIM_TRY(connection.database, fields.text("database"));
  SCRIM_CHECK_OK(checkName(connection.database, fields.placeOf("database")));
  SCRIM_TRY(connection.user, fields.text("user"));
  return checkName(connection.user, fields.placeOf("user"));
}

base::Result<void> readTls(contract::Fields& fields, Connection& connection) {
  SCRIM_TRY(const std::string mode, optionalText(fields, "tls", "verify-full"));
  const auto tls = catalog::tlsModeOf(mode);
  if (!tls) return contract::wrongAt(fields.placeOf("tls"), "tls is disable, require, verify-ca or verify-full");
  connection.tls = *tls;
  SCRIM_TRY(connection.caFile, optionalText(fields, "caFile"));
  const bool verifies = *tls == catalog::TlsMode::verifyCa || *tls == catalog::TlsMode::verifyFull;
  if (verifies && connection.caFile.empty()) {
    return contract::wrongAt(fields.placeOf("caFile"), "verify-ca and verify-full need the file of a CA on the server");
  }
  if (!connection.caFile.empty() && !connection.caFile.starts_with('/')) {
    return contract::wrongAt(fields.placeOf("caFile"), "an absolute path is needed");
  }
  return {};
}

base::Result<Wanted> read(contract::Fields& fields) {
  Wanted wanted;
  Connection& connection = wanted.connection;
  SCRIM_TRY(connection.name, fields.text("name"));
  SCRIM_CHECK_OK(checkName(connection.name, fields.placeOf("name")));
  SCRIM_TRY(const std::string kind, optionalText(fields, "kind", "postgres"));
  if (kind != "postgres") return contract::wrongAt(fields.placeOf("kind"), "the only kind is postgres");
  SCRIM_CHECK_OK(readPlace(fields, connection));
  SCRIM_CHECK_OK(readTls(fields, connection));
  SCRIM_TRY(const auto most, optionalWhole(fields, "maxConnections", 1, kMostConnections, 20));
  connection.maxConnections = static_cast<int>(most);
  SCRIM_TRY(const auto timeout, optionalWhole(fields, "statementTimeoutSeconds", 0, kLongestTimeout, 0));
  connection.statementTimeoutSeconds = static_cast<int>(timeout);
  wanted.hasPassword = fields.has("password");
  if (!wanted.hasPassword) return wanted;
  SCRIM_TRY(std::string password, fields.text("password"));
  if (password.find('\0') != std::string::npos) return contract::wrongAt(fields.placeOf("password"), "no zero byte");
  connection.password = base::Secret(std::move(password));
  return wanted;
}

Connection copyOf(const Connection& from) {
  Connection copy;
  copy.id = from.id;
  copy.name = from.name;
  copy.hosts = from.hosts;
  copy.ports = from.ports;
  copy.database = from.database;
  copy.user = from.user;
  copy.password = from.password.clone();
  copy.tls = from.tls;
  copy.caFile = from.caFile;
  copy.maxConnections = from.maxConnections;
  copy.statementTimeoutSeconds = from.statementTimeoutSeconds;
  return copy;
}

/// Whether the password would go to somebody else: then it has to be given again.
bool sameReceiver(const Connection& left, const Connection& right) {
  return left.hosts == right.hosts && left.ports == right.ports && left.user == right.user && left.tls == right.tls &&
         left.caFile == right.caFile;
}

base::Result<catalog::ConnectionPtr> named(const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "connection", "connection"));
  catalog::ConnectionPtr found = call.snapshot->connection(base::ConnectionId{id});
  if (found == nullptr) return noSuch("connection", std::to_string(id));
  return found;
}

base::Result<Connection> present(catalog::Writer& writer, const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "connection", "connection"));
  SCRIM_TRY(auto found, catalog::loadConnections(writer.link(), writer.box(), {false, {id}}));
  if (found.empty()) return noSuch("connection", std::to_string(id));
  return std::move(found.front());
}

}  // namespace

base::Result<Answer> list(Call& call) {
  const std::string part = call.query("q").value_or("");
  return pageAnswer(
      call, call.snapshot->connections(), [](const auto& each) { return each->id.value; },
      [&](const auto& each) { return contains(each->name, part); }, [](const auto& each) { return show(*each); });
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const catalog::ConnectionPtr found, named(call));
  return answerOf(show(*found));
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(Wanted wanted, readBody<Wanted>(call, read));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    Connection connection = copyOf(wanted.connection);
    SCRIM_TRY(connection.id, save(writer, connection));
    return Outcome{createdAnswer(show(connection), "/api/v1/connections/" + std::to_string(connection.id.value)),
                   "connection " + connection.name + " made: " + contract::written(show(connection))};
  });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(Wanted wanted, readBody<Wanted>(call, read));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Connection before, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(before)));
    Connection connection = copyOf(wanted.connection);
    connection.id = before.id;
    if (!wanted.hasPassword && !before.password.empty() && !sameReceiver(before, connection)) {
      return base::Error{base::ErrorCode::invalidValue, "Give the password again: it would go to another host or user.",
                         "$.password"};
    }
    if (!wanted.hasPassword) connection.password = before.password.clone();
    SCRIM_CHECK_OK(save(writer, connection));
    return Outcome{answerOf(show(connection)),
                   "connection " + connection.name + " changed: " + contract::written(show(connection))};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Connection before, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(before)));
    auto removed = removeConnection(writer, before.id);
    if (!removed && removed.error().sqlstate == "23503") {
      return base::Error{
          base::ErrorCode::duplicateObject, "Data sources use this connection.", {}, "Remove them first."};
    }
    SCRIM_CHECK_OK(std::move(removed));
    return Outcome{Answer{}, "connection " + before.name + " removed"};
  });
}

base::Result<Answer> test(Call& call) {
  SCRIM_TRY(const catalog::ConnectionPtr found, named(call));
  Answer answer;
  answer.body = contract::newObject();
  auto link = store::Link::open(catalog::linkOptionsOf(*found));
  auto version = link ? link->run("SELECT version()") : base::Result<store::Rows>(link.error());
  answer.body->set("reachable", version.ok());
  if (version.ok()) answer.body->set("version", version->string(0, 0));
  if (!version.ok()) answer.body->set("reason", version.error().message);
  return answer;
}

base::Result<Answer> tables(Call& call) {
  SCRIM_TRY(const catalog::ConnectionPtr found, named(call));
  SCRIM_TRY(const Page page, pageOf(call));
  SCRIM_TRY(const auto tables,
            catalog::browseTables(*found, call.query("schema").value_or(""), call.query("q").value_or(""), page.limit));
  ArrayPtr items(new Poco::JSON::Array);
  for (const catalog::RemoteTable& table : tables) {
    ObjectPtr item = contract::newObject();
    item->set("schema", table.name.schema);
    item->set("name", table.name.name);
    ArrayPtr columns(new Poco::JSON::Array);
    for (const catalog::RemoteColumn& column : table.columns) {
      ObjectPtr each = contract::newObject();
      each->set("name", column.name);
      each->set("type", column.type.name);
      each->set("notNull", column.notNull);
      columns->add(each);
    }
    item->set("columns", columns);
    items->add(item);
  }
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("items", items);
  return answer;
}

}  // namespace scrim::api::connections
