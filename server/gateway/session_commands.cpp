// SPDX-License-Identifier: Apache-2.0
// Utility statements: settings, transactions, prepared statements of SQL, DISCARD, EXPLAIN.
#include "server/gateway/session.h"
#include "server/gateway/setting_types.h"
#include "server/query/explain/explain.h"

namespace scrim::gateway {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::span<const TextColumn> planColumn(bool json) {
  static constexpr TextColumn kText[] = {{"QUERY PLAN"}};
  static constexpr TextColumn kJson[] = {{"QUERY PLAN", 114}};
  return json ? std::span<const TextColumn>(kJson) : std::span<const TextColumn>(kText);
}

push::Isolation isolationOf(std::string_view level) {
  if (level == "serializable") return push::Isolation::serializable;
  if (level == "repeatable read") return push::Isolation::repeatableRead;
  return push::Isolation::readCommitted;
}

/// Values as in a Bind message, all in text format.
std::string rawValues(const std::vector<std::optional<std::string>>& values) {
  std::string raw;
  for (const std::optional<std::string>& value : values) {
    const auto length = value ? static_cast<std::uint32_t>(value->size()) : 0xffffffffU;
    for (int shift = 24; shift >= 0; shift -= 8) raw += static_cast<char>(length >> static_cast<unsigned>(shift));
    if (value) raw += *value;
  }
  return raw;
}

}  // namespace

asio::awaitable<Session::Step> Session::runCommand(const parse::ParsedQuery& statement, const Command& command,
                                                   const Asked& asked) {
  if (const auto* fetch = std::get_if<FetchCommand>(&command)) co_return co_await runFetch(*fetch, asked);
  if (const auto* copy = std::get_if<CopyCommand>(&command)) co_return co_await runCopy(statement, *copy, asked);
  if (const auto* execute = std::get_if<ExecuteCommand>(&command)) co_return co_await runExecute(*execute, asked);
  if (const auto* declare = std::get_if<DeclareCommand>(&command)) {
    co_return co_await runDeclare(statement, *declare, asked);
  }
  if (auto started = startLocalRecord(asked); !started.ok()) co_return std::move(started).error();
  base::Result<std::string_view> tag = co_await runLocal(statement, command, asked.describe);
  const bool showsSomething =
      std::holds_alternative<ShowCommand>(command) || std::holds_alternative<ExplainCommand>(command);
  if (showsSomething && tag.ok()) {
    if (auto recorded = ensureRecorded(); !recorded.ok()) tag = std::move(recorded).error();
  }
  if (!tag.ok()) channel_.out().resize(active_.mark);
  finishLocalRecord(tag.ok() ? nullptr : &tag.error());
  if (!tag.ok()) {
    fail(tag.error(), asked.text);
    co_return Progress::failed;
  }
  writeCommandComplete(channel_.out(), *tag);
  co_return Progress::done;
}

asio::awaitable<base::Result<std::string_view>> Session::runLocal(const parse::ParsedQuery& statement,
                                                                  const Command& command, bool describe) {
  if (const auto* transaction = std::get_if<TransactionCommand>(&command)) {
    co_return co_await runTransaction(*transaction);
  }
  base::Result<void> done;
  if (const auto* close = std::get_if<CloseCommand>(&command)) {
    done = co_await runClose(*close);
  } else if (const auto* set = std::get_if<SetTransactionCommand>(&command)) {
    done = co_await runSetTransaction(*set);
  } else {
    done = runAtOnce(statement, command, describe);
  }
  if (!done.ok()) co_return std::move(done).error();
  co_return tagOf(command);
}

base::Result<void> Session::runAtOnce(const parse::ParsedQuery& statement, const Command& command, bool describe) {
  return std::visit(
      Overloaded{[&](const SetCommand& set) { return runSet(set); },
                 [&](const ResetCommand& reset) { return runReset(reset); },
                 [&](const ShowCommand& show) { return runShow(show, describe); },
                 [&](const PrepareCommand& prepare) { return runPrepare(statement, prepare); },
                 [&](const DeallocateCommand& deallocate) { return runDeallocate(deallocate); },
                 [&](const DiscardCommand& discard) { return runDiscard(discard); },
                 [&](const ExplainCommand&) { return runExplain(statement, describe); },
                 [](const auto&) {
                   return base::Result<void>(base::Error{base::ErrorCode::internal, "not a command that runs at once"});
                 }},
      command);
}

base::Result<void> Session::runSet(const SetCommand& set) {
  if (set.local && !link_.inTransaction() && !inImplicitBlock_) {
    writeNotice(channel_.out(), "WARNING", "25P01", "SET LOCAL can only be used in transaction blocks");
    return {};
  }
  const std::string name = lowered(set.name);
  if (!set.value && (name == "session_authorization" || name == "role")) return {};
  if (name == "role" && set.value && lowered(*set.value) == "none") return {};
  if (name == "transaction_isolation") {
    return base::Error{base::ErrorCode::notSupported, "this form of SET is not supported", "",
                       "Use SET TRANSACTION ISOLATION LEVEL .."};
  }
  if (!set.value) return settings_.reset(set.name, set.local);
  if (name == "scrim.project") SCRIM_CHECK_OK(planner_.chooseProject(*set.value));
  return settings_.set(set.name, *set.value, set.local);
}

asio::awaitable<base::Result<void>> Session::runSetTransaction(const SetTransactionCommand& set) {
  const std::string prefix = set.ofSession ? "default_transaction_" : "transaction_";
  if (!set.ofSession && !link_.inTransaction()) {
    writeNotice(channel_.out(), "WARNING", "25P01", "SET TRANSACTION can only be used in transaction blocks");
    co_return base::Result<void>();
  }
  const TransactionModes& modes = set.modes;
  const bool local = !set.ofSession;
  if (modes.deferrable) {
    auto done = settings_.set(prefix + "deferrable", *modes.deferrable ? "on" : "off", local);
    if (!done.ok()) co_return done;
  }
  // READ WRITE is taken as a wish: what writes is refused when it comes.
  if (!modes.isolation) co_return base::Result<void>();
  if (local && (link_.holdsConnections() || settings_.hasSavepoints())) {
    co_return base::Error{base::ErrorCode::activeTransaction,
                          "SET TRANSACTION ISOLATION LEVEL must be called before any query"};
  }
  auto done = settings_.set(prefix + "isolation", *modes.isolation, local);
  if (!done.ok() || !local) co_return done;
  // Nothing has been sent to a source yet: the transaction can begin anew.
  if (done = co_await link_.rollback(); !done.ok()) co_return done;
  co_return link_.begin(isolationOf(*modes.isolation), settings_.value("transaction_deferrable") == "on");
}

base::Result<void> Session::runReset(const ResetCommand& reset) {
  if (reset.name.empty()) {
    settings_.resetAll();
    return {};
  }
  const std::string name = lowered(reset.name);
  if (name == "session_authorization" || name == "role") return {};
  return settings_.reset(reset.name);
}

base::Result<void> Session::runShow(const ShowCommand& show, bool describe) {
  OutBuffer& out = channel_.out();
  if (lowered(show.name) == "all") {
    constexpr TextColumn kColumns[] = {{"name"}, {"setting"}, {"description"}};
    if (describe) writeRowDescription(out, kColumns);
    for (const Settings::Shown& row : settings_.showAll()) {
      const std::string value = shown(row.name, row.value);
      const std::string_view values[] = {row.name, value, row.description};
      writeDataRow(out, values);
    }
    return {};
  }
  SCRIM_TRY(const std::string value, settings_.show(show.name));
  const TextColumn columns[] = {{Settings::properName(show.name)}};
  if (describe) writeRowDescription(out, columns);
  const std::string text = shown(columns[0].name, value);
  const std::string_view values[] = {text};
  writeDataRow(out, values);
  return {};
}

std::string Session::shown(std::string_view name, std::string_view value) const {
  if (name != "scrim.purpose") return std::string(value);
  std::string all;
  for (const std::string& purpose : planner_.purposes()) all += (all.empty() ? "" : ", ") + purpose;
  return all;
}

base::Result<void> Session::beginTransaction(const TransactionModes& modes) {
  const std::string isolation = modes.isolation.value_or(settings_.value("default_transaction_isolation"));
  const bool deferrable = modes.deferrable.value_or(settings_.value("default_transaction_deferrable") == "on");
  SCRIM_CHECK_OK(link_.begin(isolationOf(isolation), deferrable));
  settings_.begin();
  SCRIM_CHECK_OK(settings_.set("transaction_isolation", isolation, true));
  return settings_.set("transaction_deferrable", deferrable ? "on" : "off", true);
}

asio::awaitable<base::Result<std::string_view>> Session::runTransaction(const TransactionCommand& transaction) {
  using Kind = TransactionCommand::Kind;
  base::Result<void> done;
  switch (transaction.kind) {
    case Kind::begin:
      if (link_.inTransaction()) {
        writeNotice(channel_.out(), "WARNING", "25001", "there is already a transaction in progress");
      } else {
        done = beginTransaction(transaction.modes);
      }
      break;
    case Kind::commit:
    case Kind::rollback:
      co_return co_await endTransaction(transaction);
    default:
      done = runSavepoint(transaction);
      break;
  }
  if (!done.ok()) co_return std::move(done).error();
  co_return tagOf(Command(transaction));
}

asio::awaitable<base::Result<std::string_view>> Session::endTransaction(const TransactionCommand& transaction) {
  const bool wantsCommit = transaction.kind == TransactionCommand::Kind::commit;
  const std::string_view tag = tagOf(Command(transaction));
  if (!link_.inTransaction()) {
    if (transaction.chain) {
      co_return base::Error{base::ErrorCode::noActiveTransaction,
                            std::string(tag) + " AND CHAIN can only be used in transaction blocks"};
    }
    writeNotice(channel_.out(), "WARNING", "25P01", "there is no transaction in progress");
    co_return tag;
  }
  const bool commits = wantsCommit && !link_.failed();
  const TransactionModes again{
      settings_.value("transaction_isolation"), {}, settings_.value("transaction_deferrable") == "on"};
  // Not in one conditional expression: GCC 12 destroys the result of the branch that was not taken.
  base::Result<void> done;
  if (wantsCommit) {
    done = co_await link_.commit();
  } else {
    done = co_await link_.rollback();
  }
  done.ok() && commits ? settings_.commit() : settings_.rollback();
  transactionEnded();
  if (done.ok() && transaction.chain) done = beginTransaction(again);
  if (!done.ok()) co_return std::move(done).error();
  co_return std::string_view(commits ? "COMMIT" : "ROLLBACK");
}

base::Result<void> Session::runSavepoint(const TransactionCommand& transaction) {
  using Kind = TransactionCommand::Kind;
  if (!link_.inTransaction()) {
    return base::Error{base::ErrorCode::noActiveTransaction,
                       std::string(transaction.kind == Kind::release      ? "RELEASE SAVEPOINT"
                                   : transaction.kind == Kind::rollbackTo ? "ROLLBACK TO SAVEPOINT"
                                                                          : "SAVEPOINT") +
                           " can only be used in transaction blocks"};
  }
  if (transaction.kind != Kind::rollbackTo) SCRIM_CHECK_OK(checkNotFailed());
  if (transaction.kind == Kind::savepoint) {
    SCRIM_CHECK_OK(link_.savepoint(transaction.savepoint));
    settings_.savepoint(transaction.savepoint);
  } else if (transaction.kind == Kind::release) {
    SCRIM_CHECK_OK(link_.release(transaction.savepoint));
    settings_.release(transaction.savepoint);
  } else {
    SCRIM_CHECK_OK(link_.rollbackTo(transaction.savepoint));
    settings_.rollbackTo(transaction.savepoint);
  }
  return {};
}

base::Result<void> Session::runPrepare(const parse::ParsedQuery& statement, const PrepareCommand& prepare) {
  if (prepared_.contains(prepare.name)) {
    return base::Error{base::ErrorCode::duplicateStatement,
                       "prepared statement \"" + prepare.name + "\" already exists"};
  }
  SCRIM_TRY(parse::ParsedQuery inner, resolve::innerSelect(statement));
  auto prepared = std::make_shared<Prepared>();
  // Kept with all of its text, so that it can be planned again; several statements in one text cannot be.
  prepared->text = statement.statementText();
  SCRIM_TRY(prepared->planned, planner_.planAgain(prepared->text, prepare.types));
  prepared->types = prepare.types;
  prepared->kind = resolve::StatementKind::select;
  prepared->version = planner_.version();
  prepared->contextKey = planner_.contextKey();
  return remember(prepare.name, std::move(prepared));
}

asio::awaitable<Session::Step> Session::runExecute(const ExecuteCommand& execute, const Asked& asked) {
  const auto prepared = findPrepared(execute.name);
  if (!prepared.ok()) co_return prepared.error();
  if (!(*prepared)->isSelect()) {
    co_return base::Error{base::ErrorCode::notSupported, "EXECUTE of a utility statement is not supported"};
  }
  if (auto renewed = renew(**prepared); !renewed.ok()) co_return std::move(renewed).error();
  const int expected = (*prepared)->planned.query().clientParameters;
  if (static_cast<std::size_t>(expected) != execute.values.size()) {
    co_return base::Error{
        base::ErrorCode::syntaxError, "wrong number of parameters for prepared statement \"" + execute.name + "\"",
        "Expected " + std::to_string(expected) + " parameters but got " + std::to_string(execute.values.size()) + "."};
  }
  const std::string values = rawValues(execute.values);
  Asked inner = asked;
  inner.arguments = {{}, values, static_cast<std::uint16_t>(execute.values.size()), asked.arguments.resultFormats};
  inner.types = (*prepared)->types;
  inner.own = (*prepared)->text;
  const push::Outcome outcome = co_await runPlanned((*prepared)->planned, inner, {}, 0);
  co_return conclude(outcome, {});
}

base::Result<void> Session::runDeallocate(const DeallocateCommand& deallocate) {
  if (deallocate.name.empty()) {
    prepared_.clear();
    preparedBytes_ = 0;
    return {};
  }
  if (!prepared_.contains(deallocate.name)) {
    return base::Error{base::ErrorCode::invalidStatementName,
                       "prepared statement \"" + deallocate.name + "\" does not exist"};
  }
  forget(deallocate.name);
  return {};
}

base::Result<void> Session::runDiscard(const DiscardCommand& discard) {
  if (discard.what != DiscardCommand::What::all) return {};
  if (link_.inTransaction() || inImplicitBlock_) {
    return base::Error{base::ErrorCode::activeTransaction, "DISCARD ALL cannot run inside a transaction block"};
  }
  link_.reset();
  transactionEnded();
  prepared_.clear();
  preparedBytes_ = 0;
  unnamed_ = nullptr;
  settings_.resetAll();
  return {};
}

base::Result<void> Session::runExplain(const parse::ParsedQuery& statement, bool describe) {
  SCRIM_TRY(const query::QueryContext context, planner_.context());
  SCRIM_TRY(const explain::Explanation explanation, explain::explain(context, statement));
  if (describe) writeRowDescription(channel_.out(), planColumn(explanation.json));
  for (const std::string& line : explanation.lines) {
    const std::string_view values[] = {line};
    writeDataRow(channel_.out(), values);
  }
  return {};
}

asio::awaitable<Session::Step> Session::describeCommand(const Command& command, std::string_view formats) {
  OutBuffer& out = channel_.out();
  if (const auto* show = std::get_if<ShowCommand>(&command)) {
    constexpr TextColumn kAll[] = {{"name"}, {"setting"}, {"description"}};
    const TextColumn one[] = {{Settings::properName(show->name)}};
    lowered(show->name) == "all" ? writeRowDescription(out, kAll) : writeRowDescription(out, one);
    co_return Progress::done;
  }
  if (const auto* explain = std::get_if<ExplainCommand>(&command)) {
    writeRowDescription(out, planColumn(explain->json));
    co_return Progress::done;
  }
  push::StatementPtr statement;
  if (const auto* fetch = std::get_if<FetchCommand>(&command); fetch != nullptr && !fetch->move) {
    statement = link_.cursorStatement(fetch->name);
  } else if (const auto* execute = std::get_if<ExecuteCommand>(&command)) {
    const auto prepared = findPrepared(execute->name);
    if (!prepared.ok()) co_return prepared.error();
    if ((*prepared)->planned.cached) statement = (*prepared)->planned.cached->statement;
  }
  if (!statement) {
    writeNoData(out);
    co_return Progress::done;
  }
  const auto description = co_await columnsOf(statement);
  if (!description.ok()) co_return description.error();
  (*description)->appendRowDescription(out, formats);
  co_return Progress::done;
}

}  // namespace scrim::gateway
