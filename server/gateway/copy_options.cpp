// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/copy_options.h"

#include <set>

#include "server/gateway/setting_types.h"
#include "server/gateway/tree_values.h"

namespace scrim::gateway {
namespace {

using parse::as;
using Format = CopyCommand::Format;

base::Error invalid(std::string message) { return {base::ErrorCode::invalidParameter, std::move(message)}; }
base::Error notSupported(std::string message) { return {base::ErrorCode::notSupported, std::move(message)}; }

/// What was said, before the rules that connect options.
struct Said {
  CopyCommand copy;
  bool delimiter = false;
  bool null = false;
  bool quote = false;
  bool escape = false;
  bool force = false;
};

base::Result<char> oneByte(std::string_view name, const std::optional<std::string>& value) {
  if (!value || value->size() != 1)
    return notSupported("COPY " + std::string(name) + " must be a single one-byte character");
  return value->front();
}

base::Result<void> readFormat(Said& said, const std::optional<std::string>& value) {
  const std::string format = lowered(value.value_or(""));
  if (format == "text") {
    said.copy.format = Format::text;
  } else if (format == "csv") {
    said.copy.format = Format::csv;
  } else if (format == "binary") {
    said.copy.format = Format::binary;
  } else {
    return invalid("COPY format \"" + format + "\" not recognized");
  }
  return {};
}

base::Result<void> readForceQuote(Said& said, const PgQuery__Node* arg) {
  said.force = true;
  if (as<PgQuery__AStar>(arg) != nullptr) {
    said.copy.quoteAll = true;
    return {};
  }
  const auto* columns = as<PgQuery__List>(arg);
  if (columns == nullptr) return invalid("argument to option \"force_quote\" must be a list of column names");
  for (const PgQuery__Node* column : parse::list(columns->n_items, columns->items)) {
    said.copy.quoted.emplace_back(parse::stringOf(column));
  }
  return {};
}

base::Result<void> readBoolean(const std::string& name, const std::optional<std::string>& value, bool& flag) {
  const std::optional<bool> read = gateway::readBoolean(value.value_or("true"));
  if (!read) return invalid(name + " requires a Boolean value");
  flag = *read;
  return {};
}

base::Result<void> readOption(Said& said, const PgQuery__DefElem& option) {
  const std::string name = lowered(option.defname);
  const std::optional<std::string> value = constantText(option.arg);
  if (name == "format") return readFormat(said, value);
  if (name == "force_quote") return readForceQuote(said, option.arg);
  if (name == "header") return readBoolean(name, value, said.copy.header);
  if (name == "freeze") return notSupported("COPY FREEZE is for COPY FROM");
  if (name == "null") {
    said.null = true;
    said.copy.null = value.value_or("");
    return {};
  }
  if (name == "delimiter") {
    said.delimiter = true;
    SCRIM_TRY(said.copy.delimiter, oneByte(name, value));
    return {};
  }
  if (name == "quote") {
    said.quote = true;
    SCRIM_TRY(said.copy.quote, oneByte(name, value));
    return {};
  }
  if (name == "escape") {
    said.escape = true;
    SCRIM_TRY(said.copy.escape, oneByte(name, value));
    return {};
  }
  if (name == "encoding") {
    const std::string encoding = lowered(value.value_or(""));
    if (encoding == "utf8" || encoding == "utf-8") return {};
    return notSupported("COPY is available in UTF8 only");
  }
  return base::Error{base::ErrorCode::syntaxError, "option \"" + name + "\" not recognized"};
}

base::Result<void> checkBinary(const Said& said) {
  if (said.delimiter) return invalid("cannot specify DELIMITER in BINARY mode");
  if (said.null) return invalid("cannot specify NULL in BINARY mode");
  if (said.copy.header) return notSupported("COPY HEADER available only in CSV or text mode");
  return {};
}

base::Result<void> checkText(const Said& said) {
  if (said.quote) return notSupported("COPY quote available only in CSV mode");
  if (said.escape) return notSupported("COPY escape available only in CSV mode");
  if (said.force) return notSupported("COPY force quote available only in CSV mode");
  if (said.copy.format == Format::binary) return checkBinary(said);
  if (std::string_view("\\.abcdefghijklmnopqrstuvwxyz0123456789").find(said.copy.delimiter) != std::string_view::npos) {
    return invalid(std::string("COPY delimiter cannot be \"") + said.copy.delimiter + "\"");
  }
  return {};
}

base::Result<void> finish(Said& said) {
  CopyCommand& copy = said.copy;
  const bool csv = copy.format == Format::csv;
  if (csv && !said.delimiter) copy.delimiter = ',';
  if (csv && !said.null) copy.null.clear();
  if (!said.escape) copy.escape = copy.quote;
  if (copy.null.find_first_of("\r\n") != std::string::npos) {
    return invalid("COPY null representation cannot use newline or carriage return");
  }
  if (copy.delimiter == '\n' || copy.delimiter == '\r')
    return invalid("COPY delimiter cannot be newline or carriage return");
  if (!csv) SCRIM_CHECK_OK(checkText(said));
  if (csv && copy.delimiter == copy.quote) return invalid("COPY delimiter and quote must be different");
  if (copy.format == Format::binary) return {};
  if (copy.null.find(copy.delimiter) != std::string::npos) {
    return notSupported("COPY delimiter must not appear in the NULL specification");
  }
  if (csv && copy.null.find(copy.quote) != std::string::npos) {
    return notSupported("CSV quote character must not appear in the NULL specification");
  }
  return {};
}

}  // namespace

base::Result<CopyCommand> readCopyOptions(std::span<PgQuery__Node* const> options) {
  Said said;
  std::set<std::string> names;
  for (const PgQuery__Node* node : options) {
    const auto* option = as<PgQuery__DefElem>(node);
    if (option == nullptr) return notSupported("this form of COPY is not supported");
    if (!names.insert(lowered(option->defname)).second) {
      return base::Error{base::ErrorCode::syntaxError, "conflicting or redundant options"};
    }
    SCRIM_CHECK_OK(readOption(said, *option));
  }
  SCRIM_CHECK_OK(finish(said));
  return std::move(said.copy);
}

}  // namespace scrim::gateway
