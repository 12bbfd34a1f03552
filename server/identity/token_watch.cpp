// SPDX-License-Identifier: Apache-2.0
#include "server/identity/token_watch.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/log.h"

namespace scrim::identity {

TokenWatch::TokenWatch(Ask ask, TokenWatchTimes times, const base::Clock& clock)
    : ask_(std::move(ask)), times_(times), clock_(clock), thread_([this] { work(); }) {}

TokenWatch::~TokenWatch() { stop(); }

void TokenWatch::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const TokenLife> TokenWatch::watch(std::int64_t id, base::MonotonicTime asked,
                                                   std::chrono::seconds left) {
  auto life = std::make_shared<TokenLife>(id, asked, left, times_.lease, clock_);
  {
    const std::scoped_lock lock(mutex_);
    lives_.push_back(life);
  }
  wake_.notify_all();
  return life;
}

TokenWatch::Lives TokenWatch::living() {
  Lives found;
  std::erase_if(lives_, [&](const std::weak_ptr<TokenLife>& each) {
    auto life = each.lock();
    if (life == nullptr || life->ended()) return true;
    found.push_back(std::move(life));
    return false;
  });
  return found;
}

void TokenWatch::work() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    wake_.wait(lock, [this] { return stopped_ || !lives_.empty(); });
    wake_.wait_for(lock, times_.every, [this] { return stopped_; });
    if (stopped_) return;
    const Lives lives = living();
    lock.unlock();
    if (!lives.empty()) askAbout(lives);
    lock.lock();
  }
}

void TokenWatch::askAbout(const Lives& lives) {
  std::set<std::int64_t> ids;
  for (const auto& life : lives) ids.insert(life->id());
  const base::MonotonicTime asked = clock_.monotonic();
  const auto standing = ask_({ids.begin(), ids.end()});
  if (!standing.ok()) {
    base::logWarning("identity", "the catalog does not say which tokens stand", {{"reason", standing.error().message}});
    return;
  }
  const std::set<std::int64_t> stand(standing->begin(), standing->end());
  for (const auto& life : lives) {
    if (stand.contains(life->id())) {
      life->renew(asked);
    } else {
      life->end();
    }
  }
}

}  // namespace scrim::identity
