// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <charconv>

#include "common/base/utf8.h"
#include "server/app/masked.h"
#include "server/app/settings.h"

namespace scrim::app {
namespace {

std::string orOf(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string wrongNumber(const Setting& setting, const std::string& text) {
  long value = 0;
  const char* end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, value);
  const bool whole = !text.empty() && failure == std::errc() && stop == end;
  if (whole && value >= setting.least && value <= setting.most) return {};
  return setting.key + " must be a whole number from " + std::to_string(setting.least) + " to " +
         std::to_string(setting.most);
}

std::string wrongName(const Setting& setting, const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '*';
  });
  if (text.empty()) return "each of " + setting.key + " must not be empty";
  return plain ? "" : setting.key + " holds " + text + ", which is no host name or address";
}

std::string wrongText(const Setting& setting, const std::string& text) {
  if (text.empty() && !setting.mayBeEmpty) return setting.key + " must not be empty";
  if (setting.kind == SettingKind::path && text.find("PRIVATE KEY") != std::string::npos) {
    return setting.key + " must be the name of a file, not what the file holds";
  }
  if (setting.kind == SettingKind::dsn && text.find(kMask) != std::string::npos) {
    return setting.key + " holds a masked value, as --print-config prints it: write the real one";
  }
  return {};
}

}  // namespace

std::string wrongWith(const Setting& setting, const std::string& text) {
  if (!base::isValidUtf8(text)) return setting.key + " must be UTF-8 text";
  const bool clean = std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (!clean && text.find("PRIVATE KEY") == std::string::npos) {
    return setting.key + " must not hold line breaks or other control characters";
  }
  switch (setting.kind) {
    case SettingKind::number:
      return wrongNumber(setting, text);
    case SettingKind::truth:
      return text == "true" || text == "false" ? "" : setting.key + " must be true or false";
    case SettingKind::choice:
      if (std::find(setting.words.begin(), setting.words.end(), text) != setting.words.end()) return {};
      return setting.key + " must be " + orOf(setting.words);
    case SettingKind::addresses:
      if (listenOf(text)) return {};
      return text + " is no address and port: write 127.0.0.1:5439, [::1]:5439 or 0.0.0.0:5439";
    case SettingKind::host:
      return text.empty() ? "" : wrongName(setting, text);
    case SettingKind::names:
      return wrongName(setting, text);
    case SettingKind::text:
    case SettingKind::path:
    case SettingKind::dsn:
      return wrongText(setting, text);
  }
  return setting.key + " is of no known kind";
}

std::string wrongWithAll(const Setting& setting, const Values& values) {
  if (!setting.isList()) return values.size() == 1 ? "" : setting.key + " is given more than once";
  if (values.empty() && !setting.mayBeEmpty) return setting.key + " must name at least one address and port";
  Values sorted = values;
  std::sort(sorted.begin(), sorted.end());
  auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  // Port 0 is another port each time.
  if (twice == sorted.end() || twice->ends_with(":0")) return {};
  return setting.key + " holds " + *twice + " twice";
}

}  // namespace scrim::app
