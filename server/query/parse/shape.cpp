// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/shape.h"

#include <algorithm>
#include <cstring>

#include "server/query/parse/lexer.h"

namespace scrim::parse {
namespace {

// What starts each token in the key. All are below the space; words, operators, symbols and parameters hold no byte
// below it, so the next tag ends them; everything else says its length first.
enum Tag : char {
  kWord = 1,
  kOperator,
  kParameter,
  kNational,
  kInt4,
  kInt8,
  kNumeric,
  kString,
  kQuotedWord,
  kUnicodeWord,
  kContinuedString,
  kEscapeString,
  kUnicodeString,
  kBitString,
  kHexString,
  kDollarString,
};

class KeyWriter {
 public:
  // A token of n bytes takes at most 3 n + 3 bytes: a tag, a length of up to five bytes when n >= 3, the bytes.
  KeyWriter(std::string& key, std::size_t textSize) : key_(key) {
    const std::size_t needed = 3 * textSize + 16;
    key_.resize(needed);
    next_ = key_.data();
  }
  void finish() { key_.resize(static_cast<std::size_t>(next_ - key_.data())); }

  void tag(Tag tag) { *next_++ = tag; }
  void bytes(std::string_view text) {
    std::memcpy(next_, text.data(), text.size());
    next_ += text.size();
  }
  void folded(std::string_view text) {
    for (char c : text) *next_++ = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }
  void counted(Tag kind, std::string_view text) {
    tag(kind);
    for (std::size_t n = text.size();; n >>= 7) {
      *next_++ = static_cast<char>((n & 0x7F) | (n > 0x7F ? 0x80 : 0));
      if (n <= 0x7F) break;
    }
    bytes(text);
  }

 private:
  std::string& key_;
  char* next_;
};

bool atMost(std::string_view digits, std::string_view limit) {
  return digits.size() < limit.size() || (digits.size() == limit.size() && digits <= limit);
}

LiteralClass classOfDigits(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (atMost(digits, "2147483647")) return LiteralClass::int4;
  return atMost(digits, "9223372036854775807") ? LiteralClass::int8 : LiteralClass::numeric;
}

constexpr Tag kTagOfClass[] = {kInt4, kInt8, kNumeric, kString};

void writeLiteral(KeyWriter& key, Shape& shape, LiteralClass kind, const Token& token) {
  key.tag(kTagOfClass[static_cast<std::size_t>(kind)]);
  shape.literals.push_back({kind, token.begin, token.end});
}

// False for what no statement can hold.
bool writeToken(KeyWriter& key, Shape& shape, const Token& token, std::string_view text) {
  const std::string_view bytes(text.data() + token.begin, token.end - token.begin);
  switch (token.kind) {
    case TokenKind::word:
      key.tag(kWord);
      key.folded(bytes);
      return true;
    case TokenKind::symbol:
    case TokenKind::op:
    case TokenKind::twoColons:
    case TokenKind::twoDots:
    case TokenKind::colonEquals:
      key.tag(kOperator);
      key.bytes(bytes);
      return true;
    case TokenKind::parameter:
      key.tag(kParameter);
      key.bytes(bytes);
      return true;
    case TokenKind::integer:
      writeLiteral(key, shape, classOfDigits(bytes), token);
      return true;
    case TokenKind::decimal:
      writeLiteral(key, shape, LiteralClass::numeric, token);
      return true;
    case TokenKind::string:
      writeLiteral(key, shape, LiteralClass::string, token);
      return true;
    case TokenKind::nationalPrefix:
      key.tag(kNational);
      return true;
    case TokenKind::quotedWord:
      key.counted(kQuotedWord, bytes);
      return true;
    case TokenKind::unicodeWord:
      key.counted(kUnicodeWord, bytes);
      return true;
    case TokenKind::continuedString:
      key.counted(kContinuedString, bytes);
      return true;
    case TokenKind::escapeString:
      key.counted(kEscapeString, bytes);
      return true;
    case TokenKind::unicodeString:
      key.counted(kUnicodeString, bytes);
      return true;
    case TokenKind::bitString:
      key.counted(kBitString, bytes);
      return true;
    case TokenKind::hexString:
      key.counted(kHexString, bytes);
      return true;
    case TokenKind::dollarString:
      key.counted(kDollarString, bytes);
      return true;
    case TokenKind::invalid:
    case TokenKind::other:
    case TokenKind::end:
      break;
  }
  return false;
}

}  // namespace

bool shapeOf(std::string_view text, Shape& shape) {
  shape.literals.clear();
  if (std::memchr(text.data(), 0, text.size()) != nullptr) return false;
  KeyWriter key(shape.key, text.size());
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (!writeToken(key, shape, token, text)) return false;
  }
  key.finish();
  return true;
}

std::string literalValue(const Literal& literal, std::string_view text) {
  std::string_view raw = text.substr(literal.begin, literal.end - literal.begin);
  if (literal.kind != LiteralClass::string) return std::string(raw);
  raw = raw.substr(1, raw.size() - 2);
  std::string value;
  value.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    value += raw[i];
    if (raw[i] == '\'') ++i;  // the second of two
  }
  return value;
}

}  // namespace scrim::parse
