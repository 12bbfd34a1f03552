// SPDX-License-Identifier: Apache-2.0
#include "common/policy/moment.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "common/policy/canonical.h"

namespace scrim::policy {
namespace {

using namespace std::chrono;

constexpr Microseconds kSecond = 1000000;
constexpr Microseconds kDay = 86400 * kSecond;

int numberAt(std::string_view text, std::size_t from, std::size_t count) {
  return std::atoi(std::string(text.substr(from, count)).c_str());
}

Microseconds startOf(year_month_day date) { return sys_days(date).time_since_epoch().count() * kDay; }

Microseconds wholeDays(Microseconds moment) {
  const Microseconds days = moment / kDay;
  return moment % kDay < 0 ? days - 1 : days;
}

year_month_day dayOf(Microseconds moment) { return sys_days(days(wholeDays(moment))); }

bool inRange(Microseconds moment) {
  return moment >= startOf(year(1) / 1 / 1) && moment < startOf(year(9999) / 12 / 31) + kDay;
}

Microseconds clockOf(std::string_view text) {
  Microseconds out = (numberAt(text, 0, 2) * 3600 + numberAt(text, 3, 2) * 60 + numberAt(text, 6, 2)) * kSecond;
  Microseconds unit = kSecond / 10;
  for (std::size_t i = 9; i < text.size(); ++i, unit /= 10) out += (text[i] - '0') * unit;
  return out;
}

}  // namespace

std::optional<Microseconds> parseMoment(std::string_view text) {
  const std::optional<std::string> whole = canonicalTimestamp(text);
  if (!whole && !canonicalDate(text)) return std::nullopt;
  const year_month_day date{year(numberAt(text, 0, 4)), month(static_cast<unsigned>(numberAt(text, 5, 2))),
                            day(static_cast<unsigned>(numberAt(text, 8, 2)))};
  return startOf(date) + (whole ? clockOf(std::string_view(*whole).substr(11)) : 0);
}

std::string dateText(Microseconds moment) {
  const year_month_day date = dayOf(moment);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::string timestampText(Microseconds moment) {
  const Microseconds rest = moment - wholeDays(moment) * kDay;
  const int seconds = static_cast<int>(rest / kSecond);
  char text[32];
  std::snprintf(text, sizeof text, " %02d:%02d:%02d.%06d", seconds / 3600, seconds / 60 % 60, seconds % 60,
                static_cast<int>(rest % kSecond));
  return dateText(moment) + text;
}

Microseconds truncated(Microseconds moment, RoundingUnit unit) {
  const year_month_day date = dayOf(moment);
  const unsigned month = static_cast<unsigned>(date.month());
  switch (unit) {
    case RoundingUnit::hour: {
      constexpr Microseconds kHour = 3600 * kSecond;
      const Microseconds rest = moment - wholeDays(moment) * kDay;
      return moment - rest % kHour;
    }
    case RoundingUnit::month:
      return startOf(date.year() / date.month() / 1);
    case RoundingUnit::quarter:
      return startOf(date.year() / std::chrono::month((month - 1) / 3 * 3 + 1) / 1);
    case RoundingUnit::year:
      return startOf(date.year() / 1 / 1);
    case RoundingUnit::day:
    case RoundingUnit::number:
      break;
  }
  return wholeDays(moment) * kDay;
}

std::optional<Microseconds> shifted(Microseconds moment, std::string_view interval, bool forward) {
  const std::size_t space = interval.find(' ');
  const std::string_view unit = intervalUnit(interval.substr(std::min(space, interval.size() - 1) + 1));
  if (space == std::string_view::npos || unit.empty()) return std::nullopt;
  const Microseconds count = (forward ? 1 : -1) * numberAt(interval, 0, space);
  Microseconds out = moment;
  if (unit == "months" || unit == "years") {
    const year_month_day from = dayOf(moment);
    const year_month target = year_month(from.year(), from.month()) + months(unit == "years" ? count * 12 : count);
    const year_month_day last = target / std::chrono::last;
    const year_month_day date = target / std::min(from.day(), last.day());
    if (static_cast<int>(target.year()) < 1 || static_cast<int>(target.year()) > 9999) return std::nullopt;
    out = startOf(date) + (moment - wholeDays(moment) * kDay);
  } else {
    const Microseconds size = unit == "weeks"   ? 7 * kDay
                              : unit == "days"  ? kDay
                              : unit == "hours" ? 3600 * kSecond
                                                : 60 * kSecond;
    out += count * size;
  }
  return inRange(out) ? std::optional(out) : std::nullopt;
}

}  // namespace scrim::policy
