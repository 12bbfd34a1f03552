// SPDX-License-Identifier: Apache-2.0
// SHOW ONLY p PERCENT OF ROWS BY COLUMN c: a row is shown if the HASHING number of c's value (the first 60 bits of its
// HMAC, as for integers), modulo 1,000,000, is below p * 10,000. NULL is never shown. Stable: the same values are shown
// in every query, in every engine. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrim::policy {

inline constexpr std::int64_t kSampleBuckets = 1000000;

/// A percentage from 0 to 100 with at most four digits after the point; nullopt otherwise.
std::optional<double> percentOf(std::string_view number);
std::string printedPercent(double percent);
/// How many of the buckets are shown.
std::int64_t shownBuckets(double percent);

}  // namespace scrim::policy
