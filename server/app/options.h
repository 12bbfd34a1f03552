// SPDX-License-Identifier: Apache-2.0
// Options: how scrimd runs, from defaults, the configuration file, the environment and the command line, the later
// winning. settings.h is the table of all settings, docs/admin/configuration.md describes them. Values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/log.h"
#include "server/app/problems.h"
#include "server/identity/failure_rate.h"
#include "server/identity/lockout.h"

namespace scrim::app {

struct Listen {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5439;
};

/// Limits of the gateway, in whole numbers as people write them.
struct LimitOptions {
  long connections = 20'000;
  long connectionsPerAddress = 10'000;
  long connectionsPerUser = 10'000;
  long sourceSharePerUser = 75;
  long memoryPerUser = 512;  // MiB
  long preparedStatements = 10'000;
  long cursors = 1'000;
  long loginTimeoutSeconds = 60;
  long idleTimeoutSeconds = 0;
  long idleInTransactionTimeoutSeconds = 600;
  long statementTimeoutSeconds = 0;
  long drainSeconds = 30;
};

/// Where a value comes from.
struct Origin {
  enum class Kind { standard, file, variable, flag } kind = Kind::standard;
  std::string name;  // of the file, the variable, the flag
  Place at;          // in the file
  /// "default", "scrim.yaml:3", "environment SCRIMD_LISTEN", "flag --listen". One line, whatever the name holds.
  std::string text() const;
};

struct Options {
  std::filesystem::path dataFolder;
  std::vector<Listen> listen{Listen{}};
  std::vector<Listen> apiListen;     // empty: the first SQL address, one port above (port 0: any free one)
  std::string advertisedHost;        // of the gateway; empty: that by which a client reaches the API
  std::uint16_t advertisedPort = 0;  // 0: the one that is listened on
  unsigned apiThreads = 4;
  unsigned threads = 0;  // 0: one for every two processors
  bool plainText = false;
  std::string certificateFile;  // empty: the private CA's
  std::string keyFile;
  std::string clientCaFile;
  bool requireClientCertificate = false;
  bool certificateLogin = false;
  std::vector<std::string> certificateNames;  // of the private CA's server certificate
  std::string catalogDsn;                     // empty: embedded
  std::chrono::milliseconds lease{10'000};
  std::filesystem::path secretKeyFile;     // empty: in the data folder
  std::filesystem::path postgresBinaries;  // empty: the newest found
  std::filesystem::path auditFolder;       // empty: in the data folder
  bool strictAudit = false;
  identity::LockoutLimits lockout;
  identity::FailureRateLimits addressLimits;  // its window is lockout's
  LimitOptions limits;
  std::chrono::minutes schemaCheck{10};  // 0: only at start
  base::LogLevel logLevel = base::LogLevel::info;

  /// By key of a setting (settings.h); those that are missing have their default.
  std::map<std::string, Origin> origins;

  // What to do instead of, or besides, serving.
  bool checkConfig = false;
  bool printConfig = false;
  bool printReady = false;
  std::string verifyAudit;
};

/// /var/lib/scrim for root, else ~/.local/share/scrim.
std::filesystem::path defaultDataFolder();

/// Where the REST API listens.
std::vector<Listen> apiAddresses(const Options& options);

/// "host:port", "[::1]:port" or "port"; nullopt: none of these. A host must be an address.
std::optional<Listen> listenOf(const std::string& text);

/// Reads a configuration file's text over the options. What is wrong goes to `problems`, whose file is the origin.
void readConfig(std::string_view text, Options& options, Problems& problems);

/// Reads SCRIMD_ variables ("NAME=value", nullptr at the end) over the options; returns what is wrong, a line each.
std::vector<std::string> readEnvironment(const char* const* environment, Options& options);

/// What is wrong with settings that each are good but do not go together, with the place of one of them.
std::vector<std::string> conflictsIn(const Options& options);

/// What a process was started with: enough to read its options again. Outlived by what it points to.
struct Surroundings {
  int count = 0;
  const char* const* words = nullptr;                            // the command line, the program first
  const char* const* environment = nullptr;                      // as readEnvironment() wants it
  std::filesystem::path defaultFile = "/etc/scrim/scrimd.yaml";  // read if it exists and no other is named
};

struct ReadOptions {
  Options options;
  std::vector<std::string> problems;  // one line each, with its place; not empty: the options are of no use
  std::optional<int> exitCode;        // nothing more is to be done: help, version, a wrong command line (printed)
};

/// Defaults, file, environment, command line, in this order.
ReadOptions readOptions(const Surroundings& surroundings);

}  // namespace scrim::app
