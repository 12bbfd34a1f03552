// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's lexical rules (src/backend/parser/scan.l of version 15, standard_conforming_strings on), without
// copying and without memory: where each token begins and ends, and what it is. Used to guard the parser and to find
// a text's shape; checked against pg_query_scan by a property test and a fuzz target. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scrim::parse {

enum class TokenKind : std::uint8_t {
  end,
  invalid,          // the parser would refuse it: unterminated, or junk after a number
  word,             // identifier or keyword without quotes
  quotedWord,       // "..."
  unicodeWord,      // U&"..."
  integer,          // digits only
  decimal,          // with a point or an exponent
  string,           // '...' in one piece
  continuedString,  // '...' newline '...'
  escapeString,     // E'...'
  unicodeString,    // U&'...'
  bitString,        // B'...'
  hexString,        // X'...'
  dollarString,     // $tag$...$tag$
  nationalPrefix,   // the N before '...'
  parameter,        // $1
  symbol,           // one of , ( ) [ ] . ; :
  twoColons,        // ::
  twoDots,          // ..
  colonEquals,      // :=
  op,               // operator of one or more characters, also =>
  other,            // a byte that starts no token: a syntax error in any place
};

struct Token {
  TokenKind kind;
  std::uint32_t begin;
  std::uint32_t end;
};

class Lexer {
 public:
  /// The text must stay; offsets are 32 bits, so it must be shorter than 4 GiB.
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next();

 private:
  std::uint32_t skipSpace(std::uint32_t at, bool& terminated) const;
  Token number(std::uint32_t begin);
  Token quoted(std::uint32_t begin, std::uint32_t quoteAt, TokenKind kind);
  Token quotedName(std::uint32_t begin, std::uint32_t quoteAt, TokenKind kind);
  Token dollar(std::uint32_t begin);
  Token operatorAt(std::uint32_t begin);
  Token wordAt(std::uint32_t begin);
  Token finish(TokenKind kind, std::uint32_t begin, std::uint32_t end) {
    at_ = end;
    return {kind, begin, end};
  }
  char at(std::uint32_t index) const { return index < text_.size() ? text_[index] : '\0'; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(text_.size()); }

  std::string_view text_;
  std::uint32_t at_ = 0;
};

/// Case-insensitive comparison of a word of the text with a lower-case keyword.
bool isWord(std::string_view word, std::string_view lowerCaseKeyword);

}  // namespace scrim::parse
