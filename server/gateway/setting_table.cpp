// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/setting_table.h"

#include <array>
#include <charconv>

#include "server/gateway/setting_types.h"

namespace scrim::gateway {
namespace {

using Kind = SettingKind;
constexpr std::string_view kLevels = "debug5 debug4 debug3 debug2 debug1 log notice warning error";
constexpr std::string_view kIsolations = "serializable 'repeatable read' 'read committed' 'read uncommitted'";

constexpr std::array kTable{
    SettingRow{"application_name", Kind::text, "", true, "Sets the application name to be reported in audit records."},
    SettingRow{"bytea_output", Kind::choice, "hex", false, "Sets the output format for bytea.", "hex escape"},
    SettingRow{"client_encoding", Kind::encoding, "UTF8", true, "Sets the client's character set encoding."},
    SettingRow{"client_min_messages", Kind::choice, "notice", false, "Sets the message levels that are sent.", kLevels},
    SettingRow{"DateStyle", Kind::dateStyle, "ISO, MDY", true, "Sets the display format for date and time values."},
    SettingRow{"default_transaction_deferrable", Kind::boolean, "off", false, "Sets the default deferrable status."},
    SettingRow{"default_transaction_isolation", Kind::isolation, "read committed", false,
               "Sets the isolation level of each new transaction.", kIsolations},
    SettingRow{"default_transaction_read_only", Kind::boolean, "on", true, "New transactions are read-only, always."},
    SettingRow{"extra_float_digits", Kind::integer, "1", false, "Sets the number of digits for floating-point values.",
               "", -15, 3},
    SettingRow{"idle_in_transaction_session_timeout", Kind::milliseconds, "0", false,
               "Sets the maximum allowed idle time between queries, in a transaction."},
    SettingRow{"in_hot_standby", Kind::fixed, "off", true, "Shows whether hot standby is active."},
    SettingRow{"integer_datetimes", Kind::fixed, "on", true, "Shows whether datetimes are integer based."},
    SettingRow{"IntervalStyle", Kind::choice, "postgres", true, "Sets the display format for interval values.",
               "postgres postgres_verbose sql_standard iso_8601"},
    SettingRow{"is_superuser", Kind::fixed, "off", true, "Shows whether the current user is a superuser."},
    SettingRow{"lock_timeout", Kind::milliseconds, "0", false, "Accepted for drivers; nothing here waits for locks."},
    SettingRow{"max_identifier_length", Kind::fixed, "63", false, "Shows the maximum identifier length."},
    SettingRow{"scrim.project", Kind::name, "", false, "The project acted under."},
    SettingRow{"scrim.purpose", Kind::fixed, "", false, "The purposes acted under."},
    SettingRow{"search_path", Kind::searchPath, "\"$user\", public", false, "Sets the schema search order."},
    SettingRow{"server_encoding", Kind::fixed, "UTF8", true, "Shows the server character set encoding."},
    SettingRow{"server_version", Kind::fixed, kServerVersion, true, "Shows the server version."},
    SettingRow{"server_version_num", Kind::fixed, kServerVersionNumber, false,
               "Shows the server version as an integer."},
    SettingRow{"session_authorization", Kind::fixed, "", true, "Shows the session user name."},
    SettingRow{"standard_conforming_strings", Kind::onOnly, "on", true, "Backslashes in '...' are taken literally."},
    SettingRow{"statement_timeout", Kind::milliseconds, "0", false,
               "Sets the maximum allowed duration of a statement."},
    SettingRow{"TimeZone", Kind::timeZone, "UTC", true, "Sets the time zone for displaying time stamps."},
    SettingRow{"transaction_deferrable", Kind::boolean, "off", false, "Whether the transaction is deferrable."},
    SettingRow{"transaction_isolation", Kind::isolation, "read committed", false,
               "Shows the current transaction's isolation level.", kIsolations},
    SettingRow{"transaction_read_only", Kind::boolean, "on", false, "The transaction is read-only, always."},
};

base::Error invalid(const SettingRow& row, std::string_view value) {
  return {base::ErrorCode::invalidParameter,
          "invalid value for parameter \"" + std::string(row.name) + "\": \"" + std::string(value) + "\""};
}

base::Result<std::string> orInvalid(std::optional<std::string> read, const SettingRow& row, std::string_view value) {
  if (!read) return invalid(row, value);
  return *std::move(read);
}

base::Result<std::string> choiceOf(const SettingRow& row, std::string_view value) {
  const std::string wanted = lowered(trimmed(value));
  std::string_view rest = row.choices;
  while (!rest.empty()) {
    const bool quoted = rest.front() == '\'';
    const std::size_t end = quoted ? rest.find('\'', 1) : rest.find(' ');
    const std::string_view choice = quoted ? rest.substr(1, end - 1) : rest.substr(0, end);
    if (choice == wanted) return std::string(choice);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  return invalid(row, value);
}

base::Result<std::string> integerOf(const SettingRow& row, std::string_view value) {
  const std::string_view digits = trimmed(value);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return invalid(row, value);
  if (number < row.least || number > row.most) {
    return base::Error{base::ErrorCode::invalidParameter,
                       std::to_string(number) + " is outside the valid range for parameter \"" + std::string(row.name) +
                           "\" (" + std::to_string(row.least) + " .. " + std::to_string(row.most) + ")"};
  }
  return std::to_string(number);
}

base::Result<std::string> textOf(std::string_view value) {
  std::string out;
  for (const char c : value.substr(0, 63)) out += c >= 32 && c < 127 ? c : '?';
  return out;
}

base::Result<std::string> encodingOf(std::string_view value) {
  std::string name;
  for (const char c : lowered(value)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) name += c;
  }
  if (name == "utf8" || name == "unicode") return std::string("UTF8");
  return base::Error{base::ErrorCode::notSupported, "client_encoding \"" + std::string(value) + "\" is not supported",
                     "", "Use UTF8."};
}

base::Result<std::string> booleanOf(const SettingRow& row, std::string_view value) {
  const std::optional<bool> flag = readBoolean(value);
  if (!flag) {
    return base::Error{base::ErrorCode::invalidParameter,
                       "parameter \"" + std::string(row.name) + "\" requires a Boolean value"};
  }
  if (row.kind == Kind::onOnly && !*flag) {
    return base::Error{base::ErrorCode::notSupported, "parameter \"" + std::string(row.name) + "\" can only be on"};
  }
  return std::string(*flag ? "on" : "off");
}

}  // namespace

std::span<const SettingRow> settingTable() { return kTable; }

std::optional<std::size_t> findSetting(std::string_view name) {
  const std::string wanted = lowered(name);
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (lowered(kTable[i].name) == wanted) return i;
  }
  return std::nullopt;
}

base::Result<std::string> canonicalValue(const SettingRow& row, std::string_view value, std::string_view current) {
  switch (row.kind) {
    case Kind::fixed: {
      base::Error error{base::ErrorCode::permissionDenied,
                        "parameter \"" + std::string(row.name) + "\" cannot be changed"};
      error.sqlstate = "55P02";
      return error;
    }
    case Kind::boolean:
    case Kind::onOnly:
      return booleanOf(row, value);
    case Kind::integer:
      return integerOf(row, value);
    case Kind::milliseconds: {
      const std::optional<std::int64_t> read = readMilliseconds(value);
      if (!read) return invalid(row, value);
      return printMilliseconds(*read);
    }
    case Kind::choice:
    case Kind::isolation:
      return choiceOf(row, value);
    case Kind::text:
      return textOf(value);
    case Kind::encoding:
      return encodingOf(value);
    case Kind::dateStyle:
      return orInvalid(readDateStyle(value, current), row, value);
    case Kind::timeZone:
      return orInvalid(readTimeZone(value), row, value);
    case Kind::searchPath:
      return orInvalid(readSearchPath(value), row, value);
    case Kind::name:
      return std::string(value);
  }
  return invalid(row, value);
}

}  // namespace scrim::gateway
