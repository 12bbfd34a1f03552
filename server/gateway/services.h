// SPDX-License-Identifier: Apache-2.0
// Services: what the gateway needs from the rest of the server; made by the wiring, outlives the Server. All of it may
// be called from any of the gateway's threads.
#pragma once

#include <functional>
#include <memory>

#include "common/base/result.h"
#include "server/audit/journal.h"
#include "server/catalog/snapshot.h"
#include "server/identity/authenticator.h"
#include "server/identity/directory_logins.h"
#include "server/identity/token_logins.h"
#include "server/sources/postgres/pool.h"

namespace scrim::gateway {

struct Services {
  /// The catalog as it is now. Called for every statement. Errors: catalogUnavailable: it has not been heard from for
  /// its lease, so nothing may be served.
  std::function<base::Result<catalog::SnapshotPtr>()> snapshot;
  /// How to reach a connection of that snapshot, and kLocalConnection. The same pointer while its digest is the same.
  std::function<base::Result<postgres::ConnectOptionsPtr>(const catalog::Snapshot&, base::ConnectionId)> connectOptions;
  std::shared_ptr<postgres::Budgets> budgets;
  identity::Authenticator* authenticator = nullptr;
  identity::DirectoryLogins* directories = nullptr;  // nullptr: built-in users only
  identity::TokenLogins* tokens = nullptr;           // nullptr: no logins by token
  bool certificateLogin = false;                     // a client certificate of the name is enough
  audit::Journal* journal = nullptr;
  /// True: a record is on the disk before the first row leaves; false: it is with the operating system.
  bool strictAudit = false;
};

}  // namespace scrim::gateway
