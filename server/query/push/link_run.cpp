// SPDX-License-Identifier: Apache-2.0
// One statement from its first byte sent to its last reply: sending, relaying, trying again on a fresh connection.
#include <array>
#include <charconv>

#include "server/query/push/link_state.h"

namespace scrim::push {
namespace {

namespace reply = postgres::reply;
constexpr int kMostAttempts = 8;

base::Error resultTypeChanged() {
  return {base::ErrorCode::notSupported, "cached plan must not change result type; prepare the statement again"};
}

std::unique_ptr<Failure> failureOf(base::Error error) {
  return std::make_unique<Failure>(Failure{std::move(error), {}, false});
}

base::Error evicted() {
  return {base::ErrorCode::connectionLost, "the connection to the data source was given up; run the statement again"};
}

bool wasEvicted(const postgres::Turn* turn) { return turn != nullptr && !turn->queued(); }

}  // namespace

/// What the source does first when it comes to the statement itself.
ErrorPhase Link::firstPhase(const Exchange& exchange) {
  return exchange.parsing || exchange.what == Exchange::What::oneOff ? ErrorPhase::parse
         : exchange.what == Exchange::What::resume                   ? ErrorPhase::execute
                                                                     : ErrorPhase::bind;
}

/// Marks a Link as running from acquiring a connection to the end of the reply, so that cancel() knows its target.
class Link::Running {
 public:
  Running(Link& link, Upstream& upstream) : link_(link) {
    link_.running_ = &upstream;
    link_.waiting_.reset();
  }
  ~Running() {
    link_.running_ = nullptr;
    if (!link_.cancelReason_) return;
    if (!keepsCancel_) link_.cancelReason_.reset();
    link_.cancelTimer_.cancel();
  }
  /// The request came too late for this exchange, and meant the statement: the next exchange meets it.
  void keepCancel() { keepsCancel_ = true; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Link& link_;
  bool keepsCancel_ = false;
};

void Link::appendPreliminaries(Exchange& exchange) {
  Upstream& upstream = *exchange.upstream;
  postgres::UpstreamConnection& connection = exchange.connection();
  if (!upstream.unsynced && connection.settings() != settings_) {
    connection.writer().query(settings_->changesFrom(connection.settings().get()));
    connection.rememberSettings(settings_);
    upstream.settingsSetInside |= upstream.share.joined();
    ++exchange.preliminaries;
  }
  if (!transaction_.open()) return;
  const std::string commands = transaction_.takeCommands(upstream.share);
  if (commands.empty()) return;
  connection.writer().query(commands);
  ++exchange.preliminaries;
}

void Link::appendStatement(Exchange& exchange) {
  postgres::UpstreamConnection& connection = exchange.connection();
  std::string& out = connection.out();
  postgres::MessageWriter writer(out);
  const Statement& statement = *exchange.statement;
  std::string name;
  connection.appendStatementName(name, statement.id());
  const auto prepareOnce = [&] {
    if (connection.isPrepared(statement.id())) return;
    connection.notePrepared(statement.id());
    exchange.parsing = true;
    exchange.preparedAs = connection.preparedAs(statement.id());
    if (connection.hasFirstSettings()) {
      out += statement.parseAndDescribe();
      return;
    }
    writer.parse(name, statement.query().sql, statement.query().parameterTypes);
    writer.describeStatement(name);
  };
  switch (exchange.what) {
    case Exchange::What::prepared:
      prepareOnce();
      appendBind(out, exchange.remotePortal, name, statement.query(), *exchange.arguments);
      writer.execute(exchange.remotePortal, exchange.maxRows);
      break;
    case Exchange::What::resume:
      writer.execute(exchange.remotePortal, exchange.maxRows);
      break;
    case Exchange::What::describe:
      prepareOnce();
      break;
    case Exchange::What::oneOff:
      if (exchange.arguments) {
        writer.parse("", exchange.sql, statement.query().parameterTypes);
        appendBind(out, "", "", statement.query(), *exchange.arguments);
      } else {
        writer.parse("", exchange.sql, {});
        writer.bindNothing(exchange.resultFormats);
      }
      writer.execute("", 0);
      break;
  }
  if (exchange.turn) return;  // a Sync follows the last of its group
  exchange.sync ? writer.sync() : writer.flush();
}

asio::awaitable<Outcome> Link::execute(Exchange exchange, ResultSink* sink) {
  if (cancelReason_) {
    const base::Error reason = *std::exchange(cancelReason_, std::nullopt);
    if (exchange.sync && anyUnsynced()) {
      [[maybe_unused]] const auto ended = co_await sync();  // the statement has failed in any case
    }
    co_return failedOutcome(reason);
  }
  Running running(*this, *exchange.upstream);
  Upstream& upstream = *exchange.upstream;
  for (int attempt = 1;; ++attempt) {
    exchange.begun = std::chrono::steady_clock::now();
    if (attempt == 1 && sink && !sink->mustAdmit() && join(exchange)) {
      while (waitsForTurn()) co_await turn_.wait();
      // A cancel that came while it waited could not be sent: it would have hit the statement in front.
      if (cancelReason_ && turn_.queued()) abandon(exchange, *cancelReason_);
    } else {
      exchange.newlyLeased = !upstream.lease;
      if (!upstream.lease) upstream.lease = upstream.pool->tryAcquire(upstream.places);
      if (!upstream.lease) co_await acquire(exchange);
      if (upstream.lease && !start(exchange)) co_await sendRest(exchange);
    }
    if (sink && sink->mustAdmit() && !exchange.admitted && !exchange.finished) {
      exchange.admitted = true;
      if (auto admitted = co_await sink->admit(); !admitted.ok()) abandon(exchange, admitted.error());
    }
    while (!exchange.finished && !wasEvicted(exchange.turn)) {
      if (advance(exchange, sink)) {
        if (exchange.turn) exchange.turn->evictFollowers();
        if (auto drained = co_await sink->drain(); !drained.ok()) abandon(exchange, drained.error());
      } else if (!exchange.finished && !receive(exchange)) {
        co_await exchange.connection().waitToRead();
      }
    }
    if (wasEvicted(exchange.turn) && !exchange.finished) lose(exchange, evicted());
    if (!shouldRetry(exchange, attempt)) break;
    forgetAttempt(exchange);
  }
  finish(exchange, sink);
  if (exchange.what == Exchange::What::describe && exchange.outcome.ok()) running.keepCancel();
  if (exchange.sync && anyUnsynced()) {
    if (auto synced = co_await sync(); !synced.ok() && exchange.outcome.ok()) co_return failedOutcome(synced.error());
  }
  co_return std::move(exchange.outcome);
}

/// Reading again does no harm, as long as the client has seen nothing and nothing was tied to the lost connection.
bool Link::shouldRetry(const Exchange& exchange, int attempt) const {
  if (!exchange.newlyLeased || exchange.handedOver || cancelReason_ || attempt >= kMostAttempts) return false;
  if (exchange.sourceFailure) return isStale(*exchange.sourceFailure);
  if (exchange.turn && exchange.turn->evicted()) return true;
  return exchange.lost && !exchange.connection().fresh();
}

/// Idle connections that are as dead as the one just met are closed with it.
void Link::forgetAttempt(Exchange& exchange) {
  if (exchange.turn) {
    forgetTurn(exchange);
  } else {
    loseConnection(*exchange.upstream);
  }
  if (exchange.lost) exchange.upstream->pool->dropDead();
  exchange.preliminaries = 0;
  exchange.parsing = exchange.finished = exchange.lost = exchange.discarding = false;
  exchange.ownFailure.reset();
  exchange.sourceFailure.reset();
  exchange.phase = ErrorPhase::preliminary;
}

asio::awaitable<void> Link::acquire(Exchange& exchange) {
  Upstream& upstream = *exchange.upstream;
  auto lease = co_await upstream.pool->acquire(acquireLimit_, waiting_, upstream.places);
  if (lease.ok()) {
    upstream.lease = std::move(*lease);
    co_return;
  }
  exchange.ownFailure = cancelReason_ ? *cancelReason_ : lease.error();
  exchange.finished = true;
}

/// Writes the statement with all that goes in front of it. False: the socket did not take everything.
bool Link::start(Exchange& exchange) {
  appendPreliminaries(exchange);
  appendStatement(exchange);
  if (exchange.preliminaries == 0) exchange.phase = firstPhase(exchange);
  return exchange.connection().trySend(exchange.statement->bindsPolicyValues());
}

asio::awaitable<void> Link::sendRest(Exchange& exchange) {
  auto sent = co_await exchange.connection().send(exchange.statement->bindsPolicyValues());
  if (!sent.ok()) lose(exchange, sent.error());
}

void Link::lose(Exchange& exchange, base::Error reason) {
  exchange.ownFailure = std::move(reason);
  exchange.lost = exchange.finished = true;
}

/// False: nothing there, wait.
bool Link::receive(Exchange& exchange) {
  auto received = exchange.connection().tryReceive();
  if (!received.ok()) lose(exchange, received.error());
  return !received.ok() || *received;
}

/// Takes all that has been received. True: the sink wants to be drained before more.
bool Link::advance(Exchange& exchange, ResultSink* sink) {
  postgres::UpstreamConnection& connection = exchange.connection();
  while (!exchange.finished) {
    std::uint64_t count = 0;
    if (connection.frontType() == reply::kDataRow && exchange.preliminaries == 0) {
      if (const std::string_view rows = connection.nextRows(count); !rows.empty()) {
        if (passRows(exchange, rows, count, sink)) return true;
        continue;
      }
    }
    const postgres::MessageView message = connection.next();
    if (message.type == 0) return false;
    take(exchange, message, sink);
  }
  return false;
}

/// True: the sink wants to be drained.
bool Link::passRows(Exchange& exchange, std::string_view rows, std::uint64_t count, ResultSink* sink) {
  if (exchange.discarding) return false;
  if (!sink) {
    abandon(exchange, unexpected(reply::kDataRow));
    return false;
  }
  if (!beforeHandingOver(exchange, sink)) return false;
  exchange.outcome.rows += count;
  exchange.outcome.bytes += rows.size();
  return sink->rows(rows, count);
}

/// What must hold before anything of a reply goes to the client. False: the exchange was abandoned.
bool Link::beforeHandingOver(Exchange& exchange, ResultSink* sink) {
  if (auto valid = sink->stillValid(); !valid.ok()) {
    abandon(exchange, valid.error());
    return false;
  }
  if (exchange.handedOver) return true;
  if (exchange.described || exchange.wantsDescription) {
    const DescriptionPtr now = exchange.statement->description();
    if (!now || (exchange.described && exchange.described != now && *exchange.described != *now)) {
      abandon(exchange, resultTypeChanged());
      return false;
    }
    if (exchange.wantsDescription) sink->describe(*now);
  }
  exchange.handedOver = true;
  if (exchange.turn) exchange.turn->keep();
  return true;
}

/// Ends an exchange for a reason of ours. The source is told to stop; its connection is not used again, because what it
/// still sends belongs to nobody.
void Link::abandon(Exchange& exchange, base::Error reason) {
  exchange.ownFailure = std::move(reason);
  exchange.finished = true;
  if (exchange.turn && !exchange.turn->queued()) return;
  exchange.connection().cancel();
  if (exchange.turn) {
    exchange.turn->breakOff();
  } else {
    loseConnection(*exchange.upstream);
  }
}

void Link::finish(Exchange& exchange, ResultSink* sink) {
  Upstream& upstream = *exchange.upstream;
  Outcome& outcome = exchange.outcome;
  const bool wasTied = !exchange.newlyLeased && !exchange.turn;
  if (upstream.lease) {
    outcome.backendPid = upstream.lease->backendPid();
    upstream.unsynced = !exchange.sync;
    if (exchange.sync) upstream.skipping = false;
  }
  judge(exchange, sink);
  if (outcome.failure) {
    outcome.kind = Outcome::Kind::failed;
    transaction_.markFailed();
  }
  if (exchange.turn) return leaveTurn(exchange);
  if (exchange.standsAlone() && !exchange.parsing && outcome.ok()) notePace(exchange);
  if (upstream.lease && (exchange.lost || isOutOfStep(exchange))) loseConnection(upstream);
  if (outcome.failure) outcome.failure->transactionLost = wasTied && !upstream.lease;
  releaseIfFree(upstream);
}

/// From what came to what it means for the client.
void Link::judge(Exchange& exchange, ResultSink* sink) {
  Upstream& upstream = *exchange.upstream;
  Outcome& outcome = exchange.outcome;
  if (exchange.sourceFailure) {
    outcome.failure = failureOf(describeFailure(exchange, sink));
    outcome.failure->sourceText = exchange.sourceFailure->full();
    if (exchange.failurePhase == ErrorPhase::preliminary && upstream.lease) upstream.lease->rememberSettings(nullptr);
  } else if (exchange.ownFailure) {
    // A source that did not answer a cancel request in time has been cut off: to the client that is the cancel. Nor is
    // what was to be canceled run again because the rules changed at the same moment.
    const bool canceled =
        cancelReason_ && (exchange.lost || exchange.ownFailure->code == base::ErrorCode::policyChanged);
    outcome.failure = failureOf(canceled ? *cancelReason_ : std::move(*exchange.ownFailure));
  } else {
    exchange.connection().markUsed();
    if (exchange.holdsCursor) ++upstream.heldCursors;
    if (exchange.namesPortal) rememberPortal(exchange);
  }
}

/// The source's idea of the transaction must be ours.
bool Link::isOutOfStep(const Exchange& exchange) {
  if (!exchange.sync) return exchange.preliminaries > 0;
  const bool inside = exchange.connection().transactionStatus() != 'I';
  return exchange.preliminaries > 0 || inside != exchange.upstream->share.joined();
}

base::Error Link::describeFailure(Exchange& exchange, ResultSink* sink) {
  const postgres::SourceMessage& message = *exchange.sourceFailure;
  if (cancelReason_ && message.sqlstate == "57014") return *cancelReason_;
  const std::string auditId = sink ? sink->auditId() : exchange.auditId;
  return clientError(message, {exchange.statement->query(), exchange.failurePhase, exchange.sqlPrefix, auditId});
}

Outcome Link::failedOutcome(base::Error error) {
  transaction_.markFailed();
  Outcome outcome;
  outcome.kind = Outcome::Kind::failed;
  outcome.failure = failureOf(std::move(error));
  return outcome;
}

}  // namespace scrim::push
