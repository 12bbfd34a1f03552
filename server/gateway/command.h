// SPDX-License-Identifier: Apache-2.0
// Command: a utility statement as a plain value, so that only command.cpp sees parse trees. Errors: notSupported,
// syntaxError, invalidParameter with the words PostgreSQL uses. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "server/gateway/copy_command.h"
#include "server/query/parse/parse.h"
#include "server/query/push/link.h"
#include "server/query/resolve/classify.h"

namespace scrim::gateway {

struct TransactionModes {
  std::optional<std::string> isolation;
  std::optional<bool> readOnly;
  std::optional<bool> deferrable;
};

struct SetCommand {
  std::string name;
  std::optional<std::string> value;  // nullopt: DEFAULT
  bool local = false;
};
struct SetTransactionCommand {
  TransactionModes modes;
  bool ofSession = false;  // SET SESSION CHARACTERISTICS: of later transactions
};
struct ResetCommand {
  std::string name;  // empty: ALL
};
struct ShowCommand {
  std::string name;  // "all": all
};
struct TransactionCommand {
  enum class Kind { begin, commit, rollback, savepoint, release, rollbackTo } kind = Kind::begin;
  bool start = false;  // START TRANSACTION, which has a tag of its own
  bool chain = false;
  std::string savepoint;
  TransactionModes modes;
};
struct DeclareCommand {
  std::string name;
  push::CursorOptions options;
};
struct FetchCommand {
  std::string name;
  push::FetchDirection direction;
  bool move = false;
};
struct CloseCommand {
  std::string name;  // empty: ALL
};
struct PrepareCommand {
  std::string name;
  std::vector<std::uint32_t> types;
};
struct ExecuteCommand {
  std::string name;
  std::vector<std::optional<std::string>> values;
};
struct DeallocateCommand {
  std::string name;  // empty: ALL
};
struct DiscardCommand {
  enum class What { all, plans, sequences, temporary } what = What::all;
};
struct ExplainCommand {
  bool json = false;
};

using Command = std::variant<SetCommand, SetTransactionCommand, ResetCommand, ShowCommand, TransactionCommand,
                             DeclareCommand, FetchCommand, CloseCommand, PrepareCommand, ExecuteCommand,
                             DeallocateCommand, DiscardCommand, ExplainCommand, CopyCommand>;

/// The statement, which classify() said is of that kind, other than select.
base::Result<Command> readCommand(const parse::ParsedQuery& statement, resolve::StatementKind kind);

/// The words of CommandComplete for a command that returns no rows.
std::string_view tagOf(const Command& command);

}  // namespace scrim::gateway
