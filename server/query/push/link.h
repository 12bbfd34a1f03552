// SPDX-License-Identifier: Apache-2.0
// Link: a client session's way to the sources. It holds the upstream connections of the current transaction, portal or
// held cursor, and gives them back as soon as nothing ties the session to them.
//
// Threads: a Link, its session and its Pools live on one io_context's thread; only Canceller works from any thread.
// One call at a time: await its end. Errors come in Outcome::failure or Result, never as exceptions.
//
// Which call for what:
//   simple Query, or Bind + Execute(0) + Sync     run() with sync = true: one write up, one read, nothing held
//   Bind + Execute + more before Sync             run() with sync = false, then sync() when the client's Sync comes
//   Execute with a row limit                      run() with maxRows; when suspended: resume() of the same portal
//   Describe                                      describe(): from the cache, or one round trip
//   BEGIN, COMMIT, SAVEPOINT ..                   the calls below; BEGIN and savepoints travel with the next statement
//   DECLARE, FETCH, MOVE, CLOSE                   declare(), fetch(), move(), closeCursor()
// After a failed Outcome with sync = false, skip to the client's Sync and call sync().
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/id.h"
#include "common/base/result.h"
#include "server/query/push/bind.h"
#include "server/query/push/result_sink.h"
#include "server/query/push/source_errors.h"
#include "server/query/push/statement.h"
#include "server/query/push/transaction.h"
#include "server/sources/postgres/pool.h"

namespace scrim::push {

struct Run {
  StatementPtr statement;
  Arguments arguments;
  std::string_view portal = {};   // the client's portal name; empty: unnamed
  std::uint32_t maxRows = 0;      // 0: all
  bool sync = true;               // false: more of the client's batch follows before its Sync
  bool wantsDescription = false;  // simple protocol: ResultSink::describe() is called before the rows
  DescriptionPtr described = {};  // what the client was told before; if the source now says otherwise, the run fails
};

/// A failed statement: what the client is told, and what the source said.
struct Failure {
  base::Error error;       // rebuilt where the statement touches protected data; position: byte in the user's text
  std::string sourceText;  // the source's own words, for the audit record only; empty: the error is our own
  bool transactionLost = false;  // its connection is gone, and with it the transaction, portals and cursors there
};

struct Outcome {
  enum class Kind { complete, empty, suspended, failed } kind = Kind::complete;
  std::string tag = {};  // of CommandComplete, e.g. "SELECT 3"
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  int backendPid = 0;
  std::unique_ptr<Failure> failure = {};
  bool ok() const { return kind != Kind::failed; }
};

struct CursorOptions {
  enum class Scroll { unspecified, yes, no };
  Scroll scroll = Scroll::unspecified;
  bool hold = false;  // WITH HOLD: from COMMIT on it pins its connection to the session
  bool binary = false;
};

/// FETCH's and MOVE's direction, as the grammar knows it; count may be negative, as in SQL.
struct FetchDirection {
  enum class Kind { forward, backward, absolute, relative };
  Kind kind = Kind::forward;
  bool all = false;
  std::int64_t count = 1;
};

/// How a connection id becomes connect options, as of the session's snapshot. Called for each statement: keep it cheap,
/// and return the same pointer while nothing has changed.
using ConnectionDirectory = std::function<base::Result<postgres::ConnectOptionsPtr>(base::ConnectionId)>;

class Link;

/// Cancels what a Link is doing; may outlive it. Any thread.
class Canceller : public std::enable_shared_from_this<Canceller> {
 public:
  void request();

 private:
  friend class Link;
  Canceller(asio::any_io_executor executor, Link* link) : executor_(std::move(executor)), link_(link) {}
  asio::any_io_executor executor_;
  Link* link_;  // read and cleared on the owner's thread only
};

class Link {
 public:
  /// `holder`: whose sessions share a part of each source's connections.
  Link(asio::any_io_executor executor, postgres::Pools& pools, postgres::Holder holder, ConnectionDirectory directory);
  ~Link();  // what is still open at sources is closed with its connections
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// TimeZone, DateStyle and so on of the client's session, from its next statement on.
  void setSettings(postgres::SessionSettingsPtr settings) { settings_ = std::move(settings); }
  /// How long a statement waits for a free upstream connection.
  void setAcquireLimit(std::chrono::milliseconds limit) { acquireLimit_ = limit; }

  asio::awaitable<Outcome> run(const Run& run, ResultSink& sink);
  /// Goes on with a suspended portal; of a finished one: no rows. Errors: invalidCursorName (34000) if there is none.
  asio::awaitable<Outcome> resume(std::string_view portal, std::uint32_t maxRows, bool sync, ResultSink& sink);
  bool hasPortal(std::string_view portal) const;
  /// The client closed it; no traffic of its own.
  void closePortal(std::string_view portal);
  /// Parameter types and columns: from the cache, else asked of the source, which prepares the statement there as well.
  asio::awaitable<base::Result<DescriptionPtr>> describe(const StatementPtr& statement, std::string_view auditId);
  /// The client's Sync after runs with sync = false: ends the implicit transaction and its portals.
  asio::awaitable<base::Result<void>> sync();

  // Explicit transactions: always read-only. The client's status: inTransaction(), failed().
  base::Result<void> begin(Isolation isolation, bool deferrable);
  /// In a failed transaction: rolls back (the tag to send is ROLLBACK then).
  asio::awaitable<base::Result<void>> commit();
  asio::awaitable<base::Result<void>> rollback();
  base::Result<void> savepoint(std::string_view name);
  base::Result<void> rollbackTo(std::string_view name);
  base::Result<void> release(std::string_view name);
  bool inTransaction() const { return transaction_.open(); }
  bool failed() const { return transaction_.failed(); }
  /// A statement failed before it came here (a syntax error, say): the transaction has failed with it.
  void markFailed() { transaction_.markFailed(); }

  // SQL cursors. The statement must be a SELECT; its arguments are bound at once. `run.sync` as for run().
  asio::awaitable<Outcome> declare(std::string_view name, const CursorOptions& options, const Run& run,
                                   ResultSink& sink);
  /// `resultFormats` as in Arguments.
  asio::awaitable<Outcome> fetch(std::string_view name, const FetchDirection& direction, std::string_view resultFormats,
                                 bool sync, bool wantsDescription, ResultSink& sink);
  asio::awaitable<Outcome> move(std::string_view name, const FetchDirection& direction, bool sync, ResultSink& sink);
  asio::awaitable<base::Result<void>> closeCursor(std::string_view name);
  asio::awaitable<base::Result<void>> closeAllCursors();
  /// The statement of a cursor, nullptr if there is none.
  StatementPtr cursorStatement(std::string_view name) const;
  /// Declared BINARY: a simple FETCH yields binary columns.
  bool cursorIsBinary(std::string_view name) const;
  std::vector<std::string> cursorNames() const;

  /// Its statement stands behind others on a shared connection.
  bool waitsForTurn() const { return turn_.queued() && !turn_.atHead(); }
  /// An upstream connection is tied to this session: a transaction, portal or held cursor.
  bool holdsConnections() const;
  /// DISCARD ALL, and the end of a session: gives back what is clean and closes the rest.
  void reset();

  std::shared_ptr<Canceller> canceller() const { return canceller_; }
  /// Whether the session works for its client. A request to cancel that comes while it does hits the statement, also
  /// between two exchanges with the source; one that comes while it does not is forgotten.
  void setBusy(bool busy);
  /// Cancels what is running, if anything is; `reason` is what the client is told. On this thread.
  void cancel(base::Error reason);
  void cancel();

 private:
  struct Upstream;
  struct Portal;
  struct Cursor;
  struct Exchange;
  class Running;

  void pressCancel();
  postgres::UpstreamConnection* runningConnection() const;
  base::Result<Upstream*> knownUpstream(base::ConnectionId connection);
  base::Result<void> checkRun(const Run& run, const Upstream& upstream) const;
  base::Result<void> checkUsable(const Upstream& upstream) const;
  void releaseIfFree(Upstream& upstream);
  void loseConnection(Upstream& upstream);
  Outcome failedOutcome(base::Error error);

  // link_shared.cpp: on a connection that others use as well
  bool join(Exchange& exchange);
  void leaveTurn(const Exchange& exchange);
  void forgetTurn(Exchange& exchange);
  static void notePace(const Exchange& exchange);

  // link_run.cpp: one statement
  asio::awaitable<Outcome> execute(Exchange exchange, ResultSink* sink);
  asio::awaitable<void> acquire(Exchange& exchange);
  bool start(Exchange& exchange);
  asio::awaitable<void> sendRest(Exchange& exchange);
  bool advance(Exchange& exchange, ResultSink* sink);
  static bool receive(Exchange& exchange);
  static void lose(Exchange& exchange, base::Error reason);
  void forgetAttempt(Exchange& exchange);
  void appendPreliminaries(Exchange& exchange);
  void appendStatement(Exchange& exchange);
  static ErrorPhase firstPhase(const Exchange& exchange);
  bool passRows(Exchange& exchange, std::string_view rows, std::uint64_t count, ResultSink* sink);
  bool beforeHandingOver(Exchange& exchange, ResultSink* sink);
  void abandon(Exchange& exchange, base::Error reason);
  bool shouldRetry(const Exchange& exchange, int attempt) const;
  void finish(Exchange& exchange, ResultSink* sink);
  void judge(Exchange& exchange, ResultSink* sink);
  static bool isOutOfStep(const Exchange& exchange);
  base::Error describeFailure(Exchange& exchange, ResultSink* sink);

  // link_reply.cpp
  static base::Error unexpected(char type);
  void take(Exchange& exchange, const postgres::MessageView& message, ResultSink* sink);
  void takeDescription(Exchange& exchange, const postgres::MessageView& message);
  void takeError(Exchange& exchange, const postgres::MessageView& message);
  void takeReady(Exchange& exchange);
  void takeEnd(Exchange& exchange, ResultSink* sink);
  static bool isStale(const postgres::SourceMessage& message);

  // link_portal.cpp
  asio::awaitable<Outcome> fail(base::Error error);
  static asio::awaitable<Outcome> nothingLeft();
  void rememberPortal(const Exchange& exchange);

  // link_transaction.cpp
  std::vector<TransactionShare*> joinedShares();
  bool anyUnsynced() const;
  asio::awaitable<base::Result<void>> endTransaction(bool commit);
  asio::awaitable<base::Result<void>> command(Upstream& upstream, std::string_view sql);
  asio::awaitable<base::Result<void>> untilReady(Upstream& upstream, int count);

  // link_cursor.cpp
  base::Result<void> checkDeclare(std::string_view name, const CursorOptions& options, bool sync) const;
  asio::awaitable<Outcome> onCursor(std::string_view name, std::string sql, std::string_view resultFormats, bool sync,
                                    bool wantsDescription, ResultSink& sink);

  asio::any_io_executor executor_;
  postgres::Pools& pools_;
  postgres::Holder holder_;
  ConnectionDirectory directory_;
  postgres::SessionSettingsPtr settings_ = postgres::SessionSettings::defaults();
  std::chrono::milliseconds acquireLimit_{30'000};
  std::vector<std::unique_ptr<Upstream>> upstreams_;  // of every source this session has used; few have a connection
  Transaction transaction_;
  std::map<std::string, Portal, std::less<>> portals_;
  std::map<std::string, Cursor, std::less<>> cursors_;
  std::uint64_t nextPortal_ = 1;
  postgres::Waiting waiting_;
  postgres::Turn turn_;
  unsigned joinings_ = 0;
  Upstream* running_ = nullptr;
  std::optional<base::Error> cancelReason_;
  bool busy_ = false;
  std::chrono::steady_clock::time_point cancelUntil_;  // then the connection is given up
  std::chrono::milliseconds cancelPause_{};
  asio::steady_timer cancelTimer_;
  std::shared_ptr<Canceller> canceller_;
};

}  // namespace scrim::push
