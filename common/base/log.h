// SPDX-License-Identifier: Apache-2.0
// Log: one JSON object a line on standard error: time, level, room, message, fields. Any thread. Never holds data of a
// source, statement text, secrets or policy constants: those belong to the audit journal or nowhere.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace scrim::base {

enum class LogLevel { debug, info, warning, error };

struct LogField {
  std::string_view name;
  std::string value;
};

void setLogLevel(LogLevel level);
void log(LogLevel level, std::string_view room, std::string_view message, std::initializer_list<LogField> fields = {});

inline void logInfo(std::string_view room, std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::info, room, message, fields);
}
inline void logWarning(std::string_view room, std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::warning, room, message, fields);
}
inline void logError(std::string_view room, std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::error, room, message, fields);
}

/// Text as a JSON string, quotes included; invalid UTF-8 bytes become U+FFFD.
std::string quotedJson(std::string_view text);

}  // namespace scrim::base
