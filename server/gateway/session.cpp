// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/session.h"

#include "server/catalog/project.h"
#include "server/gateway/durable.h"

namespace scrim::gateway {
namespace {

constexpr Ticks kHangUpCheckEvery = 1000;
/// Longer ones are counted while they are read.
constexpr std::size_t kSmallMessage = 64U << 10U;
constexpr std::size_t kHeaderBytes = 5;
/// What an idle session keeps for its next statement.
constexpr std::size_t kKeptParameters = 64;
constexpr std::size_t kKeptValueBytes = 1024;

push::ConnectionDirectory directoryOf(Worker& worker, const StatementPlanner& planner) {
  return
      [&worker, &planner](base::ConnectionId id) { return worker.services().connectOptions(*planner.snapshot(), id); };
}

base::Error ended(base::ErrorCode code, std::string_view sqlstate, std::string message) {
  base::Error error{code, std::move(message)};
  error.sqlstate = sqlstate;
  return error;
}

base::Error memoryError(std::size_t most) {
  return {base::ErrorCode::outOfMemory,
          "the sessions of this user hold all of the " + std::to_string(most >> 20U) + " MiB that one user may have",
          {},
          "Close prepared statements, portals, cursors or sessions that are not needed any more."};
}

}  // namespace

Session::Session(Worker& worker, Channel& channel, identity::Session identity, std::shared_ptr<UserMemory> memory,
                 std::uint64_t id, std::string project)
    : worker_(worker),
      channel_(channel),
      identity_(std::move(identity)),
      id_(id),
      planner_(worker, identity_, project.empty() ? std::string(catalog::kNoProject) : project),
      link_(worker.io().get_executor(), worker.pools(), {identity_.user(), worker.limits().sourceSharePerUser},
            directoryOf(worker, planner_)),
      memory_(std::move(memory)) {
  settings_.describeSession(identity_.user(), project);
}

Session::~Session() { link_.reset(); }

base::Result<void> Session::applyStartup(const StartupRequest& request) {
  SCRIM_TRY(const auto options, readOptions(request.options));
  for (const auto& [name, value] : options) SCRIM_CHECK_OK(settings_.setAtStart(name, value));
  for (const auto& [name, value] : request.settings) SCRIM_CHECK_OK(settings_.setAtStart(name, value));
  renderFacts();
  const std::string& project = settings_.value("scrim.project");
  if (project.empty()) return {};
  SCRIM_CHECK_OK(planner_.refresh());
  SCRIM_CHECK_OK(planner_.chooseProject(project));
  planner_.forgetFreshness();
  return {};
}

asio::awaitable<void> Session::serve(std::uint32_t protocolVersion) {
  const auto key = worker_.shared().cancels.add(protocolVersion >= kProtocol32 ? 32 : 4,
                                                [canceller = link_.canceller()] { canceller->request(); });
  reportSettings();
  writeBackendKeyData(channel_.out(), key->processId(), key->secret());
  ready();
  while (!farewell_) {
    const auto result = readFrame(channel_.input(), phase_, messageLimits());
    if (!result.ok()) {
      farewell_ = result.error();
    } else if (result->frame && result->frame->verdict == Verdict::skip) {
      if (!co_await skip(*result->frame)) break;
    } else if (result->frame) {
      const Handled handled = handleNow(*result->frame);
      if (handled == Handled::end) break;
      if (handled == Handled::run) {
        push::Outcome outcome = co_await link_.run(run_, *this);
        if (mayRunAgain(outcome)) {
          co_await runAgain(outcome, fast_.prepared ? fast_.prepared->planned : fast_.found, fast_.asked);
        }
        endFastRun(std::move(outcome));
        planner_.forgetFreshness();
      } else if (handled == Handled::mustWait) {
        co_await handleWaiting(*result->frame);
        planner_.forgetFreshness();
      }
      channel_.consume(result->frame->size);
      incoming_ = 0;
      // A client that sends without reading is not read any further until it reads.
      if (channel_.out().size() <= worker_.limits().outputBytes) continue;
      if (!co_await channel_.flush()) break;
    } else {
      beIdle();
      bool more = channel_.tryFlush();
      if (!more) more = co_await channel_.flush();
      if (more) more = co_await readMore(result->wanted);
      beBusy();
      if (!more) break;
    }
  }
  sayFarewell();
}

asio::awaitable<void> Session::handleWaiting(Frame frame) {
  switch (frame.type) {
    case 'Q': {
      const auto query = readQuery(frame.body);
      co_await simpleQuery(query);
      break;
    }
    case 'F': {
      const base::Result<std::string_view> refused =
          base::Error{base::ErrorCode::notSupported, "function calls by the fast-path interface are not supported"};
      co_await simpleQuery(refused);
      break;
    }
    case 'S':
      co_await syncLink();
      synced();
      break;
    default:
      extendedEnded(co_await extendedMessage(frame));
      break;
  }
}

MessageLimits Session::messageLimits() const {
  return refusesLong_ ? MessageLimits{kSmallMessage, kSmallMessage} : worker_.limits().messages;
}

base::Result<void> Session::holdMemory(std::size_t more) {
  std::size_t bytes = preparedBytes_ + portalBytes_ + incoming_ + channel_.out().capacity() + more;
  if (unnamed_) bytes += bytesOf(*unnamed_);
  for (const auto& [name, cursor] : cursors_) bytes += cursor.text.size();
  const std::size_t most = worker_.limits().memoryPerUser;
  if (memory_.hold(bytes, most)) return {};
  return memoryError(most);
}

asio::awaitable<bool> Session::readMore(std::size_t wanted) {
  // What messageLimits() refuses, and nothing else: a message that was neither read nor skipped would be met for ever.
  incoming_ = wanted > kSmallMessage + kHeaderBytes ? wanted : 0;
  refusesLong_ = !holdMemory(0).ok();
  if (refusesLong_ && incoming_ > 0) {  // it is read past instead: skip()
    incoming_ = 0;
    co_return true;
  }
  co_return co_await channel_.fill(wanted);
}

asio::awaitable<bool> Session::skip(Frame frame) {
  beIdle();
  bool more = co_await channel_.flush();
  if (more) more = co_await channel_.discard(frame.size);
  beBusy();
  if (!more) co_return false;
  if (ruleFor(phase_, static_cast<std::uint8_t>(frame.type)).verdict == Verdict::drop) co_return true;
  const Limits& limits = worker_.limits();
  base::Error error =
      std::exchange(refusesLong_, false) ? memoryError(limits.memoryPerUser) : tooLong(frame, phase_, limits.messages);
  if (frame.type == 'Q' || frame.type == 'F') {
    const base::Result<std::string_view> unread = std::move(error);
    co_await simpleQuery(unread);
  } else {
    failedText_ = {};
    extendedEnded(std::move(error));
  }
  planner_.forgetFreshness();
  co_return true;
}

bool Session::nextIsSync() const {
  // The message being handled is still at the front of the input.
  const auto current = readFrame(channel_.input(), phase_, worker_.limits().messages);
  if (!current.ok() || !current->frame) return false;
  const std::string_view rest = channel_.input().substr(current->frame->size);
  return rest.size() >= 5 && rest.front() == 'S';
}

char Session::status() const {
  if (!link_.inTransaction()) return 'I';
  return link_.failed() ? 'E' : 'T';
}

void Session::ready() {
  reportSettings();
  writeReadyForQuery(channel_.out(), status());
}

void Session::reportSettings() {
  for (const auto& [name, value] : settings_.unreported()) writeParameterStatus(channel_.out(), name, value);
}

void Session::beIdle() {
  idle_ = true;
  link_.setBusy(false);
  const bool inTransaction = link_.inTransaction();
  std::chrono::milliseconds timeout = worker_.limits().idleTimeout;
  if (inTransaction) {
    timeout = worker_.limits().idleInTransactionTimeout;
    const std::chrono::milliseconds own(settings_.idleInTransactionTimeout());
    if (own.count() != 0 && (timeout.count() == 0 || own < timeout)) timeout = own;
  }
  channel_.deadline = worker_.deadlineIn(timeout);
}

void Session::beBusy() {
  idle_ = false;
  link_.setBusy(true);
  planner_.forgetFreshness();
  channel_.deadline = kNever;
}

void Session::onTick(Ticks now) {
  if (identity_.hasEnded() && !farewell_) {
    farewell_ = identity::tokenEnded();
    onStop(true);
    return;
  }
  if (idle_) releaseMemory();
  // What waits to be read counts against what is asked for next. It is bounded: nobody's session ends for it.
  [[maybe_unused]] const auto held = holdMemory(0);
  if (now > channel_.deadline) {
    if (idle_ && link_.inTransaction()) {
      farewell_ =
          ended(base::ErrorCode::shuttingDown, "25P03", "terminating connection due to idle-in-transaction timeout");
    } else if (idle_) {
      farewell_ = ended(base::ErrorCode::shuttingDown, "57P05", "terminating connection due to idle-session timeout");
    }
    channel_.interrupt();
  }
  if (idle_) return;
  if (now > statementDeadline_) {
    statementDeadline_ = kNever;
    link_.cancel({base::ErrorCode::queryCanceled, "canceling statement due to statement timeout"});
  }
  if (now > nextHangUpCheck_) {
    nextHangUpCheck_ = now + kHangUpCheckEvery;
    if (channel_.transport().isHungUp()) link_.cancel({base::ErrorCode::connectionLost, "the client has gone"});
  }
}

void Session::releaseMemory() {
  channel_.releaseOutput();
  // What one large Bind message needed is not kept for the next.
  if (bind_.parameters.capacity() > kKeptParameters) bind_ = {};
  if (parameters_.capacity() > kKeptParameters) parameters_ = {};
  if (!hasUnnamedPortal_ && unnamedPortal_.values.capacity() > kKeptValueBytes) {
    portalBytes_ -= unnamedPortal_.values.size();
    unnamedPortal_ = {};
  }
  if (lifted_.capacity() > kKeptParameters) lifted_ = {};
  if (fast_.found.literals.capacity() > kKeptParameters) fast_.found = {};
}

void Session::onStop(bool force) {
  if (!idle_ && !force) return;
  if (!farewell_) {
    farewell_ = base::Error{base::ErrorCode::shuttingDown, "terminating connection due to administrator command"};
  }
  if (!idle_) link_.cancel(*farewell_);
  channel_.interrupt();
}

void Session::sayFarewell() {
  if (farewell_) writeError(channel_.out(), *farewell_, Severity::fatal);
  // What a client that is sent away does not take at once is lost to it: nobody waits for it.
  channel_.tryFlush();
}

void Session::fail(const base::Error& error, std::string_view text) {
  writeError(channel_.out(), error, Severity::error, text);
  link_.markFailed();
}

void Session::transactionEnded() {
  dropPortals();
  std::erase_if(cursors_, [this](const auto& cursor) { return link_.cursorStatement(cursor.first) == nullptr; });
}

asio::awaitable<base::Result<void>> Session::admit() {
  co_return co_await durable(*worker_.services().journal, active_.ticket);
}

base::Result<void> Session::stillValid() {
  if (active_.copy != nullptr) SCRIM_CHECK_OK(active_.copy->intact());
  SCRIM_TRY(const catalog::SnapshotPtr now, worker_.services().snapshot());
  SCRIM_CHECK_OK(identity_.confirmed());
  const bool sameSubject = active_.planned->cached->subjectKey == planner_.subjectKey();
  if (now->version() == active_.validAt && sameSubject) return {};
  // The catalog changed while rows flow, or another project is acted under: they may go on if this statement would be
  // answered in just the same way.
  planner_.forgetFreshness();
  SCRIM_CHECK_OK(planner_.refresh());
  SCRIM_CHECK_OK(planner_.mayPlan());
  const auto again = planner_.planAgain(active_.text, active_.types);
  const base::Error changed{base::ErrorCode::policyChanged,
                            "the rules for this data have changed; run the statement again"};
  if (!again.ok()) return changed;
  const route::RoutedQuery& before = active_.planned->query();
  if (again->query().decisionDigest != before.decisionDigest || again->query().sql != before.sql) return changed;
  active_.validAt = now->version();
  return {};
}

void Session::describe(const push::Description& description) {
  if (active_.copy == nullptr) description.appendRowDescription(channel_.out(), active_.resultFormats);
}

bool Session::rows(std::string_view messages, std::uint64_t) {
  if (active_.copy != nullptr) {
    if (!active_.copyBegun) active_.copy->begin(channel_.out());
    active_.copyBegun = true;
    active_.copy->rows(messages, channel_.out());
  } else {
    channel_.out().append(messages);
  }
  return channel_.out().size() > worker_.limits().outputBytes;
}

asio::awaitable<base::Result<void>> Session::drain() {
  if (auto recorded = ensureRecorded(); !recorded.ok()) co_return recorded;
  channel_.deadline = worker_.deadlineIn(worker_.limits().writeTimeout);
  const bool sent = co_await channel_.flush();
  channel_.deadline = kNever;
  if (!sent) co_return base::Error{base::ErrorCode::connectionLost, "the client has gone"};
  active_.mark = 0;
  active_.rowsLeft = true;
  co_return base::Result<void>();
}

void Session::notice(const postgres::SourceMessage& message) {
  writeNotice(channel_.out(), message.severity, message.sqlstate, message.message);
}

std::string Session::auditId() { return worker_.services().journal->auditId(active_.ticket); }

}  // namespace scrim::gateway
