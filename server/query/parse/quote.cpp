// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "server/query/parse/print.h"

namespace scrim::parse {
namespace {

constexpr std::string_view kKeywords[] = {
#include "server/query/parse/keywords.inc"
};
constexpr std::size_t kLongestKeyword = 17;
static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords)));
static_assert(std::all_of(std::begin(kKeywords), std::end(kKeywords),
                          [](std::string_view word) { return word.size() <= kLongestKeyword; }));

bool isPlain(std::string_view name) {
  const auto isStart = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto isPart = [&](char c) { return isStart(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && isStart(name.front()) && std::all_of(name.begin(), name.end(), isPart);
}

std::string inQuotes(std::string_view value, char quote, bool doubleBackslashes) {
  std::string result;
  result.reserve(value.size() + 2);
  result += quote;
  for (char c : value) {
    if (c == quote || (doubleBackslashes && c == '\\')) result += c;
    result += c;
  }
  return result += quote;
}

}  // namespace

std::string quotedIdentifier(std::string_view name) {
  const bool keyword =
      name.size() <= kLongestKeyword && std::binary_search(std::begin(kKeywords), std::end(kKeywords), name);
  return isPlain(name) && !keyword ? std::string(name) : inQuotes(name, '"', false);
}

std::string quotedLiteral(std::string_view value) {
  if (value.find('\\') == std::string_view::npos) return inQuotes(value, '\'', false);
  return "E" + inQuotes(value, '\'', true);
}

}  // namespace scrim::parse
