// SPDX-License-Identifier: Apache-2.0
// Moments in UTC: microseconds since 1970, years 0001 to 9999, for the reference interpreter. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/policy/mask.h"

namespace scrim::policy {

using Microseconds = std::int64_t;

/// "2024-02-29", or with " 13:05:00[.ffffff]"; nullopt: another form.
std::optional<Microseconds> parseMoment(std::string_view text);
std::string dateText(Microseconds moment);
/// Always with six digits of fraction: "2024-02-29 13:05:00.000000".
std::string timestampText(Microseconds moment);

/// The start of the hour, day, month, quarter or year.
Microseconds truncated(Microseconds moment, RoundingUnit unit);
/// Plus (or minus) "90 days", "1 month" (the last day of a shorter month), ..; nullopt: out of range.
std::optional<Microseconds> shifted(Microseconds moment, std::string_view interval, bool forward);

}  // namespace scrim::policy
