// SPDX-License-Identifier: Apache-2.0
#include "ldap/account_state.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "ldap/text.h"

namespace scrim::ldap {
namespace {

using std::chrono::seconds;

// [MS-ADTS] 2.2.16: bits of userAccountControl; the last two are only ever seen in the computed attribute.
constexpr std::int64_t kDisabled = 0x2;
constexpr std::int64_t kLockedOut = 0x10;
constexpr std::int64_t kPasswordExpired = 0x800000;
// A FILETIME counts 100 ns since 1601; "never" is 0 or the largest number.
constexpr std::int64_t kTicksPerSecond = 10'000'000;
constexpr std::int64_t kSecondsFrom1601To1970 = 11'644'473'600;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
// The password policy overlay's word for an administrator's lock.
constexpr std::string_view kLockedForGood = "000001010000Z";

struct Number {
  bool present = false;
  bool readable = true;
  std::int64_t value = 0;
};

Number numberOf(const Entry& entry, std::string_view name) {
  const auto& values = entry.values(name);
  if (values.empty()) return {};
  Number number{true, false, 0};
  const std::string& text = values.front();
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number.value);
  number.readable = values.size() == 1 && failure == std::errc() && end == text.data() + text.size();
  return number;
}

std::int64_t secondsOf(base::WallTime time) {
  return std::chrono::duration_cast<seconds>(time.time_since_epoch()).count();
}

AccountState activeDirectoryState(const Entry& entry, base::WallTime now) {
  const Number control = numberOf(entry, "useraccountcontrol");
  const Number computed = numberOf(entry, "msds-user-account-control-computed");
  const Number expires = numberOf(entry, "accountexpires");
  const Number lockout = numberOf(entry, "lockouttime");
  if (!control.present || !control.readable || !computed.readable || !expires.readable || !lockout.readable) {
    return AccountState::unknown;
  }
  if ((control.value & kDisabled) != 0) return AccountState::disabled;
  if (expires.value != 0 && expires.value != kNever &&
      expires.value / kTicksPerSecond - kSecondsFrom1601To1970 <= secondsOf(now)) {
    return AccountState::expired;
  }
  // lockoutTime stays after the lock has run out; only the computed bits know. Without them, it counts.
  const bool locked = computed.present ? (computed.value & kLockedOut) != 0 : lockout.value != 0;
  if (locked) return AccountState::locked;
  if ((computed.value & kPasswordExpired) != 0) return AccountState::passwordExpired;
  return AccountState::active;
}

/// Whether any value is a time for which `test` holds; one that cannot be read sets `unknown`.
template <typename Test>
bool anyTime(const Entry& entry, std::string_view name, bool& unknown, Test test) {
  for (const std::string& value : entry.values(name)) {
    const auto time = parseGeneralizedTime(value);
    if (!time) {
      unknown = true;
    } else if (test(*time)) {
      return true;
    }
  }
  return false;
}

bool isLockedForGood(const Entry& entry) {
  const auto& values = entry.values("pwdaccountlockedtime");
  return std::find(values.begin(), values.end(), kLockedForGood) != values.end();
}

bool mustResetPassword(const Entry& entry) {
  const auto& values = entry.values("pwdreset");
  return std::any_of(values.begin(), values.end(),
                     [](const std::string& value) { return lowerCase(value) != "false"; });
}

AccountState openLdapState(const Entry& entry, base::WallTime now) {
  if (isLockedForGood(entry)) return AccountState::disabled;
  const Number shadow = numberOf(entry, "shadowexpire");
  bool unknown = !shadow.readable;
  const std::int64_t today = secondsOf(now) / (24 * 60 * 60);
  const bool ended = anyTime(entry, "pwdendtime", unknown, [&](base::WallTime time) { return time <= now; });
  const bool early = anyTime(entry, "pwdstarttime", unknown, [&](base::WallTime time) { return time > now; });
  if (ended || early || (shadow.present && shadow.readable && shadow.value >= 0 && shadow.value <= today))
    return AccountState::expired;
  // How long such a lock lasts is in a policy that we do not read; the server takes it away at the next good login.
  const bool locked = anyTime(entry, "pwdaccountlockedtime", unknown, [](base::WallTime) { return true; });
  const bool paused = anyTime(entry, "pwdaccounttmplockoutend", unknown, [&](base::WallTime t) { return t > now; });
  if (unknown) return AccountState::unknown;
  if (locked || paused) return AccountState::locked;
  return mustResetPassword(entry) ? AccountState::passwordExpired : AccountState::active;
}

/// Takes `count` digits away; -1: they are not there.
int takeDigits(std::string_view& rest, std::size_t count) {
  if (rest.size() < count) return -1;
  int value = 0;
  for (const char c : rest.substr(0, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  rest.remove_prefix(count);
  return value;
}

/// Takes ".digits" away, if it is there; false: digits are missing.
bool takeFraction(std::string_view& rest) {
  if (!rest.starts_with('.') && !rest.starts_with(',')) return true;
  const std::size_t end = rest.find_first_not_of("0123456789", 1);
  if (end == 1 || end == std::string_view::npos) return false;
  rest.remove_prefix(end);
  return true;
}

}  // namespace

std::string_view nameOf(AccountState state) {
  switch (state) {
    case AccountState::active:
      return "active";
    case AccountState::disabled:
      return "disabled";
    case AccountState::expired:
      return "expired";
    case AccountState::locked:
      return "locked";
    case AccountState::passwordExpired:
      return "password expired";
    case AccountState::unknown:
      break;
  }
  return "of unknown state";
}

std::vector<std::string> accountAttributes(Kind kind) {
  if (kind == Kind::activeDirectory) {
    return {"userAccountControl", "msDS-User-Account-Control-Computed", "accountExpires", "lockoutTime"};
  }
  return {"pwdAccountLockedTime", "pwdAccountTmpLockoutEnd", "pwdEndTime", "pwdStartTime", "pwdReset", "shadowExpire"};
}

AccountState accountState(Kind kind, const Entry& entry, base::WallTime now) {
  return kind == Kind::activeDirectory ? activeDirectoryState(entry, now) : openLdapState(entry, now);
}

std::optional<base::WallTime> parseGeneralizedTime(std::string_view text) {
  const int year = takeDigits(text, 4);
  const int month = takeDigits(text, 2);
  const int day = takeDigits(text, 2);
  const int hour = takeDigits(text, 2);
  const int minute = takeDigits(text, 2);
  const int second = text.empty() || text.front() < '0' || text.front() > '9' ? 0 : takeDigits(text, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  if (year < 1970 || !takeFraction(text) || text != "Z") return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (month < 1 || day < 1 || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second);
}

}  // namespace scrim::ldap
