// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/setting_types.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <unordered_map>
#include <vector>

namespace scrim::gateway {
namespace {

struct Unit {
  std::string_view name;
  double milliseconds;
};
constexpr std::array kUnits{Unit{"us", 0.001},        Unit{"ms", 1},
                            Unit{"s", 1000},          Unit{"min", 60000},
                            Unit{"h", 3600.0 * 1000}, Unit{"d", 86400.0 * 1000}};

std::vector<std::string_view> splitList(std::string_view text) {
  std::vector<std::string_view> items;
  while (true) {
    const std::size_t comma = text.find(',');
    items.push_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::string_view dateFormatOf(std::string_view word) {
  if (word == "iso") return "ISO";
  if (word == "sql") return "SQL";
  if (word == "postgres") return "Postgres";
  if (word == "german") return "German";
  return {};
}

std::string_view dateOrderOf(std::string_view word) {
  if (word == "ymd") return "YMD";
  if (word == "dmy" || word.starts_with("euro")) return "DMY";
  if (word == "mdy" || word == "us" || word.starts_with("noneuro")) return "MDY";
  return {};
}

using Zones = std::unordered_map<std::string, std::string>;  // lower case -> as the zone database writes it

Zones loadZones() {
  namespace fs = std::filesystem;
  Zones zones{{"utc", "UTC"}, {"gmt", "GMT"}};
  std::error_code error;
  const fs::path root = "/usr/share/zoneinfo";
  for (fs::recursive_directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    const std::string name = at->path().lexically_relative(root).string();
    const bool other = name.starts_with("posix/") || name.starts_with("right/") || name.find('.') != std::string::npos;
    if (!other && at->is_regular_file(ignored)) zones.emplace(lowered(name), name);
  }
  return zones;
}

/// A bare number of hours east of Greenwich, which PostgreSQL writes as a POSIX zone.
std::optional<std::string> readOffset(std::string_view text) {
  double hours = 0;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), hours);
  if (error != std::errc() || end != digits.data() + digits.size() || std::abs(hours) > 15) return std::nullopt;
  const int minutes = static_cast<int>(std::lround(std::abs(hours) * 60));
  char part[24];
  if (minutes % 60 != 0) {
    std::snprintf(part, sizeof part, "%02d:%02d", minutes / 60, minutes % 60);
  } else {
    std::snprintf(part, sizeof part, "%02d", minutes / 60);
  }
  const bool east = hours >= 0;
  return std::string(east ? "<+" : "<-") + part + ">" + (east ? "-" : "+") + part;
}

}  // namespace

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto isSpace = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<bool> readBoolean(std::string_view text) {
  const std::string word = lowered(trimmed(text));
  const auto begins = [&](std::string_view whole, std::size_t least) {
    return word.size() >= least && whole.starts_with(word);
  };
  if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || word == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0") return false;
  return std::nullopt;
}

std::optional<std::int64_t> readMilliseconds(std::string_view text) {
  text = trimmed(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  const std::string_view rest = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  double factor = rest.empty() ? 1 : 0;
  for (const Unit& unit : kUnits) {
    if (rest == unit.name) factor = unit.milliseconds;
  }
  const double value = std::round(number * factor);
  if (factor == 0 || value < 0 || value > 2147483647.0) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::string printMilliseconds(std::int64_t milliseconds) {
  if (milliseconds == 0) return "0";
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit) {
    const auto size = static_cast<std::int64_t>(unit->milliseconds);
    if (size >= 1 && milliseconds % size == 0) return std::to_string(milliseconds / size) + std::string(unit->name);
  }
  return std::to_string(milliseconds);
}

std::optional<std::string> readDateStyle(std::string_view text, std::string_view current) {
  const std::vector<std::string_view> now = splitList(current);
  std::string format(now.front());
  std::string order(now.back());
  bool formatSaid = false;
  bool orderSaid = false;
  for (const std::string_view item : splitList(text)) {
    const std::string word = lowered(item);
    if (word == "default") {
      if (!formatSaid) format = "ISO";
      if (!orderSaid) order = "MDY";
    } else if (!dateFormatOf(word).empty()) {
      if (formatSaid && format != dateFormatOf(word)) return std::nullopt;
      format = dateFormatOf(word);
      formatSaid = true;
      if (word == "german" && !orderSaid) order = "DMY";
    } else if (!dateOrderOf(word).empty()) {
      if (orderSaid && order != dateOrderOf(word)) return std::nullopt;
      order = dateOrderOf(word);
      orderSaid = true;
    } else {
      return std::nullopt;
    }
  }
  return format + ", " + order;
}

std::optional<std::string> readTimeZone(std::string_view text) {
  static const Zones zones = loadZones();
  text = trimmed(text);
  if (text.empty() || text.size() > 64) return std::nullopt;
  if (const auto found = zones.find(lowered(text)); found != zones.end()) return found->second;
  return readOffset(text);
}

std::optional<std::string> readSearchPath(std::string_view text) {
  std::string out;
  for (std::string_view item : splitList(text)) {
    if (item.size() >= 2 && item.front() == '"' && item.back() == '"') item = item.substr(1, item.size() - 2);
    if (item.empty() && trimmed(text).empty()) return std::string("\"\"");
    if (item != "$user" && item != "public" && item != "pg_catalog" && !item.empty()) return std::nullopt;
    out += out.empty() ? "" : ", ";
    out += item == "$user" || item.empty() ? "\"" + std::string(item) + "\"" : std::string(item);
  }
  return out;
}

}  // namespace scrim::gateway
