// SPDX-License-Identifier: Apache-2.0
// Transaction: the client's explicit transaction, and which of its commands each upstream connection has yet to be
// told. Commands are told with the next statement that runs there, in front of it. Pure; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace scrim::push {

enum class Isolation { readCommitted, repeatableRead, serializable };

/// More than any sane session has; each costs memory at the source.
inline constexpr std::size_t kMaxSavepoints = 1'000;

/// What one upstream connection has been told of the transaction.
class TransactionShare {
 public:
  bool joined() const { return joined_; }
  void leave() { *this = {}; }

 private:
  friend class Transaction;
  enum class What { savepoint, rollbackTo, release };
  struct Command {
    What what;
    std::string name;
    std::uint64_t savepoint;
    bool operator==(const Command&) const = default;
  };
  bool joined_ = false;
  std::vector<Command> pending_;
};

class Transaction {
 public:
  bool open() const { return open_; }
  bool failed() const { return failed_; }
  void markFailed() { failed_ = open_; }
  /// A connection went away: no savepoint can be gone back to.
  void markLost() { failed_ = lost_ = open_; }

  base::Result<void> begin(Isolation isolation, bool deferrable);
  void end();

  // Each takes the shares of all joined connections.
  base::Result<void> savepoint(std::string_view name, const std::vector<TransactionShare*>& shares);
  base::Result<void> rollbackTo(std::string_view name, const std::vector<TransactionShare*>& shares);
  base::Result<void> release(std::string_view name, const std::vector<TransactionShare*>& shares);

  /// The commands that `share` has yet to be told, as one text for a simple Query; empty: none. It counts as told.
  std::string takeCommands(TransactionShare& share) const;

 private:
  struct Savepoint {
    std::string name;
    std::uint64_t id;
  };
  base::Result<std::size_t> find(std::string_view name) const;

  bool open_ = false;
  bool failed_ = false;
  bool lost_ = false;
  std::string beginCommand_;
  std::vector<Savepoint> savepoints_;
  std::uint64_t nextId_ = 1;
};

}  // namespace scrim::push
