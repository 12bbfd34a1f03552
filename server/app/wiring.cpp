// SPDX-License-Identifier: Apache-2.0
#include "server/app/wiring.h"

#include <algorithm>
#include <thread>

#include "common/base/hash.h"
#include "common/base/log.h"
#include "server/app/connection_table.h"
#include "server/app/port_check.h"
#include "server/app/referenced_tables.h"
#include "server/app/schema_watch.h"
#include "server/catalog/user_store.h"
#include "server/identity/scram_verifier.h"
#include "server/store/key_file.h"

namespace scrim::app {
namespace {

std::string urlOf(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return "https://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace

base::Secret checkpointKeyOf(const base::Secret& secretKey) {
  base::Digest derived = base::hmacSha256(secretKey.reveal(), "scrim audit checkpoint");
  return base::Secret(std::string(base::asBytes(derived)));
}

Scrimd::Scrimd(Options options, DataFolder folder) : options_(std::move(options)), folder_(std::move(folder)) {}

base::Result<std::unique_ptr<Scrimd>> Scrimd::start(const Options& options) {
  SCRIM_TRY(DataFolder folder, DataFolder::open(options.dataFolder));
  for (const Listen& listen : options.listen) SCRIM_CHECK_OK(checkPortIsFree(listen));
  std::unique_ptr<Scrimd> scrimd(new Scrimd(options, std::move(folder)));
  SCRIM_CHECK_OK(scrimd->openCatalog());
  SCRIM_CHECK_OK(scrimd->makeAdministrator());
  SCRIM_CHECK_OK(scrimd->serve());
  return scrimd;
}

Scrimd::~Scrimd() {
  // First, so that no client waits for a directory: a stopping server waits for its clients.
  if (directories_ != nullptr) directories_->stop();
  if (tokenLogins_ != nullptr) tokenLogins_->stop();
  if (apiServer_ != nullptr) apiServer_->stop();
  if (server_ != nullptr) server_->stop();
  server_.reset();
  schemaWatch_.reset();
  subscriptionExpiry_.reset();
  if (journal_ == nullptr) return;
  auto noted = journal_->server(audit::ServerEvent::stopped, SCRIM_VERSION);
  if (!noted) base::logError("app", "the stop is not in the audit journal", {{"reason", noted.error().message}});
}

base::Result<void> Scrimd::openCatalog() {
  SCRIM_TRY(base::Secret key, store::loadOrCreateKeyFile(keyFile()));
  // Before anything can be changed: a change that leaves no trace is none we make.
  SCRIM_CHECK_OK(openJournal(key));
  store::EmbeddedOptions embedded{folder_.path() / "postgres", options_.postgresBinaries};
  SCRIM_TRY(embedded_, store::EmbeddedPostgres::start(std::move(embedded)));
  catalog::CatalogOptions catalog;
  catalog.dsn = options_.catalogDsn.empty() ? embedded_->catalogDsn() : options_.catalogDsn;
  catalog.lease = options_.lease;
  SCRIM_TRY(catalog_, catalog::Catalog::open(catalog, store::SecretBox(std::move(key))));
  authenticator_ = std::make_unique<identity::Authenticator>(catalog_->mockSecret(), options_.lockout);
  authenticator_->setLimits(options_.lockout, options_.addressLimits);
  directories_ = std::make_unique<identity::DirectoryLogins>(*catalog_, *authenticator_);
  tokens_ = std::make_unique<identity::AccessTokens>(*catalog_, *directories_);
  identity::TokenLoginLimits tokenLimits;
  tokenLimits.watch.lease = options_.lease;
  tokenLogins_ = std::make_unique<identity::TokenLogins>(*catalog_, *tokens_, *authenticator_, tokenLimits);
  connections_ = std::make_shared<ConnectionTable>(*embedded_);
  return {};
}

base::Result<void> Scrimd::openJournal(const base::Secret& key) {
  audit::JournalOptions journal;
  journal.directory = auditFolder();
  journal.checkpointKey = checkpointKeyOf(key);
  SCRIM_TRY(journal_, audit::Journal::open(std::move(journal)));
  SCRIM_CHECK_OK(journal_->server(audit::ServerEvent::started, SCRIM_VERSION));
  return journal_->flush();
}

/// An installation without any user gets one, whose password lies in a file that only we can read.
base::Result<void> Scrimd::makeAdministrator() {
  auto file = folder_.path() / "admin-password";
  bool made = false;
  auto changed = catalog_->change("scrimd", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(auto rows, writer.link().run("SELECT 1 FROM scrim.account LIMIT 1"));
    if (rows.size() > 0) return {};
    base::Secret password(base::toHex(base::randomBytes(16)));
    SCRIM_CHECK_OK(store::writePrivateFile(file, std::string(password.reveal()) + "\n"));
    catalog::User admin;
    admin.name = "admin";
    admin.permissions = {"ADMIN", "GOVERNOR", "USER_ADMIN", "CREATE_DATA_SOURCE", "AUDIT"};
    admin.scramVerifier = identity::print(identity::makeVerifier(password.reveal()));
    SCRIM_CHECK_OK(save(writer, admin));
    made = true;
    return {};
  });
  if (!changed) return std::move(changed).error();
  if (made) base::logInfo("app", "user admin made; the password is in a file", {{"file", file.string()}});
  return {};
}

base::Result<net::TlsSettings> Scrimd::tlsSettings(const Options& options) {
  net::TlsSettings settings{options.certificateFile, options.keyFile, options.clientCaFile,
                            options.requireClientCertificate, ""};
  if (settings.certificateFile.empty()) {
    std::vector<std::string> names = options.certificateNames;
    std::vector<Listen> addresses = apiAddresses(options);
    addresses.insert(addresses.end(), options.listen.begin(), options.listen.end());
    for (const Listen& listen : addresses) {
      if (listen.host != "0.0.0.0" && listen.host != "::") names.push_back(listen.host);
    }
    SCRIM_TRY(auto files, identity::ensureCertificates(folder_.path() / "tls", std::move(names)));
    settings.certificateFile = files.certificate.string();
    settings.keyFile = files.key.string();
    caFile_ = files.ca.string();
  }
  return settings;
}

gateway::Services Scrimd::services() {
  gateway::Services services;
  services.snapshot = [catalog = catalog_.get()] { return catalog->current(); };
  services.connectOptions = [connections = connections_](const catalog::Snapshot& snapshot, base::ConnectionId id) {
    return connections->of(snapshot, id);
  };
  services.budgets = std::make_shared<postgres::Budgets>();
  services.authenticator = authenticator_.get();
  services.certificateLogin = options_.certificateLogin;
  services.directories = directories_.get();
  services.tokens = tokenLogins_.get();
  services.journal = journal_.get();
  services.strictAudit = options_.strictAudit;
  return services;
}

base::Result<void> Scrimd::serve() {
  gateway::ServerOptions options;
  options.listen.clear();
  for (const Listen& listen : options_.listen) options.listen.push_back({listen.host, listen.port});
  SCRIM_TRY(net::TlsSettings certificate, tlsSettings(options_));
  certificate.protocol = gateway::kAlpnProtocol;
  SCRIM_TRY(options.tls, net::TlsContext::load(certificate));
  options.allowPlainText = options_.plainText;
  options.threads = options_.threads == 0 ? std::max(1U, std::thread::hardware_concurrency() / 2) : options_.threads;
  options.limits = limitsOf(options_.limits);
  SCRIM_TRY(server_, gateway::Server::start(std::move(options), services()));
  subscriptionExpiry_ = std::make_unique<requests::SubscriptionExpiry>(*catalog_, *journal_);
  schemaWatch_ = std::make_unique<SchemaWatch>(*catalog_, referencedTables, options_.schemaCheck);
  return serveApi(certificate);
}

base::Result<void> Scrimd::serveApi(net::TlsSettings certificate) {
  apiServices_.catalog = catalog_.get();
  apiServices_.authenticator = authenticator_.get();
  apiServices_.certificateLogin = options_.certificateLogin;
  apiServices_.sqlHost = options_.advertisedHost;
  apiServices_.sqlPort = options_.advertisedPort == 0 ? server_->ports().front() : options_.advertisedPort;
  apiServices_.directories = directories_.get();
  apiServices_.tokens = tokens_.get();
  apiServices_.journal = journal_.get();
  apiServices_.auditFolder = auditFolder();
  SCRIM_TRY(const base::Secret key, store::loadOrCreateKeyFile(keyFile()));
  apiServices_.checkpointKey = checkpointKeyOf(key);
  apiServices_.referencedTables = referencedTables;
  api_ = std::make_unique<api::Api>(apiServices_);
  http::ServerOptions options;
  options.listen.clear();
  for (const Listen& listen : apiAddresses(options_)) options.listen.push_back({listen.host, listen.port});
  options.threads = options_.apiThreads;
  options.atOnce = api::Api::answersAtOnce;
  certificate.protocol = http::kAlpnProtocol;
  SCRIM_TRY(options.tls, net::TlsContext::load(certificate));
  SCRIM_TRY(apiServer_,
            http::Server::start(
                std::move(options), [api = api_.get()](const http::Request& request) { return api->handle(request); },
                [api = api_.get()](const http::Request& request, const http::Refusal& refusal) {
                  return api->refuse(request, refusal);
                }));
  return {};
}

std::filesystem::path Scrimd::keyFile() const {
  return options_.secretKeyFile.empty() ? folder_.path() / "secret.key" : options_.secretKeyFile;
}

std::filesystem::path Scrimd::auditFolder() const {
  return options_.auditFolder.empty() ? folder_.path() / "audit" : options_.auditFolder;
}

Ready Scrimd::ready() const {
  return {options_.listen.front().host, server_->ports().front(), caFile_,
          options_.catalogDsn.empty() ? embedded_->catalogDsn() : "",
          urlOf(apiAddresses(options_).front().host, apiServer_->ports().front())};
}

}  // namespace scrim::app
