// SPDX-License-Identifier: Apache-2.0
// EmbeddedPostgres: a private PostgreSQL server from the system's packages, in a folder of ours. UNIX socket only, in a
// folder of mode 0700; only this process's own account may log in (peer). It is watched by a thread: restarted with
// back-off when it dies, stopped (fast) with us, and it stops by itself when we are killed.
//
// Under `folder`: data/ (the cluster), socket/, postgres.log. Databases: scrim (the catalog) and scrim_local, which
// holds nothing and answers what needs no source (route `local`): its role scrim_local may read the system catalogs and
// no more. Thread-safe. Nothing is created outside the folder.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/base/result.h"
#include "server/store/child.h"

namespace scrim::store {

struct EmbeddedOptions {
  std::filesystem::path folder;
  std::filesystem::path binaries;  // folder with initdb and postgres; empty: the newest found on this machine
  std::chrono::milliseconds startLimit{60'000};
  int maxConnections = 200;
};

class EmbeddedPostgres {
 public:
  /// Makes the cluster if there is none, starts it, and returns when it answers.
  /// Errors: configInvalid with a sentence that says what to do.
  static base::Result<std::unique_ptr<EmbeddedPostgres>> start(EmbeddedOptions options);
  ~EmbeddedPostgres();
  EmbeddedPostgres(const EmbeddedPostgres&) = delete;
  EmbeddedPostgres& operator=(const EmbeddedPostgres&) = delete;

  /// For Link and Pool: the catalog's database.
  std::string catalogDsn() const;
  std::string socketFolder() const;
  static constexpr std::uint16_t kPort = 5432;  // part of the socket's name
  static constexpr const char* kLocalDatabase = "scrim_local";
  static constexpr const char* kLocalRole = "scrim_local";

  /// The server's process, for tests that kill it; 0: not running at the moment.
  pid_t processId() const { return process_; }
  /// How often it had to be started again.
  int restarts() const { return restarts_; }

 private:
  explicit EmbeddedPostgres(EmbeddedOptions options) : options_(std::move(options)) {}
  base::Result<void> prepare();
  base::Result<void> makeCluster();
  base::Result<void> writeAccessFiles();
  base::Result<void> endForeignServer();
  base::Result<void> makeDatabases();
  base::Result<pid_t> launch();
  base::Result<void> waitUntilItAnswers();
  void supervise(std::stop_token stop);
  void stopServer();
  std::filesystem::path data() const { return options_.folder / "data"; }
  std::filesystem::path logFile() const { return options_.folder / "postgres.log"; }

  EmbeddedOptions options_;
  Account account_;
  std::atomic<pid_t> process_{0};
  std::atomic<int> restarts_{0};
  std::mutex mutex_;
  std::condition_variable_any changed_;
  base::Result<void> firstLaunch_;
  bool launched_ = false;
  std::jthread supervisor_;  // last: it uses the rest
};

/// The folder of the newest PostgreSQL (13 or later) that has initdb and postgres; `major`: only that version.
/// Errors: configInvalid.
base::Result<std::filesystem::path> findPostgresBinaries(const std::string& major = {});

}  // namespace scrim::store
