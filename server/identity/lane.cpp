// SPDX-License-Identifier: Apache-2.0
#include "server/identity/lane.h"

#include <utility>

namespace scrim::identity {

Lane::Lane(std::size_t threads, std::size_t waiting) : most_(waiting) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Lane::~Lane() { stop(); }

bool Lane::add(Job job) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopped_ || jobs_.size() >= most_) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void Lane::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
  }
  stop_.request_stop();
  wake_.notify_all();
  threads_.clear();
}

void Lane::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job(stop_.get_token());
    job = nullptr;
    lock.lock();
  }
}

}  // namespace scrim::identity
