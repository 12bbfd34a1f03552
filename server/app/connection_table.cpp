// SPDX-License-Identifier: Apache-2.0
#include "server/app/connection_table.h"

#include <mutex>

#include "server/catalog/connection_store.h"
#include "server/query/route/routed_query.h"

namespace scrim::app {
namespace {

postgres::TlsMode tlsModeOf(catalog::TlsMode mode) {
  switch (mode) {
    case catalog::TlsMode::disable:
      return postgres::TlsMode::disable;
    case catalog::TlsMode::require:
      return postgres::TlsMode::require;
    case catalog::TlsMode::verifyCa:
      return postgres::TlsMode::verifyCa;
    case catalog::TlsMode::verifyFull:
      return postgres::TlsMode::verifyFull;
  }
  return postgres::TlsMode::verifyFull;
}

}  // namespace

catalog::Connection localConnection(const store::EmbeddedPostgres& server) {
  catalog::Connection connection;
  connection.id = route::kLocalConnection;
  connection.name = "local";
  connection.hosts = {server.socketFolder()};
  connection.ports = {store::EmbeddedPostgres::kPort};
  connection.database = store::EmbeddedPostgres::kLocalDatabase;
  connection.user = store::EmbeddedPostgres::kLocalRole;
  connection.tls = catalog::TlsMode::disable;  // a UNIX socket
  connection.maxConnections = 50;
  connection.statementTimeoutSeconds = 30;
  connection.digest = digestOf(connection);
  return connection;
}

postgres::ConnectOptionsPtr connectOptionsOf(const catalog::Connection& connection) {
  auto options = std::make_shared<postgres::ConnectOptions>();
  options->name = connection.name;
  options->hosts = connection.hosts;
  options->ports = connection.ports;
  options->database = connection.database;
  options->user = connection.user;
  options->password = connection.password.clone();
  options->tls = tlsModeOf(connection.tls);
  options->caFile = connection.caFile;
  options->maxConnections = connection.maxConnections;
  options->statementTimeout = std::chrono::seconds(connection.statementTimeoutSeconds);
  options->digest = connection.digest;
  return options;
}

ConnectionTable::ConnectionTable(const store::EmbeddedPostgres& local)
    : local_(connectOptionsOf(localConnection(local))) {}

base::Result<postgres::ConnectOptionsPtr> ConnectionTable::of(const catalog::Snapshot& snapshot,
                                                              base::ConnectionId id) {
  if (id == route::kLocalConnection) return local_;
  catalog::ConnectionPtr connection = snapshot.connection(id);
  if (connection == nullptr) {
    return base::Error{base::ErrorCode::sourceUnavailable, "The connection of this data source is not available."};
  }
  {
    std::shared_lock lock(mutex_);
    auto found = known_.find(id);
    if (found != known_.end() && found->second->digest == connection->digest) return found->second;
  }
  auto options = connectOptionsOf(*connection);
  std::unique_lock lock(mutex_);
  auto [slot, isNew] = known_.try_emplace(id, options);
  if (slot->second->digest != connection->digest) slot->second = options;
  return slot->second;
}

}  // namespace scrim::app
