// SPDX-License-Identifier: Apache-2.0
// TokenLife: what is known of the access token that a session logged in with, shared by the sessions of one
// login and whoever asks the catalog again. Revoked or past its time it has ended, for good; not heard of for longer
// than the lease it does not hold. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "common/base/clock.h"

namespace scrim::identity {

class TokenLife {
 public:
  /// `asked`: when the catalog was asked; `left`: how long the token lasts from then.
  TokenLife(std::int64_t id, base::MonotonicTime asked, std::chrono::seconds left, std::chrono::milliseconds lease,
            const base::Clock& clock)
      : id_(id), end_(asked + left), lease_(lease), clock_(clock) {
    renew(asked);
  }

  std::int64_t id() const { return id_; }
  void renew(base::MonotonicTime asked) { at_.store(asked.time_since_epoch().count(), std::memory_order_relaxed); }
  void end() { ended_.store(true, std::memory_order_relaxed); }
  bool ended() const { return ended_.load(std::memory_order_relaxed) || clock_.monotonic() >= end_; }
  bool holds() const {
    const base::MonotonicTime at{base::MonotonicTime::duration(at_.load(std::memory_order_relaxed))};
    return !ended() && clock_.monotonic() - at <= lease_;
  }

 private:
  const std::int64_t id_;
  const base::MonotonicTime end_;
  const std::chrono::milliseconds lease_;
  const base::Clock& clock_;
  std::atomic<bool> ended_{false};
  std::atomic<base::MonotonicTime::rep> at_{0};
};

}  // namespace scrim::identity
