// SPDX-License-Identifier: Apache-2.0
// Settings: what a client may set, show and reset, with PostgreSQL's rules: SET survives the session unless its
// transaction rolls back, SET LOCAL ends with the transaction, RESET goes back to what the session started with.
// An allow list (setting_table.cpp); anything else does not exist. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace scrim::gateway {

class Settings {
 public:
  using Values = std::vector<std::string>;  // in the order of the table
  using ValuesPtr = std::shared_ptr<const Values>;

  Settings();

  /// Facts of the session: the user, who can be shown but not set, and the project that it begins under.
  void describeSession(std::string_view user, std::string_view project = {});
  /// A value from the startup packet. What RESET goes back to.
  base::Result<void> setAtStart(std::string_view name, std::string_view value);

  /// Errors: undefinedObject for an unknown name, 55P02 for one that cannot be changed, invalidParameter, notSupported.
  base::Result<void> set(std::string_view name, std::string_view value, bool local);
  base::Result<void> reset(std::string_view name, bool local = false);
  void resetAll();
  base::Result<std::string> show(std::string_view name) const;

  struct Shown {
    std::string_view name;
    std::string_view value;
    std::string_view description;
  };
  std::vector<Shown> showAll() const;
  /// The column's name for SHOW: as the table writes it.
  static std::string_view properName(std::string_view name);

  // Transactions.
  void begin();
  void commit();
  void rollback();
  void savepoint(std::string_view name);
  void rollbackTo(std::string_view name);
  void release(std::string_view name);
  bool hasSavepoints() const { return !savepoints_.empty(); }

  /// The reported ones whose value the client has not been told, which counts as telling it. At start: all.
  std::vector<std::pair<std::string_view, std::string_view>> unreported();

  /// Fast reads.
  const std::string& value(std::string_view name) const;
  std::int64_t statementTimeout() const { return statementTimeout_; }  // milliseconds, 0: none
  std::int64_t idleInTransactionTimeout() const { return idleInTransactionTimeout_; }
  /// Grows with every change of a value: what is derived from the values can be kept until then.
  std::uint64_t revision() const { return revision_; }

 private:
  struct Savepoint {
    std::string name;
    ValuesPtr current;
    ValuesPtr session;
  };
  void adopt(ValuesPtr values);
  base::Result<void> apply(std::size_t index, std::string value, bool local);

  ValuesPtr current_;  // with SET LOCAL
  ValuesPtr session_;  // what stays when the transaction commits
  ValuesPtr atBegin_;  // nullptr: no transaction
  ValuesPtr start_;    // what RESET restores
  ValuesPtr reported_;
  std::vector<Savepoint> savepoints_;
  std::int64_t statementTimeout_ = 0;
  std::int64_t idleInTransactionTimeout_ = 0;
  std::uint64_t revision_ = 1;
};

}  // namespace scrim::gateway
