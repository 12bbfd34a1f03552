// SPDX-License-Identifier: Apache-2.0
#include "ldap/text.h"

#include <algorithm>

#include "common/base/hash.h"
#include "common/base/utf8.h"

namespace scrim::ldap {
namespace {

constexpr std::size_t kLongestAttributeName = 64;
constexpr std::size_t kLongestPrintable = 200;

bool isLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool isPlain(char c) { return isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' || c == '@'; }
bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string escaped(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (isPlain(c)) {
      result += c;
    } else {
      result += '\\' + base::toHex(std::string_view(&c, 1));
    }
  }
  return result;
}

}  // namespace

// Both grammars read a backslash with two hexadecimal digits as that byte, and neither gives a plain byte a meaning.
std::string escapeFilterValue(std::string_view value) { return escaped(value); }
std::string escapeDnValue(std::string_view value) { return escaped(value); }

std::string lowerCase(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool isOneFilter(std::string_view filter) {
  // Parentheses inside values are always escaped (RFC 4515), so counting them is enough.
  int depth = 0;
  for (std::size_t at = 0; at < filter.size(); ++at) {
    const char c = filter[at];
    if (c == '\0' || (depth == 0 && c != '(')) return false;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (depth == 0 && at + 1 != filter.size()) return false;
  }
  return !filter.empty() && depth == 0;
}

bool isAttributeName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestAttributeName && isLetterOrDigit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return isLetterOrDigit(c) || c == '-' || c == '.'; });
}

bool isText(std::string_view value, std::size_t longest) {
  return !value.empty() && value.size() <= longest && base::isValidUtf8(value) &&
         std::none_of(value.begin(), value.end(), isControl);
}

std::string printable(std::string_view text) {
  std::string result(text.substr(0, kLongestPrintable));
  for (char& c : result) {
    if (c < 0x20 || c >= 0x7f) c = '?';
  }
  return result;
}

}  // namespace scrim::ldap
