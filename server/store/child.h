// SPDX-License-Identifier: Apache-2.0
// Child processes of the embedded PostgreSQL: who they run as, starting and waiting. A child dies with its parent
// (SIGINT, which PostgreSQL takes as "shut down fast"), so start() must be called on a thread that outlives the child.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace scrim::store {

/// An account of the operating system.
struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;
};

/// Who PostgreSQL runs as: ourselves, or, as it refuses root, the first that exists of scrim, postgres, nobody.
base::Result<Account> accountForPostgres();

struct ChildOptions {
  std::vector<std::string> arguments;  // the program's path first
  Account account;
  std::filesystem::path folder;  // working directory
  std::filesystem::path output;  // standard output and error are appended here
  bool limitsMemory = false;     // each process of it gets 2 GiB of addresses at most
};

/// Errors: configInvalid (cannot fork, or cannot be executed).
base::Result<pid_t> startChild(const ChildOptions& options);
/// The wait status, or nullopt: still running when the time is over. Zero time: asks once.
std::optional<int> waitForChild(pid_t child, std::chrono::milliseconds limit);
/// "exit code 1", "signal 9".
std::string describeStatus(int status);
/// Runs to the end. Errors: configInvalid with the end of what it printed.
base::Result<void> runChild(const ChildOptions& options, std::chrono::milliseconds limit);
/// The last lines of a text file, for error messages.
std::string lastLines(const std::filesystem::path& file, std::size_t maxBytes = 600);

}  // namespace scrim::store
