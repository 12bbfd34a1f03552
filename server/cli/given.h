// SPDX-License-Identifier: Apache-2.0
// Given: what was typed, read against the table of verbs. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/cli/output.h"
#include "server/cli/verb.h"

namespace scrim::cli {

struct Given {
  const Verb* verb = nullptr;
  std::map<std::string, std::string> arguments;           // by Argument::name; those that were typed
  std::map<std::string, std::vector<std::string>> flags;  // by Flag::name; switches without a value
  Format format = Format::table;

  bool has(const std::string& flag) const { return flags.contains(flag); }
  /// The only value; "" when it was not given.
  std::string text(const std::string& flag) const;
  std::string argument(const std::string& name) const;
};

/// What was typed; or the exit code, when there is nothing more to do: help was shown, or it is wrong.
std::variant<Given, int> readCommandLine(int count, const char* const* words);
/// The help text of a noun or verb, or of the whole; empty: there is no such thing.
std::string helpOf(const std::vector<std::string>& words);

}  // namespace scrim::cli
