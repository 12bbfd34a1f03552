// SPDX-License-Identifier: Apache-2.0
#include "common/policy/token.h"

#include <algorithm>
#include <array>

#include "common/base/utf8.h"
#include "common/schema/names.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isWordStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0; }
bool isWordPart(char c) { return isWordStart(c) || isDigit(c); }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Error errorAt(std::size_t position, std::string message, std::string hint = {}) {
  return {.code = ErrorCode::syntaxError, .message = std::move(message), .hint = std::move(hint), .position = position};
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    for (skipSpace(); at_ < text_.size(); skipSpace()) {
      SCRIM_TRY(Token token, next());
      tokens_.push_back(std::move(token));
    }
    tokens_.push_back({.kind = TokenKind::end, .position = text_.size()});
    return std::move(tokens_);
  }

 private:
  void skipSpace() {
    while (at_ < text_.size() && isSpace(text_[at_])) ++at_;
  }

  Result<Token> next() {
    const char c = text_[at_];
    if (isWordStart(c)) return word();
    if (isDigit(c)) return number();
    if (c == '\'') return quoted(TokenKind::string);
    if (c == '"') return quoted(TokenKind::quoted);
    return sign();
  }

  template <typename Predicate>
  std::size_t endOf(std::size_t from, Predicate belongs) const {
    while (from < text_.size() && belongs(text_[from])) ++from;
    return from;
  }

  Token taken(TokenKind kind, std::size_t end) {
    Token token{kind, std::string(text_.substr(at_, end - at_)), {}, at_};
    if (kind == TokenKind::word) token.upper = upperAscii(token.text);
    at_ = end;
    return token;
  }

  Token word() { return taken(TokenKind::word, endOf(at_, isWordPart)); }

  Result<Token> number() {
    std::size_t end = endOf(at_, isDigit);
    if (end + 1 < text_.size() && text_[end] == '.' && isDigit(text_[end + 1])) end = endOf(end + 1, isDigit);
    if (end < text_.size() && isWordPart(text_[end])) {
      return errorAt(end, "a number ends in a letter", "Write numbers as 1000 or 0.5; text stands in single quotes.");
    }
    return taken(TokenKind::number, end);
  }

  Result<Token> quoted(TokenKind kind) {
    const char quote = text_[at_];
    Token token{.kind = kind, .position = at_};
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] != quote) {
        token.text += text_[i];
      } else if (i + 1 < text_.size() && text_[i + 1] == quote) {
        token.text += text_[i++];
      } else {
        at_ = i + 1;
        if (kind == TokenKind::quoted && token.text.empty()) return errorAt(token.position, "an empty name");
        return token;
      }
    }
    return errorAt(token.position,
                   kind == TokenKind::string ? "a string has no closing '" : "a name has no closing \"");
  }

  Result<Token> sign() {
    static constexpr std::array<std::string_view, 4> kTwo{"<>", "<=", ">=", "!="};
    const std::string_view two = text_.substr(at_, 2);
    if (std::find(kTwo.begin(), kTwo.end(), two) != kTwo.end()) return taken(TokenKind::sign, at_ + 2);
    if (std::string_view("=<>()+-*/,.:").find(text_[at_]) != std::string_view::npos) {
      return taken(TokenKind::sign, at_ + 1);
    }
    return errorAt(at_, std::string("unexpected character \"") + text_[at_] + "\"");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

constexpr std::array<std::string_view, 45> kReserved{
    "ALL",       "ALLOW", "AND",  "AS",        "BETWEEN", "BY",    "CASE",    "CAST",  "COLUMN",
    "COLUMNS",   "DATE",  "ELSE", "END",       "EXCEPT",  "FALSE", "FOR",     "FROM",  "IN",
    "INTERVAL",  "IS",    "LAST", "LIKE",      "LIMIT",   "MASK",  "NOT",     "NOW",   "NULL",
    "ON",        "ONLY",  "OR",   "OTHERWISE", "SELECT",  "SHOW",  "SIMILAR", "THEN",  "TIME",
    "TIMESTAMP", "TO",    "TRUE", "USER",      "USERS",   "USING", "WHEN",    "WHERE", "WITH"};

bool isPlainName(std::string_view name) {
  if (name.empty() || isDigit(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || isDigit(c); });
}

}  // namespace

Result<std::vector<Token>> tokensOf(std::string_view text) {
  if (text.size() > kLongestSentence) {
    return Error{.code = ErrorCode::programLimit,
                 .message = "the sentence is longer than " + std::to_string(kLongestSentence) + " bytes"};
  }
  if (std::size_t bad = base::firstInvalidUtf8(text); bad != text.size())
    return errorAt(bad, "the text is not valid UTF-8");
  if (std::size_t bad = text.find('\0'); bad != std::string_view::npos)
    return errorAt(bad, "the text holds a zero byte");
  return Lexer(text).run();
}

std::string upperAscii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string lowerAscii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool equalIgnoringCase(std::string_view left, std::string_view right) {
  return left.size() == right.size() && lowerAscii(left) == lowerAscii(right);
}

bool isReserved(std::string_view upperWord) {
  return std::find(kReserved.begin(), kReserved.end(), upperWord) != kReserved.end();
}

std::string printedName(std::string_view name) {
  return isPlainName(name) && !isReserved(upperAscii(name)) ? std::string(name) : schema::quotedIdentifier(name);
}

std::string printedString(std::string_view text) { return schema::quotedLiteral(text); }

}  // namespace scrim::policy
