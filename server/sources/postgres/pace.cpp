// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/pace.h"

#include <algorithm>

namespace scrim::postgres {
namespace {

constexpr std::uint32_t kRunsToKnow = 3;
/// On a busy machine even the shortest statement takes this long, until it has stood in a line.
constexpr Pace::Span kShort{5'000};
constexpr int kMostStrikes = 6;

}  // namespace

// Runs on two threads may overwrite each other's sample: it is an estimate.
void Pace::note(Span span) {
  const std::int64_t before = microseconds_.load(std::memory_order_relaxed);
  const std::int64_t slower = before + before / 8 + 1;
  const bool first = runs_.load(std::memory_order_relaxed) == 0;
  microseconds_.store(first ? span.count() : std::min<std::int64_t>(span.count(), slower), std::memory_order_relaxed);
  if (runs_.load(std::memory_order_relaxed) < kRunsToKnow) runs_.fetch_add(1, std::memory_order_relaxed);
}

void Pace::noteHeavy(Time now) {
  const int strikes = std::min(strikes_.fetch_add(1, std::memory_order_relaxed), kMostStrikes);
  const Time until = now + std::chrono::seconds(1LL << strikes);
  aloneUntil_.store(until.time_since_epoch().count(), std::memory_order_relaxed);
}

std::optional<Pace::Span> Pace::ifShort(Time now) const {
  if (runs_.load(std::memory_order_relaxed) < kRunsToKnow) return std::nullopt;
  if (now.time_since_epoch().count() < aloneUntil_.load(std::memory_order_relaxed)) return std::nullopt;
  const Span span{microseconds_.load(std::memory_order_relaxed)};
  if (span > kShort) return std::nullopt;
  return span;
}

}  // namespace scrim::postgres
