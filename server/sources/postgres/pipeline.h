// SPDX-License-Identifier: Apache-2.0
// Pipelines: short statements of several sessions, sent one behind the other over one connection of a pool without
// waiting for the answers in between. Statements that come together are a group: they leave in one write with one Sync
// behind the last; the source works through them in one transaction, without going to sleep, and answers them all in
// one write. (PostgreSQL answers in the order it was asked. A statement that fails ends its group there: those behind
// it in the group were skipped.)
//
// A Turn is one statement's place in such a line. Who is at the head reads its answer and then passes the connection
// on. Nobody waits long for a statement that turns out slow: who stands behind it, or in a group with it, is sent away
// (evicted) to run elsewhere, which is safe because sources are only read. One thread: that of the pool.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <tuple>
#include <vector>

#include "server/sources/postgres/lease.h"
#include "server/sources/postgres/pace.h"
#include "server/sources/postgres/session_settings.h"

namespace scrim::postgres {

class Pipelines;
struct Pipeline;

/// What must fit for a statement to share a connection with others.
struct Joining {
  std::uint64_t statementId;  // prepared there already
  const SessionSettingsPtr& settings;
  const BudgetPtr& share;  // the holder's; outlives the turn
  Pace& pace;              // outlives the turn
  Pace::Span expected;
  Pace::Time now;
  unsigned number;  // counts what tries to join
};

/// A session's place in a line; used again for its next statement. Its end, while others wait behind it, sends them
/// away.
class Turn {
 public:
  explicit Turn(const asio::any_io_executor& executor);
  ~Turn() { breakOff(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool queued() const { return pipeline_ != nullptr; }
  bool atHead() const;
  /// Sent away: nothing of the answer was read; the statement must run elsewhere. Until the next join().
  bool evicted() const { return evicted_; }
  /// Until something has changed: ask atHead() and evicted() again.
  asio::awaitable<std::tuple<asio::error_code>> wait();
  /// Only while queued. Its bytes are sent together with those of others, soon; see appended().
  UpstreamConnection& connection() const;
  /// The statement is in connection().out(), without a Sync. `wipe`: it holds secrets.
  void appended(bool wipe);
  /// Its group's ReadyForQuery comes after its answer. Else the answer ends with its CommandComplete.
  bool closesGroup() const { return closesGroup_; }
  /// At the head: part of its answer has been handed on; it cannot run elsewhere any more.
  void keep() { kept_ = true; }
  /// At the head: its answer is an error. Those behind it in its group were not run and are sent away; the group's
  /// ReadyForQuery comes next.
  void failed();
  /// At the head: the answer has been read to its end.
  void done(Pace::Time now);
  /// At the head: the answer takes long to hand on, or must be cancelled. Those behind are sent away; the connection is
  /// closed when this turn is done.
  void evictFollowers();
  /// The connection cannot be used any more. Those behind are sent away. Nothing if not queued.
  void breakOff();

 private:
  friend class Pipelines;
  void beEvicted();

  Pipeline* pipeline_ = nullptr;
  const BudgetPtr* share_ = nullptr;
  Pace* pace_ = nullptr;
  Pace::Span expected_{0};
  std::uint64_t group_ = 0;    // of its pipeline
  std::size_t groupSize_ = 0;  // as it was sent
  bool opensGroup_ = false;
  bool closesGroup_ = false;
  bool kept_ = false;
  bool evicted_ = false;
  asio::steady_timer wake_;
};

struct Pipeline {
  Pipelines* home = nullptr;
  Lease lease = {};  // none: unused
  std::deque<Turn*> turns = {};
  Pace::Span expected{0};  // of all turns together
  Pace::Time since = {};
  Pace::Time headSince = {};
  std::uint64_t group = 0;  // which is about to be sent
  bool flushDue = false;
  bool wipe = false;
};

/// Those of one pool.
class Pipelines {
 public:
  explicit Pipelines(asio::any_io_executor executor);
  ~Pipelines();
  Pipelines(const Pipelines&) = delete;
  Pipelines& operator=(const Pipelines&) = delete;

  /// Gets in line where others wait to be sent: what comes in together goes out together. False: nowhere.
  /// `othersWait` for a connection: a line that is not new is not joined.
  bool joinUnsent(Turn& turn, const Joining& joining, bool othersWait);
  /// Gets in the shortest line: for when no connection is idle. False: none fits.
  bool joinShortest(Turn& turn, const Joining& joining, bool othersWait);
  /// Begins a line of its own.
  void begin(Turn& turn, Lease lease, const Joining& joining);

 private:
  friend class Turn;
  static bool fits(const Pipeline& pipeline, const Joining& joining, bool othersWait);
  void enter(Pipeline& pipeline, Turn& turn, const Joining& joining);
  void flushSoon(Pipeline& pipeline);
  static void flush(Pipeline& pipeline);
  static void closeGroup(Pipeline& pipeline);
  static bool sharesGroup(const Pipeline& pipeline);
  static void breakUpGroup(Pipeline& pipeline);
  static void evictBehindHead(Pipeline& pipeline);
  static void breakOff(Pipeline& pipeline);
  void watch();
  void look();

  asio::any_io_executor executor_;
  std::vector<std::unique_ptr<Pipeline>> pipelines_;
  asio::steady_timer timer_;
  bool watching_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace scrim::postgres
