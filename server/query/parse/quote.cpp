// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "server/query/parse/print.h"

namespace scrim::parse {
namespace {

constexpr std::string_view kKeywords[] = {
#include "server/query/parse/keywords.inc"
};

bool isKeyword(std::string_view name) {
  static const std::unordered_set<std::string_view> kAll(std::begin(kKeywords), std::end(kKeywords));
  return kAll.contains(name);
}

bool isPlain(std::string_view name) {
  const auto isStart = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto isPart = [&](char c) { return isStart(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && isStart(name.front()) && std::all_of(name.begin(), name.end(), isPart);
}

void appendInQuotes(std::string& text, std::string_view value, char quote, bool doubleBackslashes) {
  text += quote;
  for (char c : value) {
    if (c == quote || (doubleBackslashes && c == '\\')) text += c;
    text += c;
  }
  text += quote;
}

}  // namespace

void appendIdentifier(std::string& text, std::string_view name) {
  if (isPlain(name) && !isKeyword(name)) {
    text += name;
  } else {
    appendInQuotes(text, name, '"', false);
  }
}

std::string quotedIdentifier(std::string_view name) {
  std::string text;
  appendIdentifier(text, name);
  return text;
}

std::string quotedLiteral(std::string_view value) {
  const bool escapes = value.find('\\') != std::string_view::npos;
  std::string text = escapes ? "E" : "";
  appendInQuotes(text, value, '\'', escapes);
  return text;
}

}  // namespace scrim::parse
