// SPDX-License-Identifier: Apache-2.0
#include "server/identity/directory_watch.h"

#include <utility>

#include "common/base/log.h"

namespace scrim::identity {
namespace {

constexpr std::chrono::milliseconds kLookAround{200};  // how late somebody who is due may be asked about

}  // namespace

/// What is watched of one directory.
class DirectoryWatch::Crew {
 public:
  Crew(const Ask& ask, std::size_t threads, const base::Clock& clock) : ask_(ask), clock_(clock) {
    for (std::size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
  }

  std::shared_ptr<Confirmation> watch(base::UserId id, const catalog::IdentityProvider& provider,
                                      base::MonotonicTime asked);
  void requestStop() {
    for (std::jthread& thread : threads_) thread.request_stop();
  }

 private:
  struct Watched {
    std::weak_ptr<Confirmation> confirmation;
    std::chrono::seconds refresh{60};
  };

  void work(const std::stop_token& stop);
  base::UserId nextDue();
  void askAbout(base::UserId id, const std::stop_token& stop);

  const Ask& ask_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::unordered_map<base::UserId, Watched> watched_;
  std::multimap<base::MonotonicTime, base::UserId> due_;  // each watched one is here, or being asked about
  std::vector<std::jthread> threads_;                     // last: they use the rest
};

std::shared_ptr<Confirmation> DirectoryWatch::Crew::watch(base::UserId id, const catalog::IdentityProvider& provider,
                                                          base::MonotonicTime asked) {
  const std::scoped_lock lock(mutex_);
  const auto [place, isNew] = watched_.try_emplace(id);
  if (isNew) {
    due_.emplace(asked + provider.refresh, id);
    wake_.notify_one();
  }
  Watched& watched = place->second;
  watched.refresh = provider.refresh;
  auto confirmation = watched.confirmation.lock();
  if (confirmation == nullptr) {
    confirmation = std::make_shared<Confirmation>(provider.lease, clock_);
    watched.confirmation = confirmation;
  }
  confirmation->renew(asked);
  return confirmation;
}

void DirectoryWatch::Crew::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (const base::UserId due = nextDue()) {
      lock.unlock();
      askAbout(due, stop);
      lock.lock();
    } else if (due_.empty()) {
      wake_.wait(lock, stop, [this] { return !due_.empty(); });
    } else {
      wake_.wait_for(lock, stop, kLookAround, [] { return false; });
    }
  }
}

/// Somebody whom it is time to ask about; none: nobody. With mutex_ held.
base::UserId DirectoryWatch::Crew::nextDue() {
  while (!due_.empty() && due_.begin()->first <= clock_.monotonic()) {
    const base::UserId id = due_.begin()->second;
    due_.erase(due_.begin());
    const auto found = watched_.find(id);
    if (found != watched_.end() && !found->second.confirmation.expired()) return id;
    if (found != watched_.end()) watched_.erase(found);  // the last session has ended
  }
  return {};
}

void DirectoryWatch::Crew::askAbout(base::UserId id, const std::stop_token& stop) {
  const base::MonotonicTime asked = clock_.monotonic();
  const auto refresh = ask_(id, stop);
  if (!refresh.ok() && !stop.stop_requested()) {
    base::logWarning("identity", "a directory could not be asked again about a user with a session",
                     {{"reason", refresh.error().message}});
  }
  const std::scoped_lock lock(mutex_);
  const auto found = watched_.find(id);
  if (found == watched_.end()) return;
  if (refresh.ok()) found->second.refresh = *refresh;
  due_.emplace(asked + found->second.refresh, id);
  const auto confirmation = found->second.confirmation.lock();
  if (confirmation != nullptr && refresh.ok()) confirmation->renew(asked);
}

DirectoryWatch::DirectoryWatch(Ask ask, std::size_t threadsOfEach, const base::Clock& clock)
    : ask_(std::move(ask)), threads_(threadsOfEach), clock_(clock) {}

DirectoryWatch::~DirectoryWatch() { stop(); }

std::shared_ptr<Confirmation> DirectoryWatch::watch(base::UserId id, const catalog::IdentityProvider& provider,
                                                    base::MonotonicTime asked) {
  const std::scoped_lock lock(mutex_);
  // Nobody asks again any more; what is known holds for its lease.
  if (stopped_) return std::make_shared<Confirmation>(provider.lease, clock_);
  std::unique_ptr<Crew>& crew = crews_[provider.id];
  if (crew == nullptr) crew = std::make_unique<Crew>(ask_, threads_, clock_);
  return crew->watch(id, provider, asked);
}

void DirectoryWatch::stop() {
  std::unordered_map<base::IdentityProviderId, std::unique_ptr<Crew>> ended;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    ended.swap(crews_);
  }
  for (const auto& each : ended) each.second->requestStop();
}

}  // namespace scrim::identity
