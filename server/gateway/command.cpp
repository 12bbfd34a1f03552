// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/command.h"

#include <charconv>
#include <limits>

#include "common/schema/data_type.h"
#include "server/gateway/copy_options.h"
#include "server/gateway/setting_types.h"
#include "server/gateway/tree_values.h"
#include "server/query/parse/node.h"

namespace scrim::gateway {
namespace {

using parse::as;

base::Error notSupported(std::string message) { return {base::ErrorCode::notSupported, std::move(message)}; }

base::Result<TransactionModes> readModes(std::span<PgQuery__Node* const> options) {
  TransactionModes modes;
  for (const PgQuery__Node* node : options) {
    const auto* option = as<PgQuery__DefElem>(node);
    if (option == nullptr) return notSupported("this transaction mode is not supported");
    const std::string_view name = option->defname;
    const std::optional<std::string> value = constantText(option->arg);
    if (name == "transaction_isolation" && value) {
      modes.isolation = lowered(*value);
    } else if (name == "transaction_read_only" && value) {
      modes.readOnly = *value != "0";
    } else if (name == "transaction_deferrable" && value) {
      modes.deferrable = *value != "0";
    } else {
      return notSupported("this transaction mode is not supported");
    }
  }
  return modes;
}

/// The list of a SET as the one text that the setting takes.
base::Result<std::string> joinedValues(std::string_view name, std::span<PgQuery__Node* const> args) {
  const bool isList = name == "search_path" || name == "datestyle";
  if (args.size() > 1 && !isList) {
    return base::Error{base::ErrorCode::invalidParameter, "SET " + std::string(name) + " takes only one argument"};
  }
  std::string joined;
  for (const PgQuery__Node* arg : args) {
    const std::optional<std::string> value = constantText(arg);
    if (!value) return notSupported("this form of SET is not supported");
    if (!joined.empty()) joined += ", ";
    joined += *value;
  }
  return joined;
}

base::Result<Command> readSet(const PgQuery__VariableSetStmt& set) {
  const std::string name = lowered(set.name);
  const auto args = parse::list(set.n_args, set.args);
  switch (set.kind) {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE: {
      SCRIM_TRY(std::string value, joinedValues(name, args));
      return Command(SetCommand{set.name, std::move(value), set.is_local != 0});
    }
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT:
      return Command(SetCommand{set.name, {}, set.is_local != 0});
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET:
      return Command(ResetCommand{set.name});
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL:
      return Command(ResetCommand{});
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_MULTI: {
      if (name != "transaction" && name != "session characteristics")
        return notSupported("SET " + name + " is not supported");
      SCRIM_TRY(TransactionModes modes, readModes(args));
      return Command(SetTransactionCommand{std::move(modes), name != "transaction"});
    }
    default:
      return notSupported("this form of SET is not supported");
  }
}

base::Result<Command> readTransaction(const PgQuery__TransactionStmt& statement) {
  using Kind = TransactionCommand::Kind;
  TransactionCommand command;
  command.chain = statement.chain != 0;
  command.savepoint = statement.savepoint_name;
  switch (statement.kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
      command.start = true;
      [[fallthrough]];
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
      command.kind = Kind::begin;
      break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
      command.kind = Kind::commit;
      break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
      command.kind = Kind::rollback;
      break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT:
      command.kind = Kind::savepoint;
      break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE:
      command.kind = Kind::release;
      break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
      command.kind = Kind::rollbackTo;
      break;
    default:
      return notSupported("two-phase commit is not supported");
  }
  SCRIM_TRY(command.modes, readModes(parse::list(statement.n_options, statement.options)));
  return Command(std::move(command));
}

// Bits of DeclareCursorStmt.options, from PostgreSQL's parsenodes.h.
constexpr int kCursorBinary = 1;
constexpr int kCursorScroll = 2;
constexpr int kCursorNoScroll = 4;
constexpr int kCursorHold = 32;

Command readDeclare(const PgQuery__DeclareCursorStmt& declare) {
  using Scroll = push::CursorOptions::Scroll;
  DeclareCommand command{declare.portalname, {}};
  command.options.hold = (declare.options & kCursorHold) != 0;
  command.options.binary = (declare.options & kCursorBinary) != 0;
  if ((declare.options & kCursorScroll) != 0) command.options.scroll = Scroll::yes;
  if ((declare.options & kCursorNoScroll) != 0) command.options.scroll = Scroll::no;
  return Command(std::move(command));
}

base::Result<Command> readFetch(const PgQuery__FetchStmt& fetch) {
  using Kind = push::FetchDirection::Kind;
  FetchCommand command{fetch.portalname, {}, fetch.ismove != 0};
  switch (fetch.direction) {
    case PG_QUERY__FETCH_DIRECTION__FETCH_FORWARD:
      command.direction.kind = Kind::forward;
      break;
    case PG_QUERY__FETCH_DIRECTION__FETCH_BACKWARD:
      command.direction.kind = Kind::backward;
      break;
    case PG_QUERY__FETCH_DIRECTION__FETCH_ABSOLUTE:
      command.direction.kind = Kind::absolute;
      break;
    case PG_QUERY__FETCH_DIRECTION__FETCH_RELATIVE:
      command.direction.kind = Kind::relative;
      break;
    default:
      return notSupported("this direction of FETCH is not supported");
  }
  command.direction.count = fetch.how_many;
  command.direction.all = fetch.how_many == std::numeric_limits<std::int64_t>::max();
  return Command(std::move(command));
}

base::Result<Command> readPrepare(const PgQuery__PrepareStmt& prepare) {
  PrepareCommand command{prepare.name, {}};
  for (const PgQuery__Node* node : parse::list(prepare.n_argtypes, prepare.argtypes)) {
    SCRIM_TRY(const std::uint32_t oid, typeOidOf(node));
    command.types.push_back(oid);
  }
  return Command(std::move(command));
}

base::Result<Command> readExecute(const PgQuery__ExecuteStmt& execute) {
  ExecuteCommand command{execute.name, {}};
  for (const PgQuery__Node* node : parse::list(execute.n_params, execute.params)) {
    SCRIM_TRY(auto value, argumentValue(node));
    command.values.push_back(std::move(value));
  }
  return Command(std::move(command));
}

base::Result<Command> readDiscard(const PgQuery__DiscardStmt& discard) {
  using What = DiscardCommand::What;
  switch (discard.target) {
    case PG_QUERY__DISCARD_MODE__DISCARD_ALL:
      return Command(DiscardCommand{What::all});
    case PG_QUERY__DISCARD_MODE__DISCARD_PLANS:
      return Command(DiscardCommand{What::plans});
    case PG_QUERY__DISCARD_MODE__DISCARD_SEQUENCES:
      return Command(DiscardCommand{What::sequences});
    case PG_QUERY__DISCARD_MODE__DISCARD_TEMP:
      return Command(DiscardCommand{What::temporary});
    default:
      return notSupported("this form of DISCARD is not supported");
  }
}

/// The options are judged by query/explain; here only the result's type matters.
Command readExplain(const PgQuery__ExplainStmt& explain) {
  ExplainCommand command;
  for (const PgQuery__Node* node : parse::list(explain.n_options, explain.options)) {
    const auto* option = as<PgQuery__DefElem>(node);
    if (option == nullptr || lowered(option->defname) != "format") continue;
    command.json = lowered(constantText(option->arg).value_or("")) == "json";
  }
  return Command(command);
}

}  // namespace

base::Result<Command> readCommand(const parse::ParsedQuery& statement, resolve::StatementKind kind) {
  using Kind = resolve::StatementKind;
  const PgQuery__Node& node = statement.statement();
  switch (kind) {
    case Kind::set:
    case Kind::reset:
      return readSet(*node.variable_set_stmt);
    case Kind::show:
      return Command(ShowCommand{node.variable_show_stmt->name});
    case Kind::transaction:
      return readTransaction(*node.transaction_stmt);
    case Kind::declare:
      return readDeclare(*node.declare_cursor_stmt);
    case Kind::fetch:
      return readFetch(*node.fetch_stmt);
    case Kind::close:
      return Command(CloseCommand{node.close_portal_stmt->portalname});
    case Kind::prepare:
      return readPrepare(*node.prepare_stmt);
    case Kind::execute:
      return readExecute(*node.execute_stmt);
    case Kind::deallocate:
      return Command(DeallocateCommand{node.deallocate_stmt->name});
    case Kind::discard:
      return readDiscard(*node.discard_stmt);
    case Kind::explain:
      return readExplain(*node.explain_stmt);
    case Kind::copyOut: {
      SCRIM_TRY(CopyCommand copy, readCopyOptions(parse::list(node.copy_stmt->n_options, node.copy_stmt->options)));
      return Command(std::move(copy));
    }
    case Kind::select:
      break;
  }
  return base::Error{base::ErrorCode::internal, "a SELECT is no command"};
}

std::string_view tagOf(const Command& command) {
  struct Tags {
    std::string_view operator()(const SetCommand&) const { return "SET"; }
    std::string_view operator()(const SetTransactionCommand&) const { return "SET"; }
    std::string_view operator()(const ResetCommand&) const { return "RESET"; }
    std::string_view operator()(const ShowCommand&) const { return "SHOW"; }
    std::string_view operator()(const TransactionCommand& transaction) const {
      using Kind = TransactionCommand::Kind;
      switch (transaction.kind) {
        case Kind::begin:
          return transaction.start ? "START TRANSACTION" : "BEGIN";
        case Kind::commit:
          return "COMMIT";
        case Kind::savepoint:
          return "SAVEPOINT";
        case Kind::release:
          return "RELEASE";
        case Kind::rollback:
        case Kind::rollbackTo:
          return "ROLLBACK";
      }
      return "";
    }
    std::string_view operator()(const DeclareCommand&) const { return "DECLARE CURSOR"; }
    std::string_view operator()(const FetchCommand& fetch) const { return fetch.move ? "MOVE" : "FETCH"; }
    std::string_view operator()(const CloseCommand& close) const {
      return close.name.empty() ? "CLOSE CURSOR ALL" : "CLOSE CURSOR";
    }
    std::string_view operator()(const PrepareCommand&) const { return "PREPARE"; }
    std::string_view operator()(const ExecuteCommand&) const { return "EXECUTE"; }
    std::string_view operator()(const DeallocateCommand& deallocate) const {
      return deallocate.name.empty() ? "DEALLOCATE ALL" : "DEALLOCATE";
    }
    std::string_view operator()(const DiscardCommand& discard) const {
      using What = DiscardCommand::What;
      switch (discard.what) {
        case What::all:
          return "DISCARD ALL";
        case What::plans:
          return "DISCARD PLANS";
        case What::sequences:
          return "DISCARD SEQUENCES";
        case What::temporary:
          return "DISCARD TEMP";
      }
      return "";
    }
    std::string_view operator()(const ExplainCommand&) const { return "EXPLAIN"; }
    std::string_view operator()(const CopyCommand&) const { return "COPY"; }
  };
  return std::visit(Tags{}, command);
}

}  // namespace scrim::gateway
