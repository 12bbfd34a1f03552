// SPDX-License-Identifier: Apache-2.0
#include "server/api/metrics.h"

#include <sstream>

namespace scrim::api {

void Metrics::count(std::string_view operation, int status, std::chrono::microseconds took) {
  const std::lock_guard lock(mutex_);
  ++requests_[{std::string(operation), status / 100}];
  Timing& timing = timings_[std::string(operation)];
  std::size_t bucket = 0;
  while (bucket < kBounds.size() && took.count() > kBounds[bucket]) ++bucket;
  ++timing.buckets[bucket];
  timing.microseconds += static_cast<std::uint64_t>(took.count());
  ++timing.count;
}

std::string Metrics::text() const {
  std::ostringstream out;
  const std::lock_guard lock(mutex_);
  out << "# HELP scrim_api_requests_total Requests of the REST API.\n# TYPE scrim_api_requests_total counter\n";
  for (const auto& [key, count] : requests_) {
    out << "scrim_api_requests_total{operation=\"" << key.first << "\",status=\"" << key.second << "xx\"} " << count
        << "\n";
  }
  out << "# HELP scrim_api_request_seconds How long requests took.\n# TYPE scrim_api_request_seconds histogram\n";
  for (const auto& [operation, timing] : timings_) {
    const std::string label = "{operation=\"" + operation + "\"";
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
      sum += timing.buckets[i];
      out << "scrim_api_request_seconds_bucket" << label << ",le=\"" << static_cast<double>(kBounds[i]) / 1e6 << "\"} "
          << sum << "\n";
    }
    out << "scrim_api_request_seconds_bucket" << label << ",le=\"+Inf\"} " << timing.count << "\n";
    out << "scrim_api_request_seconds_sum" << label << "} " << static_cast<double>(timing.microseconds) / 1e6 << "\n";
    out << "scrim_api_request_seconds_count" << label << "} " << timing.count << "\n";
  }
  return out.str();
}

}  // namespace scrim::api
