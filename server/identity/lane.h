// SPDX-License-Identifier: Apache-2.0
// Lane: a few threads for work that may wait long for one directory, and a bounded queue before them. Each directory
// has its own, so that one that is slow holds up nothing but what asks it. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace scrim::identity {

class Lane {
 public:
  /// Called once; when `stop` has been asked for already, it has only to say so.
  using Job = std::function<void(const std::stop_token& stop)>;

  Lane(std::size_t threads, std::size_t waiting);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// False: too many wait, or it has stopped; the job is not called.
  bool add(Job job);

  /// Asks the jobs to stop and returns when all of them have. Not from a job.
  void stop();

 private:
  void work();

  const std::size_t most_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::deque<Job> jobs_;
  std::vector<std::jthread> threads_;
};

}  // namespace scrim::identity
