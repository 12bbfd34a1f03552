// SPDX-License-Identifier: Apache-2.0
// Setting table: the one list of settings that clients may see, with what a value of each may be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace scrim::gateway {

inline constexpr std::string_view kServerVersion = "15.14";
inline constexpr std::string_view kServerVersionNumber = "150014";

enum class SettingKind {
  fixed,  // shown, never set
  boolean,
  onOnly,  // a boolean whose only value is on
  integer,
  milliseconds,
  choice,
  text,
  encoding,  // UTF8 only
  dateStyle,
  timeZone,
  searchPath,
  isolation,
  name,  // taken as it is; what it names is looked for by who sets it
};

struct SettingRow {
  std::string_view name;
  SettingKind kind;
  std::string_view initial;
  bool reported;  // ParameterStatus
  std::string_view description;
  std::string_view choices = {};  // of `choice`, separated by spaces
  int least = 0;                  // of `integer`
  int most = 0;
};

std::span<const SettingRow> settingTable();
/// By name in any letter case.
std::optional<std::size_t> findSetting(std::string_view name);
/// The value as it is kept and shown. Errors as Settings::set.
base::Result<std::string> canonicalValue(const SettingRow& row, std::string_view value, std::string_view current);

}  // namespace scrim::gateway
