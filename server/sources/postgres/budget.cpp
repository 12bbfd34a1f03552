// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/budget.h"

namespace scrim::postgres {

bool Budget::tryTake() {
  int used = used_.load(std::memory_order_relaxed);
  while (used < limit_) {
    if (used_.compare_exchange_weak(used, used + 1)) return true;
  }
  return false;
}

void Budget::give() {
  used_.fetch_sub(1);
  if (waiting_.load() > 0) callFirst();
}

void Budget::callFirst() {
  std::function<void()> retry;
  {
    const std::lock_guard lock(mutex_);
    if (waiters_.empty()) return;
    retry = std::move(waiters_.begin()->second);
    waiters_.erase(waiters_.begin());
    waiting_.fetch_sub(1);
  }
  retry();
}

std::uint64_t Budget::whenFree(std::function<void()> retry) {
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = nextTicket_++;
    waiters_.emplace(ticket, std::move(retry));
    waiting_.fetch_add(1);
  }
  // A place given between the caller's tryTake() and now would have found nobody waiting.
  if (used_.load() < limit_) callFirst();
  return ticket;
}

void Budget::forget(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  if (waiters_.erase(ticket) > 0) waiting_.fetch_sub(1);
}

std::shared_ptr<Budget> Budgets::of(const ConnectOptions& options) {
  const std::lock_guard lock(mutex_);
  auto& place = budgets_[options.digest];
  if (auto existing = place.lock()) return existing;
  auto made = std::make_shared<Budget>(options.maxConnections);
  place = made;
  std::erase_if(budgets_, [](const auto& entry) { return entry.second.expired(); });
  return made;
}

}  // namespace scrim::postgres
