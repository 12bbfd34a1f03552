// SPDX-License-Identifier: Apache-2.0
// YAML of JSON's values, block style. Texts stand in double quotes, which JSON and YAML escape alike, unless they can
// be nothing but a text: a word that YAML 1.1 or 1.2 would read as a truth value, a null or a number stays quoted.
#include <algorithm>
#include <array>
#include <cctype>

#include "server/cli/output.h"

namespace scrim::cli {
namespace {

constexpr std::array<std::string_view, 9> kWordsOfYaml{"true", "false", "yes", "no", "on", "off", "null", "y", "n"};

bool isPlain(const std::string& text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text[0])) == 0) return false;
  std::string lower;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-' && c != '.' && c != '/') return false;
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return std::find(kWordsOfYaml.begin(), kWordsOfYaml.end(), lower) == kWordsOfYaml.end();
}

std::string yamlText(const std::string& text) { return isPlain(text) ? text : quotedText(text); }

bool isEmptyHolder(const Json& value) {
  const ObjectPtr object = objectOf(value);
  const ArrayPtr array = arrayOf(value);
  return (object && object->size() == 0) || (array && array->size() == 0);
}

bool isBlock(const Json& value) { return (objectOf(value) || arrayOf(value)) && !isEmptyHolder(value); }

std::string scalarOf(const Json& value) {
  if (value.isEmpty()) return "null";
  if (isEmptyHolder(value)) return objectOf(value) ? "{}" : "[]";
  return value.isString() ? yamlText(value.convert<std::string>()) : textOf(value);
}

/// Lines that begin at `indent`; the first one without it when it follows a dash.
std::string blockOf(const Json& value, std::size_t indent, bool afterDash) {
  const std::string margin(indent, ' ');
  std::string out;
  const auto begin = [&] { return out.empty() && afterDash ? std::string() : margin; };
  if (const ArrayPtr array = arrayOf(value)) {
    for (const Json& item : *array) {
      const std::string first = begin() + "- ";
      out += first + (isBlock(item) ? blockOf(item, indent + 2, true) : scalarOf(item) + "\n");
    }
    return out;
  }
  const ObjectPtr object = objectOf(value);
  for (const std::string& name : object->getNames()) {
    const Json item = object->get(name);
    const std::string first = begin() + yamlText(name) + ":";
    out += first + (isBlock(item) ? "\n" + blockOf(item, indent + 2, false) : " " + scalarOf(item) + "\n");
  }
  return out;
}

}  // namespace

std::string yamlOf(const Json& value) { return isBlock(value) ? blockOf(value, 0, false) : scalarOf(value) + "\n"; }

}  // namespace scrim::cli
