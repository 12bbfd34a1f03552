// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/session_settings.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <charconv>
#include <map>
#include <mutex>

namespace scrim::postgres {
namespace {

struct Travelling {
  std::string_view name;
  std::string_view start;
};
/// The settings that change what a SELECT returns, and what a session starts with.
constexpr std::array kTravelling{
    Travelling{"TimeZone", "UTC"},         Travelling{"DateStyle", "ISO, MDY"}, Travelling{"IntervalStyle", "postgres"},
    Travelling{"extra_float_digits", "1"}, Travelling{"bytea_output", "hex"},
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::optional<std::size_t> placeOf(std::string_view name) {
  const std::string wanted = lower(name);
  for (std::size_t i = 0; i < kTravelling.size(); ++i) {
    if (lower(kTravelling[i].name) == wanted) return i;
  }
  return std::nullopt;
}

bool isOneOf(std::string_view value, std::initializer_list<std::string_view> allowed) {
  return std::ranges::find(allowed, lower(value)) != allowed.end();
}

bool isDigits(std::string_view value) {
  int digits = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), digits);
  return failure == std::errc{} && end == value.data() + value.size() && digits >= -15 && digits <= 3;
}

bool isDateStyle(std::string_view value) {
  bool any = false;
  std::string word;
  for (const char c : std::string(value) + ",") {
    if (c != ',' && c != ' ') {
      word.push_back(c);
      continue;
    }
    if (word.empty()) continue;
    any = true;
    if (!isOneOf(word, {"iso", "sql", "postgres", "german", "dmy", "mdy", "ymd", "us", "european", "euro", "noneuro",
                        "noneuropean"})) {
      return false;
    }
    word.clear();
  }
  return any;
}

/// Time zones are names that only the source can judge; here they must merely be harmless text.
bool isZone(std::string_view value) {
  return !value.empty() && value.size() <= 128 &&
         std::ranges::all_of(value, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

bool isValid(std::size_t place, std::string_view value) {
  switch (place) {
    case 0:
      return isZone(value);
    case 1:
      return isDateStyle(value);
    case 2:
      return isOneOf(value, {"postgres", "postgres_verbose", "sql_standard", "iso_8601"});
    case 3:
      return isDigits(value);
    case 4:
      return isOneOf(value, {"hex", "escape"});
    default:
      return false;
  }
}

std::string quoted(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'') text.push_back('\'');
    text.push_back(c);
  }
  return text + "'";
}

}  // namespace

std::uint64_t SessionSettings::nextOrdinal() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

SessionSettingsPtr SessionSettings::interned(std::vector<std::string> values) {
  static std::mutex mutex;
  static std::map<std::vector<std::string>, std::weak_ptr<const SessionSettings>> known;
  const std::lock_guard lock(mutex);
  auto& place = known[values];
  if (auto existing = place.lock()) return existing;
  std::erase_if(known, [&place](const auto& entry) { return &entry.second != &place && entry.second.expired(); });
  SessionSettingsPtr made(new SessionSettings(std::move(values)));
  place = made;
  return made;
}

SessionSettingsPtr SessionSettings::defaults() {
  static const SessionSettingsPtr start = [] {
    std::vector<std::string> values;
    for (const Travelling& setting : kTravelling) values.emplace_back(setting.start);
    return interned(std::move(values));
  }();
  return start;
}

base::Result<SessionSettingsPtr> SessionSettings::with(std::string_view name, std::string_view value) const {
  const auto place = placeOf(name);
  if (!place) {
    return base::Error{base::ErrorCode::invalidParameter,
                       "setting \"" + std::string(name) + "\" does not travel to sources"};
  }
  if (!isValid(*place, value)) {
    return base::Error{base::ErrorCode::invalidParameter, "invalid value for parameter \"" +
                                                              std::string(kTravelling[*place].name) + "\": \"" +
                                                              std::string(value) + "\""};
  }
  std::vector<std::string> values = values_;
  values[*place] = value;
  return interned(std::move(values));
}

const std::string* SessionSettings::find(std::string_view name) const {
  const auto place = placeOf(name);
  return place ? &values_[*place] : nullptr;
}

std::string SessionSettings::changesFrom(const SessionSettings* current) const {
  std::string sql;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (current && current->values_[i] == values_[i]) continue;
    if (!sql.empty()) sql += "; ";
    sql.append("SET ").append(kTravelling[i].name).append(" = ").append(quoted(values_[i]));
  }
  return sql;
}

}  // namespace scrim::postgres
