// SPDX-License-Identifier: Apache-2.0
// Options: how scrimd runs, from defaults, the configuration file and the command line, the later winning.
// docs/admin/configuration.md describes each. Values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/log.h"
#include "server/app/problems.h"
#include "server/identity/lockout.h"

namespace scrim::app {

struct Listen {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5439;
};

/// Limits of the gateway; nullopt: its own default.
struct LimitOptions {
  std::optional<long> connections;
  std::optional<long> connectionsPerAddress;
  std::optional<long> connectionsPerUser;
  std::optional<long> preparedStatements;
  std::optional<long> cursors;
  std::optional<long> loginTimeoutSeconds;
  std::optional<long> idleTimeoutSeconds;
  std::optional<long> idleInTransactionTimeoutSeconds;
  std::optional<long> statementTimeoutSeconds;
  std::optional<long> drainSeconds;
};

struct Options {
  std::filesystem::path dataFolder;
  std::vector<Listen> listen{Listen{}};
  std::vector<Listen> apiListen;  // empty: the first SQL address, one port above (port 0: any free one)
  unsigned apiThreads = 4;
  unsigned threads = 0;  // 0: one for every two processors
  bool plainText = false;
  std::string certificateFile;  // empty: the private CA's
  std::string keyFile;
  std::string clientCaFile;
  bool requireClientCertificate = false;
  std::vector<std::string> certificateNames;  // of the private CA's server certificate
  std::string catalogDsn;                     // empty: embedded
  std::chrono::milliseconds lease{10'000};
  std::filesystem::path secretKeyFile;     // empty: in the data folder
  std::filesystem::path postgresBinaries;  // empty: the newest found
  std::filesystem::path auditFolder;       // empty: in the data folder
  bool strictAudit = false;
  identity::LockoutLimits lockout;
  LimitOptions limits;
  std::chrono::minutes schemaCheck{10};  // 0: only at start
  base::LogLevel logLevel = base::LogLevel::info;
  std::string applyFile;

  // What to do instead of, or besides, serving.
  bool checkConfig = false;
  bool printReady = false;
  std::string verifyAudit;
};

/// /var/lib/scrim for root, else ~/.local/share/scrim.
std::filesystem::path defaultDataFolder();

/// Reads the configuration file over the options. What is wrong goes to `problems`.
void readConfig(std::string_view text, Options& options, Problems& problems);

/// Where the REST API listens.
std::vector<Listen> apiAddresses(const Options& options);

/// "host:port", "[::1]:port" or "port"; nullopt: none of these. A host must be an address.
std::optional<Listen> listenOf(const std::string& text);

/// The command line. An exit code: nothing more is to be done (help, version, or an error that was printed).
std::optional<int> readCommandLine(int count, const char* const* words, Options& options);

}  // namespace scrim::app
