// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "server/app/options.h"
#include "server/app/yaml.h"

namespace scrim::app {
namespace {

const std::vector<std::string> kKeys{
    "data_dir", "listen", "api",       "threads", "plaintext",           "tls", "catalog", "audit",
    "login",    "limits", "log_level", "apply",   "schema_check_minutes"};
const std::vector<std::string> kApiKeys{"listen", "threads"};
const std::vector<std::string> kTlsKeys{"certificate", "key", "client_ca", "require_client_certificate", "names"};
const std::vector<std::string> kCatalogKeys{"dsn", "lease_seconds", "secret_key_file", "postgres_binaries"};
const std::vector<std::string> kAuditKeys{"mode", "directory"};
const std::vector<std::string> kLoginKeys{"failures", "window_seconds", "lock_seconds"};
const std::vector<std::string> kLimitKeys{"connections",
                                          "connections_per_address",
                                          "connections_per_user",
                                          "prepared_statements",
                                          "cursors",
                                          "login_timeout_seconds",
                                          "idle_timeout_seconds",
                                          "idle_in_transaction_timeout_seconds",
                                          "statement_timeout_seconds",
                                          "drain_seconds"};

bool isAddress(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), buffer) == 1 || inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

void readAddresses(const YamlNode& node, std::vector<Listen>& into, Problems& problems) {
  std::vector<YamlNode> items = node.kind == YamlNode::Kind::list ? node.items : std::vector<YamlNode>{node};
  into.clear();
  for (const YamlNode& item : items) {
    auto text = scalarText(item, "listen", problems);
    if (!text) continue;
    auto listen = listenOf(*text);
    if (!listen)
      problems.add(item.at, *text + " is no address and port: write 127.0.0.1:5439, [::1]:5439 or 0.0.0.0:5439");
    if (listen) into.push_back(*std::move(listen));
  }
  if (items.empty()) problems.add(node.at, "listen must name at least one address and port");
}

void readListen(const YamlNode& node, Options& options, Problems& problems) {
  readAddresses(node, options.listen, problems);
}

void readApi(const YamlNode& node, Options& options, Problems& problems) {
  YamlMap map(node, "api", kApiKeys, problems);
  if (const YamlNode* listen = map.find("listen")) readAddresses(*listen, options.apiListen, problems);
  options.apiThreads = static_cast<unsigned>(map.number("threads", 1, 256, 4));
}

void readTls(const YamlNode& node, Options& options, Problems& problems) {
  YamlMap map(node, "tls", kTlsKeys, problems);
  options.certificateFile = map.text("certificate");
  options.keyFile = map.text("key");
  options.clientCaFile = map.text("client_ca");
  options.requireClientCertificate = map.truth("require_client_certificate", false);
  options.certificateNames = map.texts("names");
  if (options.certificateFile.empty() != options.keyFile.empty()) {
    problems.add(node.at, "tls needs certificate and key together, or neither for the private CA's");
  }
  if (options.requireClientCertificate && options.clientCaFile.empty()) {
    problems.add(node.at, "require_client_certificate needs client_ca");
  }
  for (const std::string& name : options.certificateNames) {
    bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '*';
    });
    if (!plain) problems.add(node.at, "names holds " + name + ", which is no host name or address");
  }
}

void readCatalog(const YamlNode& node, Options& options, Problems& problems) {
  YamlMap map(node, "catalog", kCatalogKeys, problems);
  options.catalogDsn = map.text("dsn");
  options.lease = std::chrono::seconds(map.number("lease_seconds", 1, 600, 10));
  options.secretKeyFile = map.text("secret_key_file");
  options.postgresBinaries = map.text("postgres_binaries");
}

void readAudit(const YamlNode& node, Options& options, Problems& problems) {
  YamlMap map(node, "audit", kAuditKeys, problems);
  std::string mode = map.text("mode", "default");
  if (mode != "default" && mode != "strict") problems.add(map.find("mode")->at, "mode must be default or strict");
  options.strictAudit = mode == "strict";
  options.auditFolder = map.text("directory");
}

void readLogin(const YamlNode& node, Options& options, Problems& problems) {
  YamlMap map(node, "login", kLoginKeys, problems);
  options.lockout.failures = static_cast<int>(map.number("failures", 0, 1'000'000, 10));
  options.lockout.window = std::chrono::seconds(map.number("window_seconds", 1, 86'400, 300));
  options.lockout.duration = std::chrono::seconds(map.number("lock_seconds", 1, 86'400, 60));
}

void readLimits(const YamlNode& node, Options& options, Problems& problems) {
  YamlMap map(node, "limits", kLimitKeys, problems);
  constexpr long kMost = 10'000'000;
  auto read = [&](const char* key, std::optional<long>& into, long least) {
    if (map.find(key) != nullptr) into = map.number(key, least, kMost, least);
  };
  LimitOptions& limits = options.limits;
  read("connections", limits.connections, 1);
  read("connections_per_address", limits.connectionsPerAddress, 1);
  read("connections_per_user", limits.connectionsPerUser, 1);
  read("prepared_statements", limits.preparedStatements, 1);
  read("cursors", limits.cursors, 1);
  read("login_timeout_seconds", limits.loginTimeoutSeconds, 1);
  read("idle_timeout_seconds", limits.idleTimeoutSeconds, 0);
  read("idle_in_transaction_timeout_seconds", limits.idleInTransactionTimeoutSeconds, 0);
  read("statement_timeout_seconds", limits.statementTimeoutSeconds, 0);
  read("drain_seconds", limits.drainSeconds, 0);
}

void readLogLevel(YamlMap& map, Options& options) {
  const YamlNode* node = map.find("log_level");
  if (node == nullptr) return;
  const std::pair<const char*, base::LogLevel> levels[] = {{"debug", base::LogLevel::debug},
                                                           {"info", base::LogLevel::info},
                                                           {"warning", base::LogLevel::warning},
                                                           {"error", base::LogLevel::error}};
  for (const auto& [name, level] : levels) {
    if (node->text != name) continue;
    options.logLevel = level;
    return;
  }
  map.problems().add(node->at, "log_level must be debug, info, warning or error");
}

}  // namespace

std::filesystem::path defaultDataFolder() {
  const char* home = std::getenv("HOME");
  if (geteuid() == 0 || home == nullptr || *home == '\0') return "/var/lib/scrim";
  return std::filesystem::path(home) / ".local/share/scrim";
}

std::vector<Listen> apiAddresses(const Options& options) {
  if (!options.apiListen.empty()) return options.apiListen;
  Listen listen = options.listen.front();
  if (listen.port != 0) ++listen.port;
  return {listen};
}

std::optional<Listen> listenOf(const std::string& text) {
  Listen listen;
  std::size_t colon = text.rfind(':');
  std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  if (colon != std::string::npos) listen.host = text.substr(0, colon);
  if (listen.host.starts_with("[") && listen.host.ends_with("]"))
    listen.host = listen.host.substr(1, listen.host.size() - 2);
  auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
  if (port.empty() || failure != std::errc() || end != port.data() + port.size()) return std::nullopt;
  if (listen.host == "localhost") listen.host = "127.0.0.1";
  if (!isAddress(listen.host)) return std::nullopt;
  return listen;
}

void readConfig(std::string_view text, Options& options, Problems& problems) {
  auto root = readYaml(text, problems);
  if (!root || root->kind == YamlNode::Kind::null) return;
  YamlMap map(*root, "the file", kKeys, problems);
  using Reader = void (*)(const YamlNode&, Options&, Problems&);
  const std::pair<const char*, Reader> parts[] = {{"listen", readListen},   {"api", readApi},     {"tls", readTls},
                                                  {"catalog", readCatalog}, {"audit", readAudit}, {"login", readLogin},
                                                  {"limits", readLimits}};
  for (const auto& [key, read] : parts) {
    if (const YamlNode* node = map.find(key)) read(*node, options, problems);
  }
  if (map.find("data_dir") != nullptr) options.dataFolder = map.neededText("data_dir");
  options.threads = static_cast<unsigned>(map.number("threads", 0, 1024, options.threads));
  options.plainText = map.truth("plaintext", options.plainText);
  options.applyFile = map.text("apply", options.applyFile);
  options.schemaCheck = std::chrono::minutes(map.number("schema_check_minutes", 0, 100'000, 10));
  readLogLevel(map, options);
}

}  // namespace scrim::app
