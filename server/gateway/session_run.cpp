// SPDX-License-Identifier: Apache-2.0
// How a session runs one statement: recorded before, while and after.
#include "server/gateway/session.h"

namespace scrim::gateway {
namespace {

using Clock = std::chrono::steady_clock;

/// A statement that meets a change of rules every time is given up: a long one after a few runs, a short one after
/// many.
bool isGivenUp(int runs, Clock::time_point begun) {
  constexpr int kRunsOfLong = 5, kRunsOfShort = 20;
  constexpr std::chrono::seconds kShort{10};  // all runs together
  return runs >= kRunsOfShort || (runs >= kRunsOfLong && Clock::now() - begun > kShort);
}

audit::Outcome outcomeOf(const push::Outcome& outcome) {
  using Kind = push::Outcome::Kind;
  switch (outcome.kind) {
    case Kind::complete:
    case Kind::empty:
      return audit::Outcome::completed;
    case Kind::suspended:
      return audit::Outcome::suspended;
    case Kind::failed:
      break;
  }
  switch (outcome.failure->error.code) {
    case base::ErrorCode::queryCanceled:
      return audit::Outcome::canceled;
    case base::ErrorCode::connectionLost:
      return audit::Outcome::disconnected;
    default:
      return audit::Outcome::failed;
  }
}

/// The values of a Bind message, for the record.
void takeParameters(const push::Arguments& arguments, std::vector<audit::Parameter>& parameters) {
  parameters.clear();
  FieldReader values(arguments.values);
  FieldReader formats(arguments.formats);
  bool binary = false;
  for (std::size_t i = 0; i < arguments.valueCount && i < audit::kMaxParameters; ++i) {
    if (arguments.formats.size() > 2 * i) binary = formats.int16() == 1;
    const std::int32_t length = values.int32();
    if (length < 0) {
      parameters.push_back({});
    } else {
      parameters.push_back({values.bytes(static_cast<std::size_t>(length)), binary});
    }
  }
}

push::Outcome failedWith(base::Error error) {
  push::Outcome outcome;
  outcome.kind = push::Outcome::Kind::failed;
  outcome.failure = std::make_unique<push::Failure>();
  outcome.failure->error = std::move(error);
  return outcome;
}

}  // namespace

base::Result<void> Session::beginStatement() {
  SCRIM_CHECK_OK(planner_.refresh());
  if (settingsSeen_ != settings_.revision()) SCRIM_CHECK_OK(applySettings());
  if (planner_.subjectKey() != factsSubject_) renderFacts();
  return {};
}

base::Result<void> Session::applySettings() {
  SCRIM_CHECK_OK(planner_.setProject(settings_.value("scrim.project")));
  settingsSeen_ = settings_.revision();
  if (settings_.value("application_name") != factsApplication_) renderFacts();
  planner_.setSearchPath(settings_.value("search_path"));
  postgres::SessionSettingsPtr travelling = postgres::SessionSettings::defaults();
  for (const std::string_view name : {"TimeZone", "DateStyle", "IntervalStyle", "extra_float_digits", "bytea_output"}) {
    auto changed = travelling->with(name, settings_.value(name));
    if (changed.ok()) travelling = std::move(changed).value();
  }
  link_.setSettings(std::move(travelling));
  return {};
}

void Session::renderFacts() {
  factsApplication_ = settings_.value("application_name");
  factsSubject_ = planner_.subjectKey();
  facts_ = audit::renderSession({.user = identity_.user(),
                                 .userId = identity_.userId(),
                                 .session = id_,
                                 .client = channel_.transport().peer(),
                                 .application = factsApplication_,
                                 .project = settings_.value("scrim.project"),
                                 .purposes = planner_.purposes()});
}

base::Result<void> Session::checkNotFailed() const {
  if (!link_.failed()) return {};
  return base::Error{base::ErrorCode::inFailedTransaction,
                     "current transaction is aborted, commands ignored until end of transaction block"};
}

void Session::refuse(const base::Error& error, std::string_view text) {
  recordRefusal(error, text);
  fail(error, text);
}

void Session::recordRefusal(const base::Error& error, std::string_view text) {
  // Nothing was served, so a journal that cannot take this record stops nobody: the next statement finds it broken.
  const auto snapshot = planner_.snapshot() ? planner_.version() : base::SnapshotVersion{};
  [[maybe_unused]] const auto ticket = worker_.services().journal->refused({.session = facts_,
                                                                            .text = text,
                                                                            .sqlstate = base::sqlstateOf(error),
                                                                            .reason = error.message,
                                                                            .snapshot = snapshot});
}

base::Result<void> Session::startRecord(const Planned& planned, const Asked& asked) {
  takeParameters(asked.arguments, parameters_);
  SCRIM_TRY(
      active_.ticket,
      worker_.services().journal->started(
          {.session = facts_, .statement = planned.cached->facts, .text = asked.text, .parameters = parameters_}));
  active_.planned = &planned;
  active_.text = asked.own;
  active_.types = asked.types;
  active_.validAt = planned.query().snapshot;
  active_.mark = channel_.out().size();
  active_.rowsLeft = false;
  active_.alone = !link_.inTransaction() && !inImplicitBlock_ && !ranSinceSync_ && cursors_.empty();
  active_.resultFormats = asked.arguments.resultFormats;
  active_.begun = Clock::now();
  return {};
}

base::Result<void> Session::startLocalRecord(const Asked& asked) {
  static const audit::Fragment facts = audit::renderStatement({.decision = "local", .route = "gateway"});
  SCRIM_TRY(active_.ticket,
            worker_.services().journal->started({.session = facts_, .statement = facts, .text = asked.own}));
  active_.mark = channel_.out().size();
  active_.rowsLeft = false;
  active_.begun = Clock::now();
  return {};
}

void Session::finishLocalRecord(const base::Error* error) {
  finishRecord(error != nullptr ? failedWith(*error) : push::Outcome{});
}

base::Result<void> Session::ensureRecorded() {
  audit::Journal& journal = *worker_.services().journal;
  if (journal.written(active_.ticket)) return {};
  return journal.flush(active_.ticket);
}

void Session::finishRecord(const push::Outcome& outcome) {
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - active_.begun);
  const push::Failure* failure = outcome.failure.get();
  // A journal that breaks now keeps the record for later; the next statement is refused.
  [[maybe_unused]] const auto ticket = worker_.services().journal->finished(
      {.started = active_.ticket,
       .rows = outcome.rows,
       .bytes = outcome.bytes,
       .microseconds = static_cast<std::uint64_t>(elapsed.count()),
       .outcome = outcomeOf(outcome),
       .sqlstate = failure != nullptr ? base::sqlstateOf(failure->error) : std::string_view(),
       .sourceError = failure != nullptr ? std::string_view(failure->sourceText) : std::string_view()});
}

push::Outcome Session::closeRun(push::Outcome outcome, std::string_view text) {
  if (active_.planned == nullptr) return outcome;  // it ended before it began
  if (outcome.failure && outcome.failure->error.position && active_.planned->cached->text != text) {
    std::size_t& position = *outcome.failure->error.position;
    position = StatementPlanner::positionIn(text, *active_.planned, position);
  }
  // One look for the common case, one write of the journal for all statements that wait for it.
  if (auto recorded = ensureRecorded(); !recorded.ok()) {
    if (!active_.rowsLeft) channel_.out().resize(active_.mark);
    link_.markFailed();
    outcome = failedWith(std::move(recorded).error());
  }
  finishRecord(outcome);
  active_.planned = nullptr;
  statementDeadline_ = nextHangUpCheck_ = kNever;
  return outcome;
}

base::Result<void> Session::startRun(const Planned& planned, const Asked& asked, std::string_view portal,
                                     std::uint32_t maxRows) {
  SCRIM_CHECK_OK(startRecord(planned, asked));
  watchStatement();
  lifted_.assign(planned.literals.begin(), planned.literals.end());
  run_ = {planned.cached->statement, asked.arguments, portal, maxRows, asked.sync, asked.describe, asked.described};
  run_.arguments.lifted = lifted_;
  needsSync_ = needsSync_ || !asked.sync;
  ranSinceSync_ = !asked.sync;
  return {};
}

bool Session::mayRunAgain(const push::Outcome& outcome) const {
  return outcome.failure && outcome.failure->error.code == base::ErrorCode::policyChanged && active_.alone &&
         !active_.rowsLeft;
}

asio::awaitable<void> Session::runAgain(push::Outcome& outcome, Planned& planned, const Asked& asked) {
  const Clock::time_point begun = active_.begun;
  const Ticks deadline = statementDeadline_;  // of all runs together
  for (int runs = 1; mayRunAgain(outcome) && !isGivenUp(runs, begun); ++runs) {
    channel_.out().resize(active_.mark);  // rows of the old rules
    active_.copyBegun = false;
    closeRun(std::move(outcome), asked.text);
    ranSinceSync_ = false;
    auto again = planner_.planAgain(asked.own, asked.types);
    if (!again.ok()) {
      recordRefusal(again.error(), asked.own);
      outcome = failedWith(std::move(again).error());
      co_return;
    }
    planned = std::move(again).value();
    if (auto started = startRun(planned, asked, run_.portal, run_.maxRows); !started.ok()) {
      outcome = failedWith(std::move(started).error());
      co_return;
    }
    statementDeadline_ = deadline;
    outcome = co_await link_.run(run_, *this);
  }
}

asio::awaitable<push::Outcome> Session::runPlanned(Planned& planned, const Asked& asked, std::string_view portal,
                                                   std::uint32_t maxRows) {
  if (auto started = startRun(planned, asked, portal, maxRows); !started.ok()) {
    co_return failedWith(std::move(started).error());
  }
  push::Outcome outcome = co_await link_.run(run_, *this);
  if (mayRunAgain(outcome)) co_await runAgain(outcome, planned, asked);
  co_return closeRun(std::move(outcome), asked.text);
}

Session::Step Session::conclude(const push::Outcome& outcome, std::string_view text) {
  using Kind = push::Outcome::Kind;
  switch (outcome.kind) {
    case Kind::complete:
      writeCommandComplete(channel_.out(), outcome.tag);
      break;
    case Kind::empty:
      writeEmptyQueryResponse(channel_.out());
      break;
    case Kind::suspended:
      writePortalSuspended(channel_.out());
      break;
    case Kind::failed:
      fail(outcome.failure->error, text);
      return Progress::failed;
  }
  return Progress::done;
}

asio::awaitable<void> Session::syncLink() {
  if (!needsSync_) co_return;
  needsSync_ = ranSinceSync_ = false;
  if (const auto synced = co_await link_.sync(); !synced.ok()) fail(synced.error(), {});
}

void Session::watchStatement() {
  std::int64_t timeout = settings_.statementTimeout();
  const std::int64_t most = worker_.limits().statementTimeout.count();
  if (most != 0 && (timeout == 0 || timeout > most)) timeout = most;
  statementDeadline_ = worker_.deadlineIn(std::chrono::milliseconds(timeout));
  nextHangUpCheck_ = worker_.now() + 1000;
}

}  // namespace scrim::gateway
