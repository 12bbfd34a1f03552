// SPDX-License-Identifier: Apache-2.0
// Scrimd: all rooms together, in the order they need each other. The only place that builds everything. start() and the
// destructor on one thread; the rest any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/api/api.h"
#include "server/app/data_folder.h"
#include "server/app/options.h"
#include "server/audit/journal.h"
#include "server/catalog/catalog.h"
#include "server/gateway/server.h"
#include "server/http/server.h"
#include "server/identity/access_tokens.h"
#include "server/identity/authenticator.h"
#include "server/identity/directory_logins.h"
#include "server/identity/private_ca.h"
#include "server/requests/expiry.h"
#include "server/store/embedded.h"

namespace scrim::app {

class ConnectionTable;
class SchemaWatch;

/// What --print-ready says.
struct Ready {
  std::string host;
  std::uint16_t port = 0;
  std::string ca;          // empty: TLS with certificates of the administrator's, or none
  std::string catalogDsn;  // of the embedded server; empty: the administrator's own
  std::string api;         // https://host:port
};

class Scrimd {
 public:
  /// Serving when it returns. Errors: one sentence each that says what to do.
  static base::Result<std::unique_ptr<Scrimd>> start(const Options& options);
  /// Drains running statements, closes the journal, stops the embedded server.
  ~Scrimd();
  Scrimd(const Scrimd&) = delete;
  Scrimd& operator=(const Scrimd&) = delete;

  Ready ready() const;

  /// What reload() did, by keys of settings.
  struct Reloaded {
    std::vector<std::string> changed;
    std::vector<std::string> needRestart;  // differ from what runs, and stay as they are
  };
  /// Takes over what can change while serving, certificates' files read anew in any case: for new clients, and limits
  /// for what open sessions do next. All or nothing. From start()'s thread. Errors: configInvalid.
  base::Result<Reloaded> reload(const Options& fresh);
  /// How long the listeners' event loop that is longest at one thing has been at it.
  std::chrono::milliseconds silence() const;

 private:
  Scrimd(Options options, DataFolder folder);
  base::Result<void> openCatalog();
  base::Result<void> openJournal(const base::Secret& key);
  base::Result<void> makeAdministrator();
  base::Result<void> serve();
  base::Result<net::TlsSettings> tlsSettings(const Options& options);
  gateway::Services services();
  base::Result<void> serveApi(net::TlsSettings certificate);
  std::filesystem::path keyFile() const;
  std::filesystem::path auditFolder() const;

  Options options_;
  DataFolder folder_;  // first in, last out: everything below lives in it
  std::unique_ptr<store::EmbeddedPostgres> embedded_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<audit::Journal> journal_;
  std::unique_ptr<identity::Authenticator> authenticator_;
  std::unique_ptr<identity::DirectoryLogins> directories_;
  std::unique_ptr<identity::AccessTokens> tokens_;
  std::unique_ptr<identity::TokenLogins> tokenLogins_;
  std::shared_ptr<ConnectionTable> connections_;
  std::string caFile_;
  std::unique_ptr<SchemaWatch> schemaWatch_;
  std::unique_ptr<requests::SubscriptionExpiry> subscriptionExpiry_;
  std::unique_ptr<gateway::Server> server_;
  api::Services apiServices_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<http::Server> apiServer_;  // stops first
};

gateway::Limits limitsOf(const LimitOptions& options);

/// The key of a journal's checkpoints, derived from the key of the secrets.
base::Secret checkpointKeyOf(const base::Secret& secretKey);

}  // namespace scrim::app
