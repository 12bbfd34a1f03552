// SPDX-License-Identifier: Apache-2.0
#include "server/app/settings.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <type_traits>
#include <utility>

namespace scrim::app {
namespace {

std::string textOf(const Listen& listen) {
  const bool v6 = listen.host.find(':') != std::string::npos;
  return (v6 ? "[" + listen.host + "]" : listen.host) + ":" + std::to_string(listen.port);
}

/// Texts that wrongWith() found good become a value, and back.
template <typename T>
void assign(T& into, const Setting& setting, const Values& values) {
  const std::string text = values.empty() ? "" : values.front();
  if constexpr (std::is_same_v<T, std::vector<Listen>>) {
    into.clear();
    for (const std::string& each : values) into.push_back(listenOf(each).value_or(Listen{}));
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    into = values;
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::filesystem::path>) {
    into = text;
  } else if (setting.kind == SettingKind::truth) {
    into = static_cast<T>(text == "true");
  } else if (setting.kind == SettingKind::choice) {
    into = static_cast<T>(std::find(setting.words.begin(), setting.words.end(), text) - setting.words.begin());
  } else {
    into = static_cast<T>(std::strtol(text.c_str(), nullptr, 10));
  }
}

template <typename T>
Values textsOf(const T& value, const Setting& setting) {
  if constexpr (std::is_same_v<T, std::vector<Listen>>) {
    Values texts;
    for (const Listen& each : value) texts.push_back(textOf(each));
    return texts;
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return {value};
  } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
    return {value.string()};
  } else {
    if (setting.kind == SettingKind::truth) return {static_cast<bool>(value) ? "true" : "false"};
    if (setting.kind == SettingKind::choice) return {setting.words.at(static_cast<std::size_t>(value))};
    return {std::to_string(static_cast<long>(value))};
  }
}

/// `member` takes Options& or const Options& to the place where the value is kept.
template <typename Member>
Setting bound(Setting setting, Member member) {
  Setting description = setting;
  setting.set = [description, member](Options& options, const Values& values) {
    assign(member(options), description, values);
  };
  setting.get = [description, member](const Options& options) { return textsOf(member(options), description); };
  return setting;
}

#define SCRIM_MEMBER(path) \
  [](auto& options) -> auto& { return options.path; }

/// Durations are kept in their unit: the member is the count behind it.
template <typename Unit, typename Duration>
Setting boundDuration(Setting setting, Duration Options::*member) {
  setting.set = [member](Options& options, const Values& values) {
    options.*member = Unit(std::strtol(values.front().c_str(), nullptr, 10));
  };
  setting.get = [member](const Options& options) {
    return Values{std::to_string(std::chrono::duration_cast<Unit>(options.*member).count())};
  };
  return setting;
}

Setting setting(std::string key, SettingKind kind, std::string meaning) {
  Setting made;
  made.key = std::move(key);
  made.kind = kind;
  made.meaning = std::move(meaning);
  return made;
}

Setting number(std::string key, long least, long most, std::string meaning) {
  Setting made = setting(std::move(key), SettingKind::number, std::move(meaning));
  made.least = least;
  made.most = most;
  return made;
}

Setting choice(std::string key, std::vector<std::string> words, std::string meaning) {
  Setting made = setting(std::move(key), SettingKind::choice, std::move(meaning));
  made.words = std::move(words);
  return made;
}

Setting needed(Setting setting) {
  setting.mayBeEmpty = false;
  return setting;
}

Setting live(Setting setting) {
  setting.live = true;
  return setting;
}

using Kind = SettingKind;

void addGeneral(std::vector<Setting>& all) {
  all.push_back(bound(needed(setting("data_dir", Kind::path,
                                     "keys, certificates, embedded catalog, audit journal; one scrimd at a time")),
                      SCRIM_MEMBER(dataFolder)));
  all.push_back(
      bound(needed(setting("listen", Kind::addresses, "addresses (not names) and ports; port 0: any free one")),
            SCRIM_MEMBER(listen)));
  all.push_back(bound(setting("advertised_host", Kind::host,
                              "where people reach the SQL gateway, told at sign-in; none: where they reach the API"),
                      SCRIM_MEMBER(advertisedHost)));
  all.push_back(bound(number("advertised_port", 0, 65'535, "its port there; 0: that of the first of `listen`"),
                      SCRIM_MEMBER(advertisedPort)));
  all.push_back(bound(number("threads", 0, 1024, "threads that serve clients; 0: one for every two processors"),
                      SCRIM_MEMBER(threads)));
  all.push_back(
      bound(setting("plaintext", Kind::truth, "clients may come without TLS; for tests and trusted networks only"),
            SCRIM_MEMBER(plainText)));
  all.push_back(bound(live(choice("log_level", {"debug", "info", "warning", "error"}, "the least that is logged")),
                      SCRIM_MEMBER(logLevel)));
  all.push_back(boundDuration<std::chrono::minutes>(
      number("schema_check_minutes", 0, 100'000,
             "how often tables behind data sources are compared with what is known; 0: at a start only"),
      &Options::schemaCheck));
}

void addApi(std::vector<Setting>& all) {
  all.push_back(bound(setting("api.listen", Kind::addresses,
                              "addresses and ports of the REST API; none: the first of `listen`, one port above"),
                      SCRIM_MEMBER(apiListen)));
  all.push_back(bound(number("api.threads", 1, 256, "requests that are handled at a time"), SCRIM_MEMBER(apiThreads)));
}

void addTls(std::vector<Setting>& all) {
  all.push_back(
      bound(live(setting("tls.certificate", Kind::path, "PEM, our own first; with `key`, or the private CA's")),
            SCRIM_MEMBER(certificateFile)));
  all.push_back(
      bound(live(setting("tls.key", Kind::path, "PEM, the certificate's private key")), SCRIM_MEMBER(keyFile)));
  all.push_back(bound(live(setting("tls.client_ca", Kind::path, "clients are asked for a certificate of this CA")),
                      SCRIM_MEMBER(clientCaFile)));
  all.push_back(bound(live(setting("tls.require_client_certificate", Kind::truth, "who has none is sent away")),
                      SCRIM_MEMBER(requireClientCertificate)));
  all.push_back(bound(setting("tls.certificate_login", Kind::truth,
                              "a client certificate whose common name is a built-in user's is enough to log in"),
                      SCRIM_MEMBER(certificateLogin)));
  all.push_back(bound(live(setting("tls.names", Kind::names, "further names in the private CA's certificate")),
                      SCRIM_MEMBER(certificateNames)));
}

void addCatalog(std::vector<Setting>& all) {
  all.push_back(bound(
      setting("catalog.dsn", Kind::dsn, "PostgreSQL that holds the catalog, as keywords or URI; none: the private one"),
      SCRIM_MEMBER(catalogDsn)));
  all.push_back(boundDuration<std::chrono::seconds>(
      number("catalog.lease_seconds", 1, 600, "not heard from the catalog for so long: nothing is served"),
      &Options::lease));
  all.push_back(bound(setting("catalog.secret_key_file", Kind::path, "none: `secret.key` in the data folder"),
                      SCRIM_MEMBER(secretKeyFile)));
  all.push_back(
      bound(setting("catalog.postgres_binaries", Kind::path, "of the private PostgreSQL; none: the newest found"),
            SCRIM_MEMBER(postgresBinaries)));
}

void addAudit(std::vector<Setting>& all) {
  all.push_back(
      bound(choice("audit.mode", {"default", "strict"},
                   "`default`: a record is with the operating system before the first row leaves, on the disk "
                   "within 50 ms; `strict`: on the disk before the first row"),
            SCRIM_MEMBER(strictAudit)));
  all.push_back(bound(setting("audit.directory", Kind::path, "of the journal; none: `audit` in the data folder"),
                      SCRIM_MEMBER(auditFolder)));
}

void addLogin(std::vector<Setting>& all) {
  all.push_back(bound(live(number("login.failures", 0, 1'000'000, "so many in a row lock the name; 0: never")),
                      SCRIM_MEMBER(lockout.failures)));
  all.push_back(bound(live(number("login.address_failures", 0, 1'000'000,
                                  "so many in login.window_seconds may fail from one address; 0: any number")),
                      SCRIM_MEMBER(addressLimits.failures)));
  auto seconds = [](std::string key, std::string meaning, std::chrono::seconds identity::LockoutLimits::*member) {
    Setting made = live(number(std::move(key), 1, 86'400, std::move(meaning)));
    made.set = [member](Options& options, const Values& values) {
      options.lockout.*member = std::chrono::seconds(std::strtol(values.front().c_str(), nullptr, 10));
      options.addressLimits.window = options.lockout.window;
    };
    made.get = [member](const Options& options) { return Values{std::to_string((options.lockout.*member).count())}; };
    return made;
  };
  all.push_back(
      seconds("login.window_seconds", "failures older than this are forgotten", &identity::LockoutLimits::window));
  all.push_back(seconds("login.lock_seconds", "how long a lock lasts", &identity::LockoutLimits::duration));
}

void addLimits(std::vector<Setting>& all) {
  auto add = [&](const char* key, long least, const char* meaning, long LimitOptions::*member, long most = 10'000'000) {
    all.push_back(bound(
        live(number(std::string("limits.") + key, least, most, meaning)), [member](auto& options) -> auto& {
          return options.limits.*member;
        }));
  };
  using L = LimitOptions;
  add("connections", 1, "SQL clients at a time", &L::connections);
  add("connections_per_address", 1, "of one address", &L::connectionsPerAddress);
  add("connections_per_user", 1, "of one user", &L::connectionsPerUser);
  add("source_share_per_user", 1,
      "percent of a source's connections that one user's sessions may hold at a time, rounded down, at least one",
      &L::sourceSharePerUser, 100);
  add("memory_per_user", 1,
      "MiB that one user's sessions may hold: prepared statements, portals, messages, unread output", &L::memoryPerUser,
      1'000'000);
  add("prepared_statements", 1, "of one session", &L::preparedStatements);
  add("cursors", 1, "of one session", &L::cursors);
  add("login_timeout_seconds", 1, "from accepting a client to its login", &L::loginTimeoutSeconds);
  add("idle_timeout_seconds", 0, "0: none", &L::idleTimeoutSeconds);
  add("idle_in_transaction_timeout_seconds", 0, "0: none", &L::idleInTransactionTimeoutSeconds);
  add("statement_timeout_seconds", 0, "clients may ask for less, not for more; 0: none", &L::statementTimeoutSeconds);
  add("drain_seconds", 0, "what running statements get when scrimd stops", &L::drainSeconds);
}

#undef SCRIM_MEMBER

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> made;
    for (auto* add : {addGeneral, addApi, addTls, addCatalog, addAudit, addLogin, addLimits}) add(made);
    return made;
  }();
  return all;
}

std::string Setting::variable() const {
  std::string name(kVariablePrefix);
  for (char c : key) name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::string Setting::flag() const {
  std::string name = "--" + key;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '_'; }, '-');
  return name;
}

std::string Setting::section() const {
  const std::size_t dot = key.find('.');
  return dot == std::string::npos ? "" : key.substr(0, dot);
}

std::string Setting::name() const { return key.substr(key.find('.') + 1); }

}  // namespace scrim::app
