// SPDX-License-Identifier: Apache-2.0
// Link: a client session's way to the sources. It holds the upstream connections of the current transaction or portal
// and gives them back as soon as nothing ties the session to them.
//
// Threads: a Link, its session and its Upstreams live on one io_context's thread; only Canceller works from any thread.
// One call at a time (await its end). Errors come in Outcome::failure or Result, never as exceptions.
//
// For the gateway, which call for what:
//   simple Query, or Bind + Execute(0) + Sync     run() with sync = true: one write up, one read, no held connection
//   Bind + Execute + more before Sync             run() with sync = false, then sync() when the client's Sync comes
//   Execute with a row limit                      run() with maxRows; PortalSuspended: resume() for the same portal
//   Describe                                      describe(): from the cache, or one round trip
//   BEGIN, COMMIT, SAVEPOINT ..                   the calls below; BEGIN and savepoints travel with the next statement
//   DECLARE, FETCH, MOVE, CLOSE                   declare(), fetch(), move(), closeCursor()
// After an Outcome with failure outside sync, skip to the client's Sync and call sync().
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/query/push/result_sink.h"
#include "server/query/push/statement.h"
#include "server/sources/postgres/pool.h"

namespace scrim::push {

/// The values for one execution. Views must stay valid until the call returns. Formats and values are the raw bytes of
/// the client's Bind message: big-endian int16s, and int32 length (-1: NULL) with that many bytes for each value.
struct Arguments {
  std::string_view formats;        // parameter format codes, without their count: none, one, or one per parameter
  std::string_view values;         // without their count
  std::uint16_t valueCount = 0;
  std::string_view resultFormats;  // without their count: none (text), one for all, or one per column
  std::span<const std::string_view> lifted = {};  // literals lifted from the text, as text
};

struct Run {
  StatementPtr statement;
  Arguments arguments;
  std::string_view portal = {};  // the client's portal name; empty: unnamed
  std::uint32_t maxRows = 0;     // 0: all
  bool sync = true;              // false: more of the client's batch follows before its Sync
  bool wantsDescription = false; // simple protocol: ResultSink::describe() is called
};

/// A source's error, ready for the client, and in full for the audit record.
struct Failure {
  base::Error error;         // rebuilt where the statement touches protected data; position: byte offset in the user's text
  std::string sourceText;    // the source's own words: for the audit record only; empty: the error is our own
  bool transactionLost = false;  // the connection is gone, and with it the transaction and its portals
};

struct Outcome {
  enum class Kind { complete, empty, suspended, failed } kind = Kind::complete;
  std::string tag;  // CommandComplete's, e.g. "SELECT 3"
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  int backendPid = 0;
  std::unique_ptr<Failure> failure;
  bool ok() const { return kind != Kind::failed; }
};

enum class Isolation { readCommitted, repeatableRead, serializable };

struct CursorOptions {
  bool hold = false;         // WITH HOLD: pins a connection to the session
  enum class Scroll { unspecified, yes, no } scroll = Scroll::unspecified;
  bool binary = false;
};

/// FETCH's and MOVE's direction, as the grammar knows it.
struct FetchDirection {
  enum class Kind { forward, backward, absolute, relative } kind = Kind::forward;
  bool all = false;
  std::int64_t count = 1;  // may be negative, as in SQL
};

/// How a connection id becomes connect options, as of the session's snapshot. Errors: sourceUnavailable, ...
using ConnectionDirectory = std::function<base::Result<postgres::ConnectOptionsPtr>(base::ConnectionId)>;

/// Cancels what a Link is doing; outlives it safely. Any thread.
class Canceller {
 public:
  void request();

 private:
  friend class Link;
  explicit Canceller(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  asio::any_io_executor executor_;
  std::shared_ptr<class Link*> link_;  // read and cleared on the owner's thread only
};

class Link {
 public:
  Link(asio::any_io_executor executor, postgres::Pools& pools, ConnectionDirectory directory);
  ~Link();  // open transactions are rolled back by closing or resetting their connections
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// TimeZone, DateStyle and so on of the client's session, from its next statement on.
  void setSettings(postgres::SessionSettingsPtr settings);

  asio::awaitable<Outcome> run(const Run& run, ResultSink& sink);
  /// Goes on with a suspended portal. Errors: invalidCursorName (34000) if there is none.
  asio::awaitable<Outcome> resume(std::string_view portal, std::uint32_t maxRows, bool sync, ResultSink& sink);
  bool hasPortal(std::string_view portal) const;
  /// The client closed it, or bound another one under its name; no traffic of its own.
  void closePortal(std::string_view portal);
  /// Parameter types and columns: cached, else asked of the source (prepares it there as well).
  asio::awaitable<base::Result<DescriptionPtr>> describe(const StatementPtr& statement, ResultSink& sink);
  /// The client's Sync after runs with sync = false: ends the implicit transaction, portals included.
  asio::awaitable<Outcome> sync();

  // Explicit transactions. The client's status is inTransaction() and failed(); a statement's failure sets failed().
  base::Result<void> begin(Isolation isolation, bool deferrable);
  asio::awaitable<base::Result<void>> commit();    // in a failed transaction: as rollback
  asio::awaitable<base::Result<void>> rollback();
  base::Result<void> savepoint(std::string_view name);
  base::Result<void> rollbackTo(std::string_view name);
  base::Result<void> release(std::string_view name);
  bool inTransaction() const { return inTransaction_; }
  bool failed() const { return failed_; }
  /// A statement failed before it reached a source (a syntax error, say): the transaction has failed as well.
  void markFailed();

  // Cursors of SQL. `statement` must be a SELECT; its arguments are bound at once.
  asio::awaitable<Outcome> declare(std::string_view name, const CursorOptions& options, const Run& run, ResultSink& sink);
  asio::awaitable<Outcome> fetch(std::string_view name, const FetchDirection& direction, const Arguments& formats,
                                 bool sync, bool wantsDescription, ResultSink& sink);
  asio::awaitable<Outcome> move(std::string_view name, const FetchDirection& direction, ResultSink& sink);
  asio::awaitable<Outcome> closeCursor(std::string_view name);  // "" closes all
  StatementPtr cursorStatement(std::string_view name) const;

  /// True: an upstream connection is tied to this session (a transaction, portal or held cursor).
  bool holdsConnections() const { return !held_.empty(); }
  /// DISCARD ALL, and before a session ends: rolls back, closes cursors, gives everything back.
  void reset();

  /// For the registry of cancel keys.
  std::shared_ptr<Canceller> canceller() const { return canceller_; }
  /// Cancels what is running, on this thread. `code` and words for the client, e.g. a statement timeout of its own.
  void cancel(base::Error reason);
  void cancel();

 private:
  struct Held;
  struct Portal;
  struct Cursor;
  friend class Canceller;

  std::vector<std::unique_ptr<Held>> held_;
  bool inTransaction_ = false;
  bool failed_ = false;
  std::shared_ptr<Canceller> canceller_;
};

}  // namespace scrim::push
