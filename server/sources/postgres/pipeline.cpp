// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/pipeline.h"

#include <algorithm>
#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <utility>

namespace scrim::postgres {
namespace {

using namespace std::chrono_literals;

/// More go out in one write than this and the source could have worked on them side by side.
constexpr std::size_t kMostTogether = 8;
constexpr std::size_t kMostTurns = 16;
/// Nobody stands behind more than this, but for one statement in so many: its time there is what it takes when nothing
/// else is in its way.
constexpr Pace::Span kLongestWait = 1ms;
constexpr unsigned kTryEvery = 16;
/// A head that takes longer than the first is not joined any more; longer than the second, and those behind it leave.
constexpr auto kHeadIsSlow = 2ms;
/// A line may go on for ever; but no longer than this while others wait for a connection.
constexpr auto kLineIsOld = 100ms;
constexpr auto kHeadIsHeavy = 10ms;
/// A group that is not answered by then runs again, each statement on its own: any of them may be the slow one.
constexpr auto kGroupIsHeavy = 30ms;

}  // namespace

Turn::Turn(const asio::any_io_executor& executor) : wake_(executor, Pace::Time::max()) {}

bool Turn::atHead() const { return pipeline_ != nullptr && pipeline_->turns.front() == this; }

asio::awaitable<std::tuple<asio::error_code>> Turn::wait() {
  return wake_.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
}

UpstreamConnection& Turn::connection() const { return *pipeline_->lease; }

void Turn::appended(bool wipe) {
  pipeline_->wipe |= wipe;
  pipeline_->home->flushSoon(*pipeline_);
}

void Turn::done(Pace::Time now) {
  Pipeline& pipeline = *std::exchange(pipeline_, nullptr);
  // A group is answered at once: its first turn has waited for all of it.
  if (opensGroup_) pace_->note(std::chrono::duration_cast<Pace::Span>(now - pipeline.headSince) / groupSize_);
  pipeline.turns.pop_front();
  pipeline.expected -= expected_;
  pipeline.headSince = now;
  if (pipeline.turns.empty()) {
    pipeline.lease.giveBack();
  } else {
    Turn& next = *pipeline.turns.front();
    pipeline.lease.chargeTo(*next.share_);
    next.wake_.cancel();
  }
}

void Turn::evictFollowers() {
  if (pipeline_->turns.size() == 1) return;
  pace_->noteHeavy(std::chrono::steady_clock::now());
  Pipelines::evictBehindHead(*pipeline_);
}

void Turn::failed() {
  pace_->noteHeavy(std::chrono::steady_clock::now());
  std::deque<Turn*>& turns = pipeline_->turns;
  while (turns.size() > 1 && turns[1]->group_ == group_) {
    pipeline_->expected -= turns[1]->expected_;
    turns[1]->beEvicted();
    turns.erase(turns.begin() + 1);
  }
  closesGroup_ = true;
}

void Turn::breakOff() {
  if (pipeline_ == nullptr) return;
  Pipelines::breakOff(*pipeline_);
  evicted_ = false;
}

void Turn::beEvicted() {
  pipeline_ = nullptr;
  evicted_ = true;
  wake_.cancel();
}

Pipelines::Pipelines(asio::any_io_executor executor) : executor_(std::move(executor)), timer_(executor_) {}

Pipelines::~Pipelines() = default;

bool Pipelines::fits(const Pipeline& pipeline, const Joining& joining, bool othersWait) {
  if (!pipeline.lease || (othersWait && joining.now - pipeline.since > kLineIsOld)) return false;
  // A line of others may be charged to whoever is in it.
  if (joining.share->full() && !pipeline.lease.isChargedTo(joining.share)) return false;
  const bool trial = joining.number % kTryEvery == 0 && pipeline.turns.size() == 1;
  if (pipeline.expected + joining.expected > kLongestWait && !trial) return false;
  UpstreamConnection& connection = *pipeline.lease;
  return !connection.broken() && joining.now - pipeline.headSince < kHeadIsSlow &&
         connection.settings() == joining.settings && connection.isPrepared(joining.statementId);
}

bool Pipelines::joinUnsent(Turn& turn, const Joining& joining, bool othersWait) {
  for (const auto& pipeline : pipelines_) {
    if (!pipeline->flushDue || pipeline->turns.size() >= kMostTogether || !fits(*pipeline, joining, othersWait))
      continue;
    enter(*pipeline, turn, joining);
    return true;
  }
  return false;
}

bool Pipelines::joinShortest(Turn& turn, const Joining& joining, bool othersWait) {
  Pipeline* best = nullptr;
  for (const auto& pipeline : pipelines_) {
    if (pipeline->turns.size() >= kMostTurns || !fits(*pipeline, joining, othersWait)) continue;
    if (best == nullptr || pipeline->turns.size() < best->turns.size()) best = pipeline.get();
  }
  if (best == nullptr) return false;
  enter(*best, turn, joining);
  return true;
}

void Pipelines::begin(Turn& turn, Lease lease, const Joining& joining) {
  Pipeline* free = nullptr;
  for (const auto& pipeline : pipelines_) {
    if (!pipeline->lease) free = pipeline.get();
  }
  if (free == nullptr) {
    pipelines_.push_back(std::make_unique<Pipeline>(Pipeline{.home = this}));
    free = pipelines_.back().get();
  }
  free->lease = std::move(lease);
  free->since = free->headSince = joining.now;
  enter(*free, turn, joining);
}

void Pipelines::enter(Pipeline& pipeline, Turn& turn, const Joining& joining) {
  turn.pipeline_ = &pipeline;
  turn.share_ = &joining.share;
  turn.pace_ = &joining.pace;
  turn.expected_ = joining.expected;
  turn.group_ = pipeline.group;
  turn.evicted_ = turn.kept_ = turn.opensGroup_ = turn.closesGroup_ = false;
  pipeline.turns.push_back(&turn);
  pipeline.expected += joining.expected;
  if (pipeline.turns.size() > 1) watch();
}

// After everything that is ready now has been handled: what that adds goes into the same write.
void Pipelines::flushSoon(Pipeline& pipeline) {
  if (std::exchange(pipeline.flushDue, true)) return;
  asio::post(executor_, [alive = std::weak_ptr(alive_), &pipeline] {
    if (!alive.expired()) flush(pipeline);
  });
}

void Pipelines::flush(Pipeline& pipeline) {
  pipeline.flushDue = false;
  if (!pipeline.lease || pipeline.lease->out().empty()) return;
  closeGroup(pipeline);
  const bool wipe = std::exchange(pipeline.wipe, false);
  // A source that does not take so few bytes hangs or is gone: whoever waits tries another connection.
  if (!pipeline.lease->trySend(wipe)) breakOff(pipeline);
}

void Pipelines::closeGroup(Pipeline& pipeline) {
  const std::uint64_t group = pipeline.group++;
  const auto isIn = [group](const Turn* turn) { return turn->group_ == group; };
  const auto first = std::find_if(pipeline.turns.begin(), pipeline.turns.end(), isIn);
  if (first == pipeline.turns.end()) return;
  pipeline.lease->writer().sync();
  (*first)->opensGroup_ = pipeline.turns.back()->closesGroup_ = true;
  for (auto turn = first; turn != pipeline.turns.end(); ++turn) {
    (*turn)->groupSize_ = static_cast<std::size_t>(pipeline.turns.end() - first);
  }
}

bool Pipelines::sharesGroup(const Pipeline& pipeline) {
  return pipeline.turns.size() > 1 && pipeline.turns[1]->group_ == pipeline.turns[0]->group_;
}

void Pipelines::breakUpGroup(Pipeline& pipeline) {
  const auto now = std::chrono::steady_clock::now();
  const std::uint64_t group = pipeline.turns.front()->group_;
  for (const Turn* turn : pipeline.turns) {
    if (turn->group_ == group) turn->pace_->noteHeavy(now);
  }
  pipeline.lease->cancel();  // nobody waits for the slow one there any more
  breakOff(pipeline);
}

void Pipelines::evictBehindHead(Pipeline& pipeline) {
  pipeline.lease->markBroken();  // what is still answered there belongs to nobody
  while (pipeline.turns.size() > 1) {
    pipeline.turns.back()->beEvicted();
    pipeline.turns.pop_back();
  }
  pipeline.expected = pipeline.turns.front()->expected_;
}

void Pipelines::breakOff(Pipeline& pipeline) {
  pipeline.lease->markBroken();
  for (Turn* turn : std::exchange(pipeline.turns, {})) turn->beEvicted();
  pipeline.expected = Pace::Span{0};
  pipeline.lease.giveBack();
}

// Only while somebody stands behind somebody: a timer for each statement would cost more than the statement.
void Pipelines::watch() {
  if (std::exchange(watching_, true)) return;
  timer_.expires_after(kHeadIsHeavy);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](const asio::error_code& failure) {
    if (!failure && !alive.expired()) look();
  });
}

void Pipelines::look() {
  watching_ = false;
  bool again = false;
  const auto now = std::chrono::steady_clock::now();
  for (const auto& pipeline : pipelines_) {
    if (pipeline->turns.size() < 2) continue;
    const auto since = now - pipeline->headSince;
    const bool group = sharesGroup(*pipeline) && !pipeline->turns.front()->kept_;
    if (since <= (group ? kGroupIsHeavy : kHeadIsHeavy)) {
      again = true;
    } else if (group) {
      breakUpGroup(*pipeline);
    } else {
      pipeline->turns.front()->evictFollowers();
    }
  }
  if (again) watch();
}

}  // namespace scrim::postgres
