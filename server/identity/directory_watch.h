// SPDX-License-Identifier: Apache-2.0
// DirectoryWatch: asks again, in time, about everybody who has a session here, on threads of each directory's own.
// While a question goes unanswered the sessions' Confirmation grows old. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

#include "common/base/clock.h"
#include "common/base/id.h"
#include "common/base/result.h"
#include "server/catalog/model.h"
#include "server/identity/confirmation.h"

namespace scrim::identity {

class DirectoryWatch {
 public:
  /// Brings an account up to date; how long that may stand before the next question.
  using Ask = std::function<base::Result<std::chrono::seconds>(base::UserId id, const std::stop_token& stop)>;

  DirectoryWatch(Ask ask, std::size_t threadsOfEach, const base::Clock& clock);
  ~DirectoryWatch();
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  /// Somebody logs in whom the directory was `asked` about then. They are watched while the result is in use; its lease
  /// is the one of the first of the sessions that exist side by side.
  std::shared_ptr<Confirmation> watch(base::UserId id, const catalog::IdentityProvider& provider,
                                      base::MonotonicTime asked);
  void stop();

 private:
  class Crew;
  const Ask ask_;
  const std::size_t threads_;
  const base::Clock& clock_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::unordered_map<base::IdentityProviderId, std::unique_ptr<Crew>> crews_;
};

}  // namespace scrim::identity
