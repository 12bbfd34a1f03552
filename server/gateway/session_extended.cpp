// SPDX-License-Identifier: Apache-2.0
// The extended protocol: Parse, Bind, Describe, Execute, Close, Sync. After a failure everything up to the client's
// Sync is dropped (Phase::skipping).
#include "server/gateway/session.h"

namespace scrim::gateway {
namespace {

base::Error limitError(std::string what, std::size_t limit) {
  return {base::ErrorCode::programLimit, "too many " + what + " in this session (" + std::to_string(limit) + ")", "",
          "Close those that are not needed any more."};
}

}  // namespace

asio::awaitable<Session::Step> Session::extendedMessage(Frame frame) {
  failedText_ = {};
  switch (frame.type) {
    case 'D':
      co_return co_await describeMessage(frame.body);
    default:
      co_return co_await executeMessage(frame.body);
  }
}

void Session::synced() {
  phase_ = Phase::ready;
  ranSinceSync_ = false;
  if (!link_.inTransaction()) {
    dropPortals();
    settings_.commit();
  }
  ready();
}

void Session::dropPortals() {
  if (!portals_.empty()) {
    portals_.clear();
    portalBytes_ = unnamedPortal_.values.size();
  }
  hasUnnamedPortal_ = false;
}

void Session::dropUnnamed() {
  hasUnnamedPortal_ = false;
  unnamed_ = nullptr;
}

Session::Portal* Session::findPortal(std::string_view name) {
  if (name.empty()) return hasUnnamedPortal_ ? &unnamedPortal_ : nullptr;
  const auto found = portals_.find(std::string(name));
  return found == portals_.end() ? nullptr : &found->second;
}

bool Session::isCurrent(const Prepared& prepared) const {
  return prepared.version == planner_.version() && prepared.contextKey == planner_.contextKey();
}

base::Result<Session::PreparedPtr> Session::prepareText(std::string_view text, std::span<const std::uint32_t> types) {
  SCRIM_CHECK_OK(beginStatement());
  auto prepared = std::make_shared<Prepared>();
  prepared->text = text;
  prepared->types.assign(types.begin(), types.end());
  prepared->version = planner_.version();
  prepared->contextKey = planner_.contextKey();
  if (planner_.find(text, types, prepared->planned)) {
    SCRIM_CHECK_OK(checkNotFailed());
    prepared->kind = resolve::StatementKind::select;
    prepared->isShared = true;
    return prepared;
  }
  SCRIM_TRY(std::vector<parse::ParsedQuery> statements, parse::parseStatements(std::string(text)));
  if (statements.size() > 1) {
    return base::Error{base::ErrorCode::syntaxError, "cannot insert multiple commands into a prepared statement"};
  }
  if (statements.empty()) return prepared;
  const auto kind = resolve::classify(statements.front());
  if (!kind.ok() || *kind != resolve::StatementKind::transaction) SCRIM_CHECK_OK(checkNotFailed());
  if (!kind.ok()) return kind.error();
  prepared->kind = *kind;
  if (prepared->isSelect()) {
    SCRIM_TRY(prepared->planned, planner_.plan(std::move(statements.front()), true, types));
  } else {
    SCRIM_TRY(Command command, readCommand(statements.front(), *kind));
    prepared->command = std::move(command);
  }
  return prepared;
}

/// About what it takes. A small plan that others have made is not counted again for each session that uses it.
std::size_t Session::bytesOf(const Prepared& prepared) {
  constexpr std::size_t kSmallPlan = 16U << 10U;
  std::size_t bytes = prepared.text.size() + sizeof(Prepared);
  for (const std::string& literal : prepared.planned.literals) bytes += literal.size();
  if (!prepared.planned.cached) return bytes + prepared.text.size();  // a command's parts
  const std::size_t plan = prepared.planned.cached->bytes;
  return bytes + (prepared.isShared && plan < kSmallPlan ? 0 : plan);
}

base::Result<void> Session::remember(std::string_view name, PreparedPtr prepared) {
  const Limits& limits = worker_.limits();
  if (prepared_.size() >= limits.preparedStatements)
    return limitError("prepared statements", limits.preparedStatements);
  const std::size_t bytes = bytesOf(*prepared);
  if (preparedBytes_ + bytes > limits.statementTextBytes) {
    return base::Error{base::ErrorCode::programLimit, "the texts of this session's prepared statements are too long"};
  }
  SCRIM_CHECK_OK(holdMemory(bytes));
  prepared->bytes = bytes;
  preparedBytes_ += bytes;
  prepared_.emplace(name, std::move(prepared));
  return {};
}

void Session::forget(std::string_view name) {
  const auto found = prepared_.find(std::string(name));
  if (found == prepared_.end()) return;
  preparedBytes_ -= found->second->bytes;
  prepared_.erase(found);
}

Session::Step Session::parseMessage(std::string_view body) {
  SCRIM_TRY(const ParseMessage message, readParse(body));
  failedText_ = message.text;
  if (!message.name.empty() && prepared_.contains(std::string(message.name))) {
    return base::Error{base::ErrorCode::duplicateStatement,
                       "prepared statement \"" + std::string(message.name) + "\" already exists"};
  }
  if (message.name.empty() && sameAsUnnamed(message)) {
    writeParseComplete(channel_.out());
    return Progress::done;
  }
  if (message.name.empty()) unnamed_ = nullptr;
  SCRIM_TRY(PreparedPtr prepared, prepareText(message.text, message.types));
  if (message.name.empty()) {
    unnamed_ = std::move(prepared);
  } else {
    SCRIM_CHECK_OK(remember(message.name, std::move(prepared)));
  }
  writeParseComplete(channel_.out());
  return Progress::done;
}

/// Many drivers send the same text again and again: then nothing has to be done but to say so.
bool Session::sameAsUnnamed(const ParseMessage& message) {
  if (!unnamed_ || !unnamed_->isSelect() || unnamed_->text != message.text || unnamed_->types != message.types) {
    return false;
  }
  if (link_.failed() || !beginStatement().ok() || !isCurrent(*unnamed_)) return false;
  unnamed_->described = nullptr;
  return true;
}

base::Result<Session::PreparedPtr> Session::findPrepared(std::string_view name) const {
  if (name.empty()) {
    if (unnamed_) return unnamed_;
    return base::Error{base::ErrorCode::invalidStatementName, "unnamed prepared statement does not exist"};
  }
  const auto found = prepared_.find(std::string(name));
  if (found != prepared_.end()) return found->second;
  return base::Error{base::ErrorCode::invalidStatementName,
                     "prepared statement \"" + std::string(name) + "\" does not exist"};
}

base::Result<void> Session::renew(Prepared& prepared) {
  if (!prepared.planned.cached) return {};
  if (isCurrent(prepared)) return {};
  SCRIM_TRY(prepared.planned, planner_.planAgain(prepared.text, prepared.types));
  prepared.version = planner_.version();
  prepared.contextKey = planner_.contextKey();
  return {};
}

Session::Step Session::bindMessage(std::string_view body) {
  SCRIM_CHECK_OK(readBind(body, bind_));
  SCRIM_TRY(PreparedPtr prepared, findPrepared(bind_.statement));
  failedText_ = prepared->text;
  SCRIM_CHECK_OK(beginStatement());
  const bool endsTransaction = prepared->kind == resolve::StatementKind::transaction;
  if (!endsTransaction) SCRIM_CHECK_OK(checkNotFailed());
  SCRIM_CHECK_OK(renew(*prepared));
  const int expected = prepared->isSelect() ? prepared->planned.query().clientParameters : -1;
  if (expected >= 0 && static_cast<std::size_t>(expected) != bind_.parameters.size()) {
    return protocolError("bind message supplies " + std::to_string(bind_.parameters.size()) +
                         " parameters, but prepared statement \"" + std::string(bind_.statement) + "\" requires " +
                         std::to_string(expected));
  }
  const std::string_view name = bind_.portal;
  if (name.empty()) {
    link_.closePortal({});
  } else if (findPortal(name) != nullptr) {
    return base::Error{base::ErrorCode::duplicateCursor, "cursor \"" + std::string(name) + "\" already exists"};
  } else if (portals_.size() >= worker_.limits().portals) {
    return limitError("portals", worker_.limits().portals);
  }
  const std::size_t bytes = bind_.rawParameters.size() - (name.empty() ? unnamedPortal_.values.size() : 0);
  if (portalBytes_ + bytes > worker_.limits().portalBytes) {
    return base::Error{base::ErrorCode::programLimit, "the values of this session's portals are too long"};
  }
  SCRIM_CHECK_OK(holdMemory(bytes));
  portalBytes_ += bytes;
  if (name.empty()) hasUnnamedPortal_ = true;
  Portal& portal = name.empty() ? unnamedPortal_ : portals_[std::string(name)];
  portal.prepared = std::move(prepared);
  portal.formats = bind_.rawParameterFormats;
  portal.values = bind_.rawParameters;
  portal.valueCount = static_cast<std::uint16_t>(bind_.parameters.size());
  portal.resultFormats = bind_.rawResultFormats;
  portal.state = Portal::State::bound;
  writeBindComplete(channel_.out());
  return Progress::done;
}

asio::awaitable<Session::Step> Session::describeMessage(std::string_view body) {
  const auto message = readNamed(body);
  if (!message.ok()) co_return message.error();
  if (auto begun = beginStatement(); !begun.ok()) co_return std::move(begun).error();
  if (message->portal) co_return co_await describePortal(message->name);
  co_return co_await describeStatement(message->name);
}

asio::awaitable<base::Result<push::DescriptionPtr>> Session::descriptionOf(Prepared& prepared) {
  if (auto renewed = renew(prepared); !renewed.ok()) co_return std::move(renewed).error();
  auto description = co_await columnsOf(prepared.planned.cached->statement);
  if (description.ok()) prepared.described = *description;
  co_return description;
}

asio::awaitable<base::Result<push::DescriptionPtr>> Session::columnsOf(push::StatementPtr statement) {
  if (push::DescriptionPtr known = statement->description()) co_return known;
  needsSync_ = true;
  co_return co_await link_.describe(statement, {});
}

asio::awaitable<Session::Step> Session::describeStatement(std::string_view name) {
  const auto prepared = findPrepared(name);
  if (!prepared.ok()) co_return prepared.error();
  failedText_ = (*prepared)->text;
  if (!(*prepared)->isSelect()) {
    writeParameterDescription(channel_.out(), (*prepared)->types);
    if ((*prepared)->command) co_return co_await describeCommand(*(*prepared)->command, {});
    writeNoData(channel_.out());
    co_return Progress::done;
  }
  if (auto open = checkNotFailed(); !open.ok()) co_return std::move(open).error();
  const auto description = co_await descriptionOf(**prepared);
  if (!description.ok()) co_return description.error();
  channel_.out() += (*description)->parameterDescription();
  channel_.out() += (*description)->rowDescription();
  co_return Progress::done;
}

asio::awaitable<Session::Step> Session::describePortal(std::string_view name) {
  const Portal* portal = findPortal(name);
  if (portal == nullptr) co_return co_await describeCursor(name);
  Prepared& prepared = *portal->prepared;
  failedText_ = prepared.text;
  if (!prepared.isSelect()) {
    if (prepared.command) co_return co_await describeCommand(*prepared.command, portal->resultFormats);
    writeNoData(channel_.out());
    co_return Progress::done;
  }
  if (auto open = checkNotFailed(); !open.ok()) co_return std::move(open).error();
  const auto description = co_await descriptionOf(prepared);
  if (!description.ok()) co_return description.error();
  (*description)->appendRowDescription(channel_.out(), portal->resultFormats);
  co_return Progress::done;
}

asio::awaitable<Session::Step> Session::executeMessage(std::string_view body) {
  const auto message = readExecute(body);
  if (!message.ok()) co_return message.error();
  Portal* portal = findPortal(message->portal);
  if (portal == nullptr) {
    co_return base::Error{base::ErrorCode::invalidCursorName,
                          "portal \"" + std::string(message->portal) + "\" does not exist"};
  }
  failedText_ = portal->prepared->text;
  const std::uint32_t maxRows = message->maxRows > 0 ? static_cast<std::uint32_t>(message->maxRows) : 0;
  co_return co_await executePortal(*portal, message->portal, maxRows);
}

asio::awaitable<Session::Step> Session::executePortal(Portal& portal, std::string_view name, std::uint32_t maxRows) {
  // The portal may be dropped by the command it runs (COMMIT, DISCARD ALL): what is needed later is kept here.
  const PreparedPtr prepared = portal.prepared;
  if (!prepared->kind) {
    writeEmptyQueryResponse(channel_.out());
    co_return Progress::done;
  }
  if (auto begun = beginStatement(); !begun.ok()) co_return std::move(begun).error();
  if (prepared->kind != resolve::StatementKind::transaction) {
    if (auto open = checkNotFailed(); !open.ok()) co_return std::move(open).error();
  }
  Asked asked{prepared->text, prepared->text, false, nextIsSync(), portal.arguments(), prepared->types};
  if (!prepared->isSelect()) {
    if (portal.state == Portal::State::done) co_return runAgain(*prepared->command, name);
    portal.state = Portal::State::done;
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the portal may end within the command
    const Portal kept = portal;
    asked.arguments = kept.arguments();
    co_return co_await runPreparedCommand(*prepared, asked);
  }
  if (portal.state == Portal::State::done) {
    writeCommandComplete(channel_.out(), "SELECT 0");
    co_return Progress::done;
  }
  if (portal.state == Portal::State::suspended) co_return co_await resumePortal(portal, name, maxRows, asked);
  if (auto renewed = renew(*prepared); !renewed.ok()) co_return std::move(renewed).error();
  asked.described = prepared->described;
  const push::Outcome outcome = co_await runPlanned(prepared->planned, asked, name, maxRows);
  noteEnd(portal, *prepared, outcome);
  co_return conclude(outcome, prepared->text);
}

/// A command is carried out once for a portal; what has shown rows has no more.
Session::Step Session::runAgain(const Command& command, std::string_view portal) {
  std::string_view tag;
  if (std::holds_alternative<ShowCommand>(command) || std::holds_alternative<ExplainCommand>(command)) {
    tag = tagOf(command);
  }
  if (std::holds_alternative<FetchCommand>(command)) tag = "FETCH 0";
  if (std::holds_alternative<ExecuteCommand>(command)) tag = "SELECT 0";
  if (tag.empty()) {
    base::Error error{base::ErrorCode::invalidCursorName, "portal \"" + std::string(portal) + "\" cannot be run"};
    error.sqlstate = "55000";
    return error;
  }
  writeCommandComplete(channel_.out(), tag);
  return Progress::done;
}

void Session::noteEnd(Portal& portal, const Prepared& prepared, const push::Outcome& outcome) {
  const bool suspended = outcome.kind == push::Outcome::Kind::suspended;
  portal.state = suspended ? Portal::State::suspended : Portal::State::done;
  if (suspended) portal.opened = prepared.planned;
}

asio::awaitable<Session::Step> Session::resumePortal(Portal& portal, std::string_view name, std::uint32_t maxRows,
                                                     const Asked& asked) {
  const Prepared& prepared = *portal.prepared;
  // Against the rules that it was opened under: those of today are checked before its rows go out.
  if (auto started = startRecord(portal.opened, asked); !started.ok()) co_return std::move(started).error();
  watchStatement();
  needsSync_ = needsSync_ || !asked.sync;
  push::Outcome outcome = co_await link_.resume(name, maxRows, asked.sync, *this);
  outcome = closeRun(std::move(outcome), prepared.text);
  if (outcome.kind != push::Outcome::Kind::suspended) portal.state = Portal::State::done;
  co_return conclude(outcome, prepared.text);
}

asio::awaitable<Session::Step> Session::runPreparedCommand(const Prepared& prepared, const Asked& asked) {
  const auto statement = parse::parseOne(prepared.text);
  if (!statement.ok()) co_return statement.error();
  co_return co_await runCommand(*statement, *prepared.command, asked);
}

Session::Step Session::closeMessage(std::string_view body) {
  SCRIM_TRY(const NamedMessage message, readNamed(body));
  if (message.portal) {
    link_.closePortal(message.name);
    if (message.name.empty()) {
      hasUnnamedPortal_ = false;
    } else {
      if (const Portal* portal = findPortal(message.name)) portalBytes_ -= portal->values.size();
      portals_.erase(std::string(message.name));
    }
  } else if (message.name.empty()) {
    unnamed_ = nullptr;
  } else {
    forget(message.name);
  }
  writeCloseComplete(channel_.out());
  return Progress::done;
}

}  // namespace scrim::gateway
