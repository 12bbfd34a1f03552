// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/lexer.h"

#include <algorithm>
#include <array>

namespace scrim::parse {
namespace {

enum CharacterClass : std::uint8_t {
  kSpace = 1,
  kWordStart = 2,
  kWordPart = 4,
  kDigit = 8,
  kOperator = 16,
  kSymbol = 32
};

constexpr std::array<std::uint8_t, 256> makeClasses() {
  std::array<std::uint8_t, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = kWordStart | kWordPart;
  for (int c = 0x80; c <= 0xFF; ++c) table[c] = kWordStart | kWordPart;
  for (int c = '0'; c <= '9'; ++c) table[c] = kDigit | kWordPart;
  table['_'] = kWordStart | kWordPart;
  table['$'] = kWordPart;
  for (char c : std::string_view(" \t\n\r\f")) table[static_cast<unsigned char>(c)] = kSpace;
  for (char c : std::string_view("~!@#^&|`?+-*/%<>=")) table[static_cast<unsigned char>(c)] = kOperator;
  for (char c : std::string_view(",()[].;:")) table[static_cast<unsigned char>(c)] = kSymbol;
  return table;
}
constexpr auto kClasses = makeClasses();

bool is(char c, std::uint8_t mask) { return (kClasses[static_cast<unsigned char>(c)] & mask) != 0; }

// Where a run of a class that began before `at` ends.
std::uint32_t runEnd(std::string_view text, std::uint32_t at, std::uint8_t mask) {
  while (at < text.size() && is(text[at], mask)) ++at;
  return at;
}

std::uint32_t lineEnd(std::string_view text, std::uint32_t at) {
  while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
  return at;
}

// The closing quote of a literal whose content starts at `at`; npos if there is none. Doubled quotes are content.
std::size_t closingQuote(std::string_view text, std::size_t at, char quote) {
  for (;;) {
    at = text.find(quote, at);
    if (at == std::string_view::npos || at + 1 >= text.size() || text[at + 1] != quote) return at;
    at += 2;
  }
}

std::size_t closingEscapeQuote(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (text[at] == '\\') {
      at += 2;
    } else if (text[at] != '\'') {
      ++at;
    } else if (at + 1 < text.size() && text[at + 1] == '\'') {
      at += 2;
    } else {
      return at;
    }
  }
  return std::string_view::npos;
}

// Bit and hexadecimal strings know no doubled quote: 'b' '1' are two tokens.
std::size_t closing(std::string_view text, std::size_t at, TokenKind kind) {
  if (kind == TokenKind::escapeString) return closingEscapeQuote(text, at);
  if (kind == TokenKind::bitString || kind == TokenKind::hexString) return text.find('\'', at);
  return closingQuote(text, at, '\'');
}

// After a closing quote: the offset behind an opening quote that continues the literal, white space with at least one
// newline in between, or npos. PostgreSQL takes -- comments there too; libpg_query, whose trees we use, does not.
std::size_t continuation(std::string_view text, std::size_t at) {
  bool newline = false;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '\n' || c == '\r') {
      newline = true;
      ++at;
    } else if (is(c, kSpace)) {
      ++at;
    } else {
      return c == '\'' && newline ? at + 1 : std::string_view::npos;
    }
  }
  return std::string_view::npos;
}

constexpr std::size_t kLongestOperator = 128;

// How much of a run of operator characters is one operator: comments end it, and a trailing + or - belongs to it only
// if a character that standard SQL has no operator for is in it.
std::uint32_t operatorLength(std::string_view run) {
  std::size_t length = run.size();
  for (std::size_t i = 1; i < length; ++i) {
    const bool comment = (run[i - 1] == '/' && run[i] == '*') || (run[i - 1] == '-' && run[i] == '-');
    if (comment) length = i - 1;
  }
  while (length > 1 && (run[length - 1] == '+' || run[length - 1] == '-')) {
    if (run.substr(0, length - 1).find_first_of("~!@#^&|`?%") != std::string_view::npos) break;
    --length;
  }
  return static_cast<std::uint32_t>(length);
}

// The end of a nested comment that starts at `at`; npos if it does not end.
std::size_t commentEnd(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at + 1 < text.size()) {
    if (text[at] == '/' && text[at + 1] == '*') {
      ++depth;
      at += 2;
    } else if (text[at] == '*' && text[at + 1] == '/') {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::uint32_t Lexer::skipSpace(std::uint32_t at, bool& terminated) const {
  for (;;) {
    at = runEnd(text_, at, kSpace);
    if (at + 1 >= text_.size()) return at;
    if (text_[at] == '-' && text_[at + 1] == '-') {
      at = lineEnd(text_, at);
    } else if (text_[at] == '/' && text_[at + 1] == '*') {
      const std::size_t end = commentEnd(text_, at);
      if (end == std::string_view::npos) {
        terminated = false;
        return at;
      }
      at = static_cast<std::uint32_t>(end);
    } else {
      return at;
    }
  }
}

Token Lexer::next() {
  bool terminated = true;
  const std::uint32_t begin = skipSpace(at_, terminated);
  if (!terminated) return finish(TokenKind::invalid, begin, size());
  if (begin >= size()) return finish(TokenKind::end, size(), size());
  const char c = text_[begin];
  const std::uint8_t kind = kClasses[static_cast<unsigned char>(c)];
  if (kind & kWordStart) return wordAt(begin);
  if (kind & kDigit) return number(begin);
  if (kind & kOperator) return operatorAt(begin);
  if (c == '\'') return quoted(begin, begin, TokenKind::string);
  if (c == '"') return quotedName(begin, begin, TokenKind::quotedWord);
  if (c == '$') return dollar(begin);
  if (c == '.') {
    if (at(begin + 1) == '.') return finish(TokenKind::twoDots, begin, begin + 2);
    if (is(at(begin + 1), kDigit)) return number(begin);
  }
  if (c == ':' && at(begin + 1) == ':') return finish(TokenKind::twoColons, begin, begin + 2);
  if (c == ':' && at(begin + 1) == '=') return finish(TokenKind::colonEquals, begin, begin + 2);
  return finish(kind & kSymbol ? TokenKind::symbol : TokenKind::other, begin, begin + 1);
}

Token Lexer::wordAt(std::uint32_t begin) {
  const char second = at(begin + 1);
  const char lower = static_cast<char>(text_[begin] | 0x20);
  if (second == '\'') {
    if (lower == 'e') return quoted(begin, begin + 1, TokenKind::escapeString);
    if (lower == 'b') return quoted(begin, begin + 1, TokenKind::bitString);
    if (lower == 'x') return quoted(begin, begin + 1, TokenKind::hexString);
    if (lower == 'n') return finish(TokenKind::nationalPrefix, begin, begin + 1);
  }
  if (lower == 'u' && second == '&') {
    if (at(begin + 2) == '\'') return quoted(begin, begin + 2, TokenKind::unicodeString);
    if (at(begin + 2) == '"') return quotedName(begin, begin + 2, TokenKind::unicodeWord);
  }
  return finish(TokenKind::word, begin, runEnd(text_, begin + 1, kWordPart));
}

Token Lexer::number(std::uint32_t begin) {
  TokenKind kind = TokenKind::integer;
  std::uint32_t end = runEnd(text_, begin, kDigit);
  if (at(end) == '.' && at(end + 1) == '.') return finish(kind, begin, end);  // as in 1..2
  if (at(end) == '.') {
    kind = TokenKind::decimal;
    end = runEnd(text_, end + 1, kDigit);
  }
  if ((at(end) | 0x20) == 'e') {
    const std::uint32_t digits = end + 1 + (at(end + 1) == '+' || at(end + 1) == '-');
    if (!is(at(digits), kDigit)) return finish(TokenKind::invalid, begin, digits);
    kind = TokenKind::decimal;
    end = runEnd(text_, digits, kDigit);
  }
  if (is(at(end), kWordStart)) return finish(TokenKind::invalid, begin, end + 1);
  return finish(kind, begin, end);
}

Token Lexer::quoted(std::uint32_t begin, std::uint32_t quoteAt, TokenKind kind) {
  std::size_t close = closing(text_, quoteAt + 1, kind);
  TokenKind result = kind;
  while (close != std::string_view::npos) {
    const std::size_t more = continuation(text_, close + 1);
    if (more == std::string_view::npos) return finish(result, begin, static_cast<std::uint32_t>(close + 1));
    if (kind == TokenKind::string) result = TokenKind::continuedString;
    close = closing(text_, more, kind);
  }
  return finish(TokenKind::invalid, begin, size());
}

Token Lexer::quotedName(std::uint32_t begin, std::uint32_t quoteAt, TokenKind kind) {
  const std::size_t close = closingQuote(text_, quoteAt + 1, '"');
  if (close == std::string_view::npos) return finish(TokenKind::invalid, begin, size());
  const bool empty = close == quoteAt + 1;
  return finish(empty ? TokenKind::invalid : kind, begin, static_cast<std::uint32_t>(close + 1));
}

Token Lexer::dollar(std::uint32_t begin) {
  const char second = at(begin + 1);
  if (is(second, kDigit)) {
    const std::uint32_t end = runEnd(text_, begin + 1, kDigit);
    const bool junk = is(at(end), kWordStart);
    return finish(junk ? TokenKind::invalid : TokenKind::parameter, begin, end + junk);
  }
  std::uint32_t tagEnd = begin + 1;
  if (is(second, kWordStart)) tagEnd = runEnd(text_, tagEnd, kWordStart | kDigit);
  if (at(tagEnd) != '$') return finish(TokenKind::other, begin, begin + 1);
  const std::string_view delimiter = text_.substr(begin, tagEnd + 1 - begin);
  const std::size_t close = text_.find(delimiter, tagEnd + 1);
  if (close == std::string_view::npos) return finish(TokenKind::invalid, begin, size());
  return finish(TokenKind::dollarString, begin, static_cast<std::uint32_t>(close + delimiter.size()));
}

Token Lexer::operatorAt(std::uint32_t begin) {
  // No operator is that long; more is not looked at, so that a long run does not cost its square.
  const std::string_view nearby = text_.substr(0, std::min<std::size_t>(size(), begin + kLongestOperator));
  const std::uint32_t end = runEnd(nearby, begin, kOperator);
  if (end == begin + 1) return finish(TokenKind::op, begin, end);
  return finish(TokenKind::op, begin, begin + operatorLength(text_.substr(begin, end - begin)));
}

bool isWord(std::string_view word, std::string_view lowerCaseKeyword) {
  if (word.size() != lowerCaseKeyword.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i] >= 'A' && word[i] <= 'Z' ? static_cast<char>(word[i] | 0x20) : word[i];
    if (c != lowerCaseKeyword[i]) return false;
  }
  return true;
}

}  // namespace scrim::parse
