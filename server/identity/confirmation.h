// SPDX-License-Identifier: Apache-2.0
// Confirmation: when a directory last told of a user, shared by the user's sessions and whoever asks the directory
// again. Past the lease it does not hold: what somebody may do is then not known any more. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "common/base/clock.h"

namespace scrim::identity {

class Confirmation {
 public:
  Confirmation(std::chrono::seconds lease, const base::Clock& clock) : lease_(lease), clock_(clock) {
    renew(clock.monotonic());
  }

  /// `asked`: when the question was sent whose answer it is.
  void renew(base::MonotonicTime asked) { at_.store(asked.time_since_epoch().count(), std::memory_order_relaxed); }
  bool holds() const {
    const base::MonotonicTime at{base::MonotonicTime::duration(at_.load(std::memory_order_relaxed))};
    return clock_.monotonic() - at <= lease_;
  }
  base::MonotonicTime at() const {
    return base::MonotonicTime(base::MonotonicTime::duration(at_.load(std::memory_order_relaxed)));
  }

 private:
  const std::chrono::seconds lease_;
  const base::Clock& clock_;
  std::atomic<base::MonotonicTime::rep> at_{0};
};

}  // namespace scrim::identity
