// SPDX-License-Identifier: Apache-2.0
#include "common/policy/canonical.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "common/policy/token.h"

namespace scrim::policy {
namespace {

bool allDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string withoutLeadingZeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

int valueOf(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool isClock(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return false;
  const std::string_view hour = text.substr(0, 2), minute = text.substr(3, 2), second = text.substr(6, 2);
  return allDigits(hour) && allDigits(minute) && allDigits(second) && valueOf(hour) < 24 && valueOf(minute) < 60 &&
         valueOf(second) < 60;
}

constexpr std::array<std::string_view, 6> kUnits{"minutes", "hours", "days", "weeks", "months", "years"};

}  // namespace

std::string canonicalNumber(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const std::size_t point = digits.find('.');
  std::string out = withoutLeadingZeros(digits.substr(0, point));
  if (point != std::string_view::npos) {
    std::string_view fraction = digits.substr(point + 1);
    while (fraction.size() > 1 && fraction.back() == '0') fraction.remove_suffix(1);
    out += "." + std::string(fraction);
  }
  const bool zero = out.find_first_not_of("0.") == std::string::npos;
  return negative && !zero ? "-" + out : out;
}

std::optional<std::string> canonicalDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::string_view year = text.substr(0, 4), month = text.substr(5, 2), day = text.substr(8, 2);
  if (!allDigits(year) || !allDigits(month) || !allDigits(day) || valueOf(year) == 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(valueOf(year)),
                                         std::chrono::month(static_cast<unsigned>(valueOf(month))),
                                         std::chrono::day(static_cast<unsigned>(valueOf(day)))};
  return date.ok() ? std::optional(std::string(text)) : std::nullopt;
}

std::optional<std::string> canonicalTimestamp(std::string_view text) {
  if (text.size() < 19 || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  if (!canonicalDate(text.substr(0, 10)) || !isClock(text.substr(11, 8))) return std::nullopt;
  std::string out = std::string(text.substr(0, 10)) + " " + std::string(text.substr(11, 8));
  std::string_view fraction = text.substr(19);
  if (fraction.empty()) return out;
  if (fraction[0] != '.' || fraction.size() > 7 || !allDigits(fraction.substr(1))) return std::nullopt;
  while (fraction.back() == '0') fraction.remove_suffix(1);
  return fraction == "." ? out : out + std::string(fraction);
}

std::optional<std::string> canonicalInterval(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || space > 6 || !allDigits(text.substr(0, space))) return std::nullopt;
  const std::string_view unit = intervalUnit(text.substr(space + 1));
  if (unit.empty()) return std::nullopt;
  const std::string count = withoutLeadingZeros(text.substr(0, space));
  return count + " " + std::string(count == "1" ? unit.substr(0, unit.size() - 1) : unit);
}

std::string_view intervalUnit(std::string_view word) {
  const std::string lower = lowerAscii(word);
  for (std::string_view unit : kUnits) {
    if (lower == unit || lower == unit.substr(0, unit.size() - 1)) return unit;
  }
  return {};
}

}  // namespace scrim::policy
