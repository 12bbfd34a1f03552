// SPDX-License-Identifier: Apache-2.0
// Pace: how long a statement keeps a connection, as far as that is known. It tells which statements are short enough to
// stand in line behind others on one connection (pipeline.h). Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace scrim::postgres {

class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Span = std::chrono::microseconds;

  /// One run, from the moment that the connection was its own to the end of its reply.
  void note(Span span);
  /// It kept others waiting, or its result was large: for a while (1 s, then longer each time) it runs on its own.
  void noteHeavy(Time now);
  /// nullopt: not known, or not short.
  std::optional<Span> ifShort(Time now) const;

 private:
  std::atomic<std::uint32_t> runs_{0};
  /// Near the shortest of the latest runs: what a run takes when nothing else is in its way.
  std::atomic<std::int64_t> microseconds_{0};
  std::atomic<std::int64_t> aloneUntil_{0};  // in ticks of the steady clock
  std::atomic<int> strikes_{0};
};

}  // namespace scrim::postgres
