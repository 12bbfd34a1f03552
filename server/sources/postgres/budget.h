// SPDX-License-Identifier: Apache-2.0
// Budget: how many connections to one source this process may have, over all threads. Budgets: those of all sources,
// by connection digest; one for the process. Any thread: taking and giving is one atomic, waiting takes a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/sources/postgres/connect_options.h"

namespace scrim::postgres {

class Budget {
 public:
  explicit Budget(int limit) : limit_(limit < 1 ? 1 : limit) {}
  bool tryTake();
  /// Gives a place back and calls the longest waiting retry.
  void give();
  /// `retry` is called once, from the thread that gives, when a place may be free; at once if one is free already.
  /// Returns a ticket for forget(). `retry` must not call back into the Budget.
  std::uint64_t whenFree(std::function<void()> retry);
  void forget(std::uint64_t ticket);
  bool hasWaiters() const { return waiting_.load(std::memory_order_relaxed) > 0; }
  int used() const { return used_.load(std::memory_order_relaxed); }
  /// A pool takes part from join() to leave(). What it may keep while others wait: its fair share of the places.
  void join() { pools_.fetch_add(1, std::memory_order_relaxed); }
  void leave() { pools_.fetch_sub(1, std::memory_order_relaxed); }
  int fairShare() const {
    const int pools = pools_.load(std::memory_order_relaxed);
    return pools < 2 ? limit_ : limit_ / pools;  // rounded down: with fewer places than pools, they take turns
  }

 private:
  void callFirst();
  const int limit_;
  std::atomic<int> used_{0};
  std::atomic<int> waiting_{0};
  std::atomic<int> pools_{0};
  std::mutex mutex_;
  std::uint64_t nextTicket_ = 1;
  std::map<std::uint64_t, std::function<void()>> waiters_;
};

class Budgets {
 public:
  std::shared_ptr<Budget> of(const ConnectOptions& options);

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Budget>> budgets_;
};

}  // namespace scrim::postgres
