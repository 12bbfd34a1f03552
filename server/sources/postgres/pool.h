// SPDX-License-Identifier: Apache-2.0
// Pool: the upstream connections of one source on one thread. Pools: a thread's pools by connection digest.
//
// Threads: all of it belongs to the thread of its executor; no locks on the way of a statement. Only the Budget, which
// keeps all threads together below the source's limit, is shared.
// Failure: a source that cannot be reached is tried again after a growing pause (100 ms to 5 s); in between acquire()
// fails at once with sourceUnavailable. Waiting for a free connection, or for a place in the holder's share, ends with
// tooManyConnections after the limit. Who waits for a place in a share stands in nobody else's way; those who wait for
// the same share are served in turn.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "server/sources/postgres/budget.h"
#include "server/sources/postgres/connect_options.h"
#include "server/sources/postgres/lease.h"
#include "server/sources/postgres/pipeline.h"
#include "server/sources/postgres/upstream_connection.h"

namespace scrim::postgres {

/// One acquire() that waits; lets its owner end the wait. Owner's thread only.
class Waiting {
 public:
  /// The wait ends with queryCanceled, now or when it begins.
  void cancel();
  void reset() { cancelled_ = false; }

 private:
  friend class Pool;
  bool cancelled_ = false;
  asio::steady_timer* timer_ = nullptr;
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(asio::any_io_executor executor, ConnectOptionsPtr options, std::shared_ptr<Budget> budget);
  ~Pool();

  /// An idle connection if there is one, else an empty lease: the way of nearly every statement, without suspension.
  Lease tryAcquire(const BudgetPtr& share);
  /// For a short statement that is a transaction of its own: a place beside others that are about to be sent, or an
  /// idle connection, or, when none is idle, a place behind others (pipeline.h). False: take the way of acquire().
  bool join(Turn& turn, const Joining& joining);
  /// Waits for a connection given back, or for a new one. Errors: sourceUnavailable, tooManyConnections, queryCanceled,
  /// shuttingDown.
  asio::awaitable<base::Result<Lease>> acquire(std::chrono::milliseconds limit, Waiting& waiting,
                                               const BudgetPtr& share);
  /// Closes idle connections that the source has closed: after one of them was found dead.
  void dropDead();
  /// Closes connections idle for longer than the options say.
  void trimIdle();
  /// No connection is kept or opened any more: the catalog's connection has changed, or the server stops.
  void close();

  std::size_t idle() const { return idle_.size(); }
  std::size_t open() const { return open_; }
  /// When it was last asked for a connection.
  std::chrono::steady_clock::time_point lastUse() const { return lastUse_; }

 private:
  friend class Lease;
  struct Idle {
    std::unique_ptr<UpstreamConnection> connection;
    std::chrono::steady_clock::time_point since;
  };
  struct Waiter {
    asio::steady_timer timer;
    Place place = {};
    Lease lease = {};
    std::optional<base::Error> failure = {};
  };
  class Queued;
  class PlaceWaiter;
  asio::awaitable<base::Result<Place>> takePlace(asio::steady_timer::time_point until, Waiting& waiting,
                                                 const BudgetPtr& share);
  Lease lend(Place place);
  void takeBack(std::unique_ptr<UpstreamConnection> connection);
  void closeConnection(std::unique_ptr<UpstreamConnection> connection);
  void handOut(std::unique_ptr<UpstreamConnection> connection);
  void failWaiters(const base::Error& error);
  /// Opens connections for those who wait, as far as the budget goes.
  void openForWaiters();
  asio::awaitable<void> openOne();
  void noteFailure(const base::Error& error);
  /// Others wait for a place while this pool has connections that it does not use.
  void giveUpIdle();
  void joinBudget();

  asio::any_io_executor executor_;
  ConnectOptionsPtr options_;
  std::shared_ptr<Budget> budget_;
  std::vector<Idle> idle_;  // most recently used last
  Pipelines pipelines_;
  std::deque<Waiter*> waiters_;
  std::vector<asio::steady_timer*> placeWaiters_;
  std::size_t open_ = 0;        // idle or lent
  std::size_t connecting_ = 0;  // on their way
  std::uint64_t budgetTicket_ = 0;
  std::uint64_t member_ = 0;  // of the budget; 0: not yet
  bool closed_ = false;
  std::chrono::steady_clock::time_point lastUse_ = std::chrono::steady_clock::now();
  std::chrono::milliseconds pause_{0};
  std::chrono::steady_clock::time_point downUntil_{};
  std::optional<base::Error> downReason_;
};

/// A thread's pools. Trims them every few seconds; a pool that nobody has asked for some time is closed.
class Pools {
 public:
  Pools(asio::any_io_executor executor, std::shared_ptr<Budgets> budgets);
  ~Pools();
  std::shared_ptr<Pool> of(const ConnectOptionsPtr& options);
  BudgetPtr shareOf(const ConnectOptions& options, const Holder& holder) { return budgets_->shareOf(options, holder); }
  /// Closes all of them and stops trimming, so that the io_context can run out of work.
  void close();

 private:
  void trimLater();
  void trim();
  asio::any_io_executor executor_;
  std::shared_ptr<Budgets> budgets_;
  std::unordered_map<std::string, std::shared_ptr<Pool>> pools_;
  asio::steady_timer timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool closed_ = false;
};

}  // namespace scrim::postgres
