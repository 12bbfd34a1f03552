// SPDX-License-Identifier: Apache-2.0
#include "common/policy/sample.h"

#include <cmath>
#include <cstdlib>

#include "common/policy/canonical.h"

namespace scrim::policy {

std::optional<double> percentOf(std::string_view number) {
  const std::size_t point = number.find('.');
  if (point != std::string_view::npos && number.size() - point - 1 > 4) return std::nullopt;
  if (number.empty() || number.size() > 8 || number.starts_with('-')) return std::nullopt;
  const double value = std::strtod(std::string(number).c_str(), nullptr);
  return value >= 0 && value <= 100 ? std::optional(value) : std::nullopt;
}

std::string printedPercent(double percent) {
  const std::int64_t buckets = shownBuckets(percent);
  std::string fraction = std::to_string(kSampleBuckets / 100 + buckets % 10000).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return std::to_string(buckets / 10000) + (fraction.empty() ? "" : "." + fraction);
}

std::int64_t shownBuckets(double percent) { return std::llround(percent * 10000); }

}  // namespace scrim::policy
