// SPDX-License-Identifier: Apache-2.0
#include "server/query/explain/options.h"

#include <array>
#include <string_view>

namespace scrim::explain {
namespace {

using base::Error;
using base::ErrorCode;

/// Options of PostgreSQL that say how much of its own plan to show: of no effect here, as tools send them by habit.
constexpr std::array<std::string_view, 6> kWithoutEffect{"verbose", "costs", "settings", "timing", "summary", "wal"};

Error refused(const PgQuery__DefElem& option, ErrorCode code, std::string message, std::string hint) {
  Error error{code, std::move(message), "", std::move(hint)};
  if (option.location >= 0) error.position = static_cast<std::size_t>(option.location);
  return error;
}

/// An option's value as text: ON for an option without one.
std::string valueOf(const PgQuery__DefElem& option) {
  if (option.arg == nullptr) return "on";
  if (const auto* text = parse::as<PgQuery__String>(option.arg)) return text->sval;
  if (const auto* number = parse::as<PgQuery__Integer>(option.arg)) return number->ival == 0 ? "off" : "on";
  if (const auto* flag = parse::as<PgQuery__Boolean>(option.arg)) return flag->boolval ? "on" : "off";
  return "?";
}

bool isOff(const std::string& value) { return value == "off" || value == "false" || value == "0"; }

base::Result<void> readFormat(const PgQuery__DefElem& option, Options& options) {
  const std::string value = valueOf(option);
  if (value != "text" && value != "json") {
    return refused(option, ErrorCode::notSupported, "EXPLAIN format \"" + value + "\" is not supported",
                   "Use TEXT or JSON.");
  }
  options.json = value == "json";
  return {};
}

base::Result<void> readOption(const PgQuery__DefElem& option, Options& options) {
  const std::string_view name = option.defname;
  if (name == "format") return readFormat(option, options);
  if (name == "as_user") {
    options.asUser = valueOf(option);
    return {};
  }
  if (name == "as_project") {
    options.project = valueOf(option);
    return {};
  }
  if (name == "analyze" || name == "buffers") {
    if (isOff(valueOf(option))) return {};
    return refused(option, ErrorCode::notSupported, "EXPLAIN (" + std::string(name) + ") is not supported",
                   "EXPLAIN shows the governed plan without running it; leave the option out.");
  }
  for (const std::string_view harmless : kWithoutEffect) {
    if (name == harmless) return {};
  }
  return refused(option, ErrorCode::syntaxError, "unrecognized EXPLAIN option \"" + std::string(name) + "\"",
                 "FORMAT, VERBOSE, AS_USER and AS_PROJECT are known.");
}

}  // namespace

base::Result<Options> optionsOf(const PgQuery__ExplainStmt& statement) {
  Options options;
  for (const PgQuery__Node* item : parse::list(statement.n_options, statement.options)) {
    const auto* option = parse::as<PgQuery__DefElem>(item);
    if (option == nullptr) return Error{ErrorCode::internal, "an option of EXPLAIN is not understood"};
    SCRIM_CHECK_OK(readOption(*option, options));
  }
  return options;
}

}  // namespace scrim::explain
