// SPDX-License-Identifier: Apache-2.0
// ConnectionTable: the catalog's connections as the source room wants them. The same pointer while a connection's
// digest is the same, since pools are kept by it. Any thread.
#pragma once

#include <shared_mutex>
#include <unordered_map>

#include "common/base/result.h"
#include "server/catalog/snapshot.h"
#include "server/sources/postgres/connect_options.h"
#include "server/store/embedded.h"

namespace scrim::app {

class ConnectionTable {
 public:
  /// `local`: where the route `local` runs.
  explicit ConnectionTable(const store::EmbeddedPostgres& local);

  /// Errors: sourceUnavailable, if the snapshot has no such connection (its secret cannot be opened, or it is gone).
  base::Result<postgres::ConnectOptionsPtr> of(const catalog::Snapshot& snapshot, base::ConnectionId id);

 private:
  postgres::ConnectOptionsPtr local_;
  std::shared_mutex mutex_;
  std::unordered_map<base::ConnectionId, postgres::ConnectOptionsPtr> known_;
};

/// The private database without data as a connection (id -1).
catalog::Connection localConnection(const store::EmbeddedPostgres& server);
postgres::ConnectOptionsPtr connectOptionsOf(const catalog::Connection& connection);

}  // namespace scrim::app
