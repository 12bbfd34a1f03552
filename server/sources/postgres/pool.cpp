// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/pool.h"

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

namespace scrim::postgres {
namespace {

using namespace std::chrono_literals;
constexpr auto kAsTuple = asio::experimental::as_tuple(asio::use_awaitable);
constexpr auto kFirstPause = 100ms;
constexpr auto kLongestPause = 5'000ms;
constexpr auto kTrimInterval = 5s;
/// A pool nobody asks is closed after this many idle timeouts: its connection may have changed in the catalog.
constexpr int kForgottenAfter = 2;

base::Error closedError() {
  return {base::ErrorCode::shuttingDown, "the server is closing its connections to this source"};
}

base::Error cancelledError() { return {base::ErrorCode::queryCanceled, "canceling statement due to user request"}; }

}  // namespace

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  giveBack();
  pool_ = std::move(other.pool_);
  connection_ = std::move(other.connection_);
  place_ = std::move(other.place_);
  return *this;
}

void Lease::giveBack() {
  if (connection_) pool_->takeBack(std::move(connection_));
  pool_.reset();
  place_.give();
}

void Waiting::cancel() {
  cancelled_ = true;
  if (timer_) timer_->cancel();
}

/// Waits for a place in a share: other threads give places back, too. Called and not served after all, the next one is.
class Pool::PlaceWaiter {
 public:
  PlaceWaiter(std::shared_ptr<Pool> pool, Budget& share, Waiting& waiting, asio::steady_timer::time_point until)
      : pool_(std::move(pool)),
        share_(share),
        waiting_(waiting),
        timer_(std::make_shared<asio::steady_timer>(pool_->executor_, until)) {
    pool_->placeWaiters_.push_back(timer_.get());
    waiting_.timer_ = timer_.get();
  }
  ~PlaceWaiter() {
    std::erase(pool_->placeWaiters_, timer_.get());
    waiting_.timer_ = nullptr;
    share_.forget(ticket_);
    share_.passOn();
  }
  PlaceWaiter(const PlaceWaiter&) = delete;
  PlaceWaiter& operator=(const PlaceWaiter&) = delete;

  asio::steady_timer& timer() { return *timer_; }
  /// The timer's wait ends when a place may be free.
  void callMe() {
    share_.forget(ticket_);
    ticket_ = share_.whenFree([executor = pool_->executor_, weak = std::weak_ptr(timer_)] {
      asio::post(executor, [weak] {
        if (const auto waits = weak.lock()) waits->cancel();
      });
    });
  }

 private:
  std::shared_ptr<Pool> pool_;
  Budget& share_;
  Waiting& waiting_;
  std::shared_ptr<asio::steady_timer> timer_;
  std::uint64_t ticket_ = 0;
};

/// A waiter's place in the queue, given up however the wait ends (the thread may be shutting down).
class Pool::Queued {
 public:
  Queued(std::shared_ptr<Pool> pool, Waiter& waiter, Waiting& waiting)
      : pool_(std::move(pool)), waiter_(waiter), waiting_(waiting) {
    pool_->waiters_.push_back(&waiter_);
    waiting_.timer_ = &waiter_.timer;
  }
  ~Queued() {
    std::erase(pool_->waiters_, &waiter_);
    waiting_.timer_ = nullptr;
  }
  Queued(const Queued&) = delete;
  Queued& operator=(const Queued&) = delete;

 private:
  std::shared_ptr<Pool> pool_;
  Waiter& waiter_;
  Waiting& waiting_;
};

Pool::Pool(asio::any_io_executor executor, ConnectOptionsPtr options, std::shared_ptr<Budget> budget)
    : executor_(std::move(executor)), options_(std::move(options)), budget_(std::move(budget)), pipelines_(executor_) {}

Pool::~Pool() {
  close();
  if (member_ != 0) budget_->leave(member_);
  budget_->passOn();  // it may have been called, and not have come to take the place
}

/// Before its first connection: not in the constructor, which cannot hand out weak pointers.
void Pool::joinBudget() {
  if (member_ != 0) return;
  member_ = budget_->join([executor = executor_, weak = weak_from_this()] {
    asio::post(executor, [weak] {
      if (const auto self = weak.lock()) self->giveUpIdle();
    });
  });
}

void Pool::giveUpIdle() {
  if (idle_.empty() || !budget_->hasWaiters() || !budget_->full()) return;
  auto connection = std::move(idle_.front().connection);
  idle_.erase(idle_.begin());
  closeConnection(std::move(connection));
}

Lease Pool::tryAcquire(const BudgetPtr& share) {
  if (idle_.empty() || share->hasWaiters()) return {};
  Place place = Place::tryTake(share);
  return place ? lend(std::move(place)) : Lease();
}

Lease Pool::lend(Place place) {
  Lease lease(shared_from_this(), std::move(idle_.back().connection), std::move(place));
  idle_.pop_back();
  return lease;
}

bool Pool::join(Turn& turn, const Joining& joining) {
  if (closed_) return false;
  // Who waits for a connection is not kept waiting: old lines run dry then, and their connections come back.
  const bool othersWait = !waiters_.empty() || joining.share->hasWaiters();
  if (pipelines_.joinUnsent(turn, joining, othersWait)) return true;
  if (idle_.empty() || othersWait) return pipelines_.joinShortest(turn, joining, othersWait);
  UpstreamConnection& connection = *idle_.back().connection;
  if (connection.settings() != joining.settings || !connection.isPrepared(joining.statementId)) return false;
  Lease lease = tryAcquire(joining.share);
  if (!lease) return false;
  pipelines_.begin(turn, std::move(lease), joining);
  return true;
}

asio::awaitable<base::Result<Place>> Pool::takePlace(asio::steady_timer::time_point until, Waiting& waiting,
                                                     const BudgetPtr& share) {
  PlaceWaiter waiter(shared_from_this(), *share, waiting, until);
  bool itsTurn = !share->hasWaiters();
  for (bool inTime = true; inTime && !closed_ && !waiting.cancelled_; itsTurn = true) {
    if (Place place = itsTurn ? Place::tryTake(share) : Place()) co_return place;
    waiter.callMe();
    const auto [interrupted] = co_await waiter.timer().async_wait(kAsTuple);
    inTime = static_cast<bool>(interrupted);
  }
  if (closed_) co_return closedError();
  if (waiting.cancelled_) co_return cancelledError();
  co_return base::Error{base::ErrorCode::tooManyConnections,
                        "your sessions hold all connections to data source connection \"" + options_->name +
                            "\" that one user may have; end a transaction or read a result to its end"};
}

asio::awaitable<base::Result<Lease>> Pool::acquire(std::chrono::milliseconds limit, Waiting& waiting,
                                                   const BudgetPtr& share) {
  lastUse_ = std::chrono::steady_clock::now();
  if (closed_) co_return closedError();
  if (Lease lease = tryAcquire(share)) co_return lease;
  if (open_ == 0 && downReason_ && lastUse_ < downUntil_) co_return *downReason_;
  joinBudget();
  Waiter waiter{asio::steady_timer(executor_, limit)};
  if (!share->hasWaiters()) waiter.place = Place::tryTake(share);
  if (!waiter.place) {
    auto place = co_await takePlace(waiter.timer.expiry(), waiting, share);
    if (!place.ok()) co_return std::move(place).error();
    if (closed_) co_return closedError();
    waiter.place = std::move(*place);
    if (!idle_.empty() && waiters_.empty()) co_return lend(std::move(waiter.place));
  }
  const Queued queued(shared_from_this(), waiter, waiting);
  openForWaiters();
  while (!waiter.lease && !waiter.failure && !waiting.cancelled_) {
    const auto [interrupted] = co_await waiter.timer.async_wait(kAsTuple);
    if (!interrupted) break;
  }
  if (waiting.cancelled_) co_return cancelledError();
  if (waiter.lease) co_return std::move(waiter.lease);
  if (waiter.failure) co_return *waiter.failure;
  co_return base::Error{
      base::ErrorCode::tooManyConnections,
      "no connection to data source connection \"" + options_->name + "\" became free in time; try again later"};
}

void Pool::openForWaiters() {
  while (!closed_ && connecting_ < waiters_.size()) {
    if (downReason_ && connecting_ > 0) return;  // one attempt tells all
    if (!budget_->tryTake()) {
      if (budgetTicket_ != 0) return;
      // Called from whichever thread gives a place back.
      budgetTicket_ = budget_->whenFree([executor = executor_, budget = budget_, weak = weak_from_this()] {
        asio::post(executor, [budget, weak] {
          if (const auto self = weak.lock()) {
            self->budgetTicket_ = 0;
            self->openForWaiters();
          }
          budget->passOn();  // what this pool does not need any more
        });
      });
      return;
    }
    ++connecting_;
    asio::co_spawn(
        executor_, [self = shared_from_this()] { return self->openOne(); }, asio::detached);
  }
}

asio::awaitable<void> Pool::openOne() {
  auto connection = co_await UpstreamConnection::connect(options_);
  --connecting_;
  if (!connection.ok()) {
    budget_->give();
    noteFailure(connection.error());
    co_return;
  }
  ++open_;
  pause_ = 0ms;
  downReason_.reset();
  handOut(std::move(*connection));
  openForWaiters();
}

void Pool::noteFailure(const base::Error& error) {
  pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, kFirstPause, kLongestPause);
  downUntil_ = std::chrono::steady_clock::now() + pause_;
  downReason_ = error;
  // With connections in use, who waits may still be served by one of them (the source may just be full).
  if (open_ == 0 && connecting_ == 0) failWaiters(error);
}

void Pool::failWaiters(const base::Error& error) {
  for (Waiter* waiter : waiters_) {
    waiter->failure = error;
    waiter->timer.cancel();
  }
  waiters_.clear();
}

void Pool::takeBack(std::unique_ptr<UpstreamConnection> connection) {
  if (waiters_.empty() && budgetTicket_ != 0) budget_->forget(std::exchange(budgetTicket_, 0));
  // Other threads may need the place more than this one needs the connection. Within its share a thread keeps its own:
  // giving them to and fro would cost a login each time.
  const bool surplus =
      waiters_.empty() && budget_->hasWaiters() && open_ > static_cast<std::size_t>(budget_->fairShare());
  if (closed_ || surplus || !connection->clean()) return closeConnection(std::move(connection));
  connection->shrink();
  handOut(std::move(connection));
}

void Pool::handOut(std::unique_ptr<UpstreamConnection> connection) {
  if (closed_) return closeConnection(std::move(connection));
  if (waiters_.empty()) {
    idle_.push_back({std::move(connection), std::chrono::steady_clock::now()});
    return;
  }
  Waiter* const waiter = waiters_.front();
  waiters_.pop_front();
  waiter->lease = Lease(shared_from_this(), std::move(connection), std::move(waiter->place));
  waiter->timer.cancel();
}

void Pool::closeConnection(std::unique_ptr<UpstreamConnection> connection) {
  connection.reset();
  --open_;
  budget_->give();
  if (!waiters_.empty()) openForWaiters();
}

void Pool::dropDead() {
  std::vector<Idle> kept;
  for (Idle& entry : std::exchange(idle_, {})) {
    if (entry.connection->looksDead()) {
      closeConnection(std::move(entry.connection));
    } else {
      kept.push_back(std::move(entry));
    }
  }
  idle_ = std::move(kept);
}

void Pool::trimIdle() {
  dropDead();
  const auto oldest = std::chrono::steady_clock::now() - options_->idleTimeout;
  while (!idle_.empty() && idle_.front().since < oldest) {
    auto connection = std::move(idle_.front().connection);
    idle_.erase(idle_.begin());
    closeConnection(std::move(connection));
  }
}

void Pool::close() {
  closed_ = true;
  if (budgetTicket_ != 0) budget_->forget(std::exchange(budgetTicket_, 0));
  failWaiters(closedError());
  for (asio::steady_timer* timer : placeWaiters_) timer->cancel();
  for (Idle& entry : std::exchange(idle_, {})) closeConnection(std::move(entry.connection));
}

Pools::Pools(asio::any_io_executor executor, std::shared_ptr<Budgets> budgets)
    : executor_(std::move(executor)), budgets_(std::move(budgets)), timer_(executor_) {}

Pools::~Pools() { close(); }

std::shared_ptr<Pool> Pools::of(const ConnectOptionsPtr& options) {
  const auto found = pools_.find(options->digest);
  if (found != pools_.end()) return found->second;
  auto pool = std::make_shared<Pool>(executor_, options, budgets_->of(*options));
  if (closed_) {
    pool->close();
    return pool;
  }
  if (pools_.empty()) trimLater();
  pools_.emplace(options->digest, pool);
  return pool;
}

void Pools::trimLater() {
  timer_.expires_after(kTrimInterval);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](const asio::error_code& failure) {
    if (!failure && !alive.expired()) trim();
  });
}

void Pools::trim() {
  const auto now = std::chrono::steady_clock::now();
  for (auto entry = pools_.begin(); entry != pools_.end();) {
    entry->second->trimIdle();
    const bool forgotten = entry->second.use_count() == 1 && entry->second->open() == 0 &&
                           now - entry->second->lastUse() > kForgottenAfter * kTrimInterval;
    entry = forgotten ? pools_.erase(entry) : std::next(entry);
  }
  if (!pools_.empty()) trimLater();
}

void Pools::close() {
  closed_ = true;
  timer_.cancel();
  for (const auto& [digest, pool] : pools_) pool->close();
  pools_.clear();
}

}  // namespace scrim::postgres
