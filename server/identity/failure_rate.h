// SPDX-License-Identifier: Apache-2.0
// FailureRate: how many logins may fail from one address. Each failure fills the address's bucket by one, and it
// empties steadily, all of it in `window`; while it is full no login from there is looked at. IPv6 clients have
// networks: their address is its first 64 bits. Memory is bounded: the addresses that failed least recently are
// forgotten first. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "common/base/clock.h"

namespace scrim::identity {

struct FailureRateLimits {
  int failures = 100;  // the bucket's size; 0: no limit
  std::chrono::seconds window{300};
  std::size_t addresses = 10'000;  // remembered at most
};

class FailureRate {
 public:
  FailureRate(FailureRateLimits limits, const base::Clock& clock) : limits_(limits), clock_(clock) {}

  /// Zero: a login may be tried; else how long until one may.
  std::chrono::seconds pause(const std::string& address);
  /// True: the bucket is full now, and was not before.
  bool failed(const std::string& address);
  void setLimits(const FailureRateLimits& limits);

 private:
  struct Entry {
    std::string key;
    double level = 0;  // failures, at `at`
    base::MonotonicTime at;
  };
  double levelNow(const Entry& entry) const;

  FailureRateLimits limits_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently failed first
  std::unordered_map<std::string, std::list<Entry>::iterator> byKey_;
};

}  // namespace scrim::identity
