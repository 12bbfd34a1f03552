// SPDX-License-Identifier: Apache-2.0
// Lockout: after too many failed logins in a row, a name (normalised, existing or not) is refused for a while. Memory
// is bounded: the names least recently failed are forgotten first, and of a name, which clients make as long as they
// like, its hash is kept. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/clock.h"

namespace scrim::identity {

struct LockoutLimits {
  int failures = 10;                  // this many in a row lock the name; 0: never
  std::chrono::seconds window{300};   // failures older than this are forgotten
  std::chrono::seconds duration{60};  // how long a lock lasts
  std::size_t names = 10'000;         // remembered at most
};

class Lockout {
 public:
  Lockout(LockoutLimits limits, const base::Clock& clock) : limits_(limits), clock_(clock) {}

  bool isLocked(std::string_view name);
  void failed(std::string_view name);
  void succeeded(std::string_view name);
  /// Names that are locked stay so for as long as they were told.
  void setLimits(const LockoutLimits& limits);

 private:
  struct Entry {
    std::string key;
    int failures = 0;
    base::MonotonicTime last;
    base::MonotonicTime lockedUntil;
  };

  LockoutLimits limits_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently failed first
  std::unordered_map<std::string, std::list<Entry>::iterator> byKey_;
};

}  // namespace scrim::identity
