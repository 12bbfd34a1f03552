// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/budget.h"

namespace scrim::postgres {

bool Budget::tryTake() {
  int used = used_.load(std::memory_order_relaxed);
  while (used < limit()) {
    if (used_.compare_exchange_weak(used, used + 1)) return true;
  }
  return false;
}

void Budget::give() {
  used_.fetch_sub(1);
  if (waiting_.load() > 0) callFirst();
}

void Budget::passOn() {
  if (waiting_.load() > 0 && !full()) callFirst();
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

std::uint64_t Budget::join(std::function<void()> giveUp) {
  pools_.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  members_.emplace(nextTicket_, std::move(giveUp));
  return nextTicket_++;
}

void Budget::leave(std::uint64_t member) {
  pools_.fetch_sub(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  members_.erase(member);
}

std::uint64_t Budget::whenFree(std::function<void()> retry) {
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = nextTicket_++;
    waiters_.emplace(ticket, std::move(retry));
    waiting_.fetch_add(1);
    for (const auto& [member, giveUp] : members_) giveUp();
  }
  // A place given between the caller's tryTake() and now would have found nobody waiting.
  if (!full()) callFirst();
  return ticket;
}

void Budget::forget(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  if (waiters_.erase(ticket) > 0) waiting_.fetch_sub(1);
}

Place& Place::operator=(Place&& other) noexcept {
  if (this == &other) return *this;
  give();
  budget_ = std::move(other.budget_);
  return *this;
}

Place Place::takeAnyway(const BudgetPtr& budget) {
  budget->takeAnyway();
  return Place(budget);
}

void Place::give() {
  if (const BudgetPtr budget = std::exchange(budget_, nullptr)) budget->give();
}

BudgetPtr Budgets::of(const ConnectOptions& options) { return find({options.digest, {}}, options.maxConnections); }

BudgetPtr Budgets::shareOf(const ConnectOptions& options, const Holder& holder) {
  BudgetPtr share = find({options.digest, holder.name}, 1);
  share->setLimit(options.maxConnections * holder.percent / 100);
  return share;
}

BudgetPtr Budgets::find(Key key, int limit) {
  const std::lock_guard lock(mutex_);
  // Now and then only: there may be a share for each of many users.
  if (budgets_.size() >= sweepAt_) {
    std::erase_if(budgets_, [](const auto& entry) { return entry.second.expired(); });
    sweepAt_ = 64 + 2 * budgets_.size();
  }
  auto& place = budgets_[std::move(key)];
  if (auto existing = place.lock()) return existing;
  auto made = std::make_shared<Budget>(limit);
  place = made;
  return made;
}

}  // namespace scrim::postgres
