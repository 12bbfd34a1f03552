// SPDX-License-Identifier: Apache-2.0
// The canonical text of literals and values: one spelling for one value, in every engine. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace scrim::policy {

inline constexpr std::size_t kMostDigits = 39;  // 38 digits and a point

/// Digits with an optional fraction and sign, without needless zeros; a fraction keeps at least one digit ("1.0").
std::string canonicalNumber(std::string_view digits);
/// "2024-02-29"; nullopt: no such day, or another form. Years 0001 to 9999.
std::optional<std::string> canonicalDate(std::string_view text);
/// "2024-02-29 13:05:00" or with up to six digits of fraction, a 'T' for the space allowed; without needless zeros.
std::optional<std::string> canonicalTimestamp(std::string_view text);
/// "90 days": a whole number and a unit from minute to year, singular for 1; nullopt: another form.
std::optional<std::string> canonicalInterval(std::string_view text);

/// The unit of an interval or of FROM THE LAST in the form "days"; empty: no unit.
std::string_view intervalUnit(std::string_view word);

}  // namespace scrim::policy
