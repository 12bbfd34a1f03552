// SPDX-License-Identifier: Apache-2.0
// Budget: how many connections to one source this process may have, over all threads, or how many of them the sessions
// of one user may hold (a share). Place: one of them, taken. Budgets: those of all sources, by connection digest; one
// for the process. Any thread: taking and giving is one atomic, waiting takes a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "server/sources/postgres/connect_options.h"

namespace scrim::postgres {

class Budget {
 public:
  explicit Budget(int limit) : limit_(limit < 1 ? 1 : limit) {}
  bool tryTake();
  /// Takes one even where none is free.
  void takeAnyway() { used_.fetch_add(1, std::memory_order_relaxed); }
  /// Gives a place back and calls the longest waiting retry.
  void give();
  /// For who was called and takes nothing: the next one is called if a place is free.
  void passOn();
  /// `retry` is called once, from the thread that gives, when a place may be free; at once if one is free already.
  /// Returns a ticket for forget(). `retry` must not call back into the Budget. Who takes part is asked to give up what
  /// it does not use.
  std::uint64_t whenFree(std::function<void()> retry);
  void forget(std::uint64_t ticket);
  bool hasWaiters() const { return waiting_.load(std::memory_order_relaxed) > 0; }
  bool full() const { return used() >= limit(); }
  int limit() const { return limit_.load(std::memory_order_relaxed); }
  void setLimit(int limit) { limit_.store(limit < 1 ? 1 : limit, std::memory_order_relaxed); }
  int used() const { return used_.load(std::memory_order_relaxed); }
  /// A pool takes part from join() to leave(). What it may keep while others wait: its fair share of the places.
  /// `giveUp` is called, from any thread, when somebody waits; it must not call back into the Budget.
  std::uint64_t join(std::function<void()> giveUp);
  void leave(std::uint64_t member);
  int fairShare() const {
    const int pools = pools_.load(std::memory_order_relaxed);
    return pools < 2 ? limit() : limit() / pools;  // rounded down: with fewer places than pools, they take turns
  }

 private:
  void callFirst();
  std::atomic<int> limit_;
  std::atomic<int> used_{0};
  std::atomic<int> waiting_{0};
  std::atomic<int> pools_{0};
  std::mutex mutex_;
  std::uint64_t nextTicket_ = 1;
  std::map<std::uint64_t, std::function<void()>> waiters_;
  std::map<std::uint64_t, std::function<void()>> members_;
};

using BudgetPtr = std::shared_ptr<Budget>;

/// One place of a budget, given back at its end. Move-only.
class Place {
 public:
  Place() = default;
  ~Place() { give(); }
  Place(Place&&) noexcept = default;
  Place& operator=(Place&& other) noexcept;
  /// Empty: none is free.
  static Place tryTake(const BudgetPtr& budget) { return budget->tryTake() ? Place(budget) : Place(); }
  static Place takeAnyway(const BudgetPtr& budget);
  explicit operator bool() const { return budget_ != nullptr; }
  bool isOf(const BudgetPtr& budget) const { return budget_ == budget; }
  void give();

 private:
  explicit Place(BudgetPtr budget) : budget_(std::move(budget)) {}
  BudgetPtr budget_;
};

/// Whose connections are counted together, and how many of a source's they may hold.
struct Holder {
  std::string name;
  int percent = 100;  // of the source's connections, rounded down; at least one
};

class Budgets {
 public:
  BudgetPtr of(const ConnectOptions& options);
  /// One share for all sessions of that name at that source.
  BudgetPtr shareOf(const ConnectOptions& options, const Holder& holder);

 private:
  using Key = std::pair<std::string, std::string>;  // the connection's digest, the holder's name or none
  BudgetPtr find(Key key, int limit);
  std::mutex mutex_;
  std::map<Key, std::weak_ptr<Budget>> budgets_;
  std::size_t sweepAt_ = 64;
};

}  // namespace scrim::postgres
