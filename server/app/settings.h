// SPDX-License-Identifier: Apache-2.0
// Settings: the one table of everything that can be configured. The file, the environment, the command line, what
// --print-config prints, what SIGHUP may change and the table in docs/admin/configuration.md all come from it.
// Immutable; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/app/options.h"

namespace scrim::app {

/// A value as text: one for all kinds but lists.
using Values = std::vector<std::string>;

enum class SettingKind { text, path, dsn, host, number, truth, choice, addresses, names };

struct Setting {
  std::string key;  // "threads", "limits.cursors": a key of a section
  SettingKind kind = SettingKind::text;
  std::string meaning;
  bool live = false;  // SIGHUP changes it
  bool mayBeEmpty = true;
  long least = 0;  // number
  long most = 0;
  std::vector<std::string> words;  // choice
  std::function<void(Options&, const Values&)> set;
  std::function<Values(const Options&)> get;

  bool isList() const { return kind == SettingKind::addresses || kind == SettingKind::names; }
  /// Written without quotes in a file.
  bool isPlain() const {
    return kind == SettingKind::number || kind == SettingKind::truth || kind == SettingKind::choice;
  }
  /// SCRIMD_LIMITS_CURSORS.
  std::string variable() const;
  /// --limits-cursors.
  std::string flag() const;
  /// "" or "limits".
  std::string section() const;
  /// "threads", "cursors".
  std::string name() const;
};

/// Those without a section first, then section by section.
const std::vector<Setting>& settings();

/// What is wrong with one value (of a list, with one of it), "" if nothing. Never holds a value that may be secret.
std::string wrongWith(const Setting& setting, const std::string& text);
/// The same for what is wrong with it as a whole.
std::string wrongWithAll(const Setting& setting, const Values& values);

/// The variable that names the configuration file, and what the names of all variables begin with.
inline constexpr std::string_view kVariablePrefix = "SCRIMD_";
inline constexpr std::string_view kFileVariable = "SCRIMD_CONFIG";

}  // namespace scrim::app
