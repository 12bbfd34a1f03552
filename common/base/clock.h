// SPDX-License-Identifier: Apache-2.0
// Clock: the seam through which code asks for the time, so that tests can set it.
#pragma once

#include <chrono>

namespace scrim::base {

using WallTime = std::chrono::system_clock::time_point;
using MonotonicTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual MonotonicTime monotonic() const = 0;
};

/// The machine's clock; any thread; lives as long as the process.
const Clock& systemClock();

}  // namespace scrim::base
