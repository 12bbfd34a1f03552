// SPDX-License-Identifier: Apache-2.0
// Pool: the upstream connections of one source on one thread. Budget: how many all threads may have together.
// Pools: a thread's pools by connection digest.
//
// Threads: a Pool belongs to the thread of its io_context, no locks on the way of a statement. Budgets is shared.
// Failure: a source that cannot be reached is tried again after a growing pause (100 ms to 5 s); in between acquire()
// fails at once with sourceUnavailable. Waiting for a free connection ends with tooManyConnections after the limit.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/sources/postgres/connect_options.h"
#include "server/sources/postgres/upstream_connection.h"

namespace scrim::postgres {

class Pool;

/// A connection on loan. Its end gives the connection back: kept if it is idle and clean, else closed. Move-only.
class Lease {
 public:
  Lease() = default;
  Lease(std::shared_ptr<Pool> pool, std::unique_ptr<UpstreamConnection> connection);
  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) noexcept;
  ~Lease();
  explicit operator bool() const { return connection_ != nullptr; }
  UpstreamConnection* operator->() const { return connection_.get(); }
  UpstreamConnection& operator*() const { return *connection_; }
  void giveBack();

 private:
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<UpstreamConnection> connection_;
};

/// How many connections to one source this process may have. Any thread.
class Budget {
 public:
  explicit Budget(int limit) : limit_(limit < 1 ? 1 : limit) {}
  bool tryTake();
  void give();
  /// `retry` is called once, on the thread that gives, when a place may be free. Returns a ticket for forget().
  std::uint64_t whenFree(std::function<void()> retry);
  void forget(std::uint64_t ticket);
  bool hasWaiters() const { return waiting_.load(std::memory_order_relaxed) > 0; }
  int used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const int limit_;
  std::atomic<int> used_{0};
  std::atomic<int> waiting_{0};
  std::mutex mutex_;
  std::uint64_t nextTicket_ = 1;
  std::map<std::uint64_t, std::function<void()>> waiters_;
};

/// The budgets of all sources by connection digest; one for the process, outlives the pools. Any thread.
class Budgets {
 public:
  std::shared_ptr<Budget> of(const ConnectOptions& options);

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Budget>> budgets_;
};

struct AcquireLimits {
  std::chrono::milliseconds wait{30'000};
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(asio::any_io_executor executor, ConnectOptionsPtr options, std::shared_ptr<Budget> budget);
  ~Pool();

  /// An idle connection if there is one: the way of nearly every statement, without a suspension.
  Lease tryAcquire();
  /// Waits for a free one or connects. Cancel it through asio's cancellation (terminal or total): queryCanceled.
  asio::awaitable<base::Result<Lease>> acquire(AcquireLimits limits = {});
  /// Always a new connection (place permitting): for the one retry of a statement that met a stale connection.
  asio::awaitable<base::Result<Lease>> acquireFresh(AcquireLimits limits = {});
  /// Closes idle connections that the source has closed.
  void dropDeadIdle();
  /// Closes connections idle for longer than the options say.
  void trimIdle();
  /// No connection is kept or opened any more: the catalog's connection changed or the server stops.
  void close();

  std::size_t idle() const { return idle_.size(); }
  std::size_t open() const { return open_; }
  const ConnectOptions& options() const { return *options_; }

 private:
  friend class Lease;
  struct Idle {
    std::unique_ptr<UpstreamConnection> connection;
    std::chrono::steady_clock::time_point since;
  };
  struct Waiter;
  void takeBack(std::unique_ptr<UpstreamConnection> connection);
  void discard(std::unique_ptr<UpstreamConnection> connection);
  bool keeps(const UpstreamConnection& connection) const;
  void wakeOne();
  asio::awaitable<base::Result<Lease>> open_one();
  base::Result<void> downCheck() const;
  void noteFailure(const base::Error& error);
  asio::awaitable<base::Result<void>> waitTurn(std::chrono::steady_clock::time_point deadline);

  asio::any_io_executor executor_;
  ConnectOptionsPtr options_;
  std::shared_ptr<Budget> budget_;
  std::vector<Idle> idle_;  // most recently used last
  std::deque<std::shared_ptr<Waiter>> waiters_;
  std::size_t open_ = 0;
  bool closed_ = false;
  std::chrono::milliseconds pause_{0};
  std::chrono::steady_clock::time_point downUntil_{};
  std::optional<base::Error> downReason_;
};

/// A thread's pools. A pool whose digest has not been asked for during an idle time is closed.
class Pools {
 public:
  Pools(asio::any_io_executor executor, std::shared_ptr<Budgets> budgets);
  ~Pools();
  std::shared_ptr<Pool> of(const ConnectOptionsPtr& options);
  void close();

 private:
  asio::awaitable<void> trimForever();
  asio::any_io_executor executor_;
  std::shared_ptr<Budgets> budgets_;
  std::map<std::string, std::shared_ptr<Pool>> pools_;
  std::shared_ptr<asio::steady_timer> timer_;
};

}  // namespace scrim::postgres
