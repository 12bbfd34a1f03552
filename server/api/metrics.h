// SPDX-License-Identifier: Apache-2.0
// Metrics of the API in Prometheus' text format. Labels are names of routes and classes of statuses, so their number is
// bounded whatever clients send. Any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace scrim::api {

class Metrics {
 public:
  void count(std::string_view operation, int status, std::chrono::microseconds took);
  std::string text() const;

 private:
  /// Upper bounds of the histogram, in microseconds.
  static constexpr std::array<std::int64_t, 8> kBounds{1'000,   5'000,   10'000,    50'000,
                                                       100'000, 500'000, 1'000'000, 5'000'000};
  struct Timing {
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    std::uint64_t microseconds = 0;
    std::uint64_t count = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::uint64_t> requests_;  // by operation and status / 100
  std::map<std::string, Timing> timings_;
};

}  // namespace scrim::api
