// SPDX-License-Identifier: Apache-2.0
#include "common/policy/parser.h"

#include <algorithm>
#include <charconv>

#include "common/policy/canonical.h"
#include "common/policy/suggest.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kShownOfToken = 40;

std::string shown(const Token& token) {
  if (token.kind == TokenKind::end) return "the end of the sentence";
  // Cut between characters: a continuation byte is never the first one left out.
  std::size_t end = std::min(token.text.size(), kShownOfToken);
  while (end > 0 && end < token.text.size() && (static_cast<unsigned char>(token.text[end]) & 0xC0) == 0x80) --end;
  std::string text = token.text.substr(0, end) + (end < token.text.size() ? "..." : "");
  return token.kind == TokenKind::string ? "'" + text + "'" : "\"" + text + "\"";
}

}  // namespace

const Token& Parser::peek(std::size_t ahead) const { return tokens_[std::min(next_ + ahead, tokens_.size() - 1)]; }

Token Parser::take() {
  Token token = peek();
  if (token.kind != TokenKind::end) ++next_;
  return token;
}

bool Parser::at(std::string_view keyword, std::size_t ahead) const {
  return peek(ahead).kind == TokenKind::word && peek(ahead).upper == keyword;
}

bool Parser::atSign(std::string_view sign, std::size_t ahead) const {
  return peek(ahead).kind == TokenKind::sign && peek(ahead).text == sign;
}

bool Parser::accept(std::string_view keyword) {
  if (!at(keyword)) return false;
  ++next_;
  return true;
}

bool Parser::acceptSign(std::string_view sign) {
  if (!atSign(sign)) return false;
  ++next_;
  return true;
}

Result<void> Parser::expect(std::string_view phrase) {
  while (!phrase.empty()) {
    const std::string_view keyword = phrase.substr(0, phrase.find(' '));
    if (!accept(keyword)) return unexpected({keyword});
    phrase.remove_prefix(std::min(phrase.size(), keyword.size() + 1));
  }
  return {};
}

Result<void> Parser::expectSign(std::string_view sign) {
  if (!acceptSign(sign)) return unexpected({sign});
  return {};
}

Result<void> Parser::expectEnd(std::initializer_list<std::string_view> alsoPossible) {
  if (peek().kind == TokenKind::end) return {};
  return unexpected(alsoPossible);
}

Result<std::string> Parser::string(std::string_view what) {
  if (peek().kind != TokenKind::string) return unexpected({what});
  return take().text;
}

Result<std::string> Parser::nonEmptyString(std::string_view what) {
  const std::size_t position = peek().position;
  SCRIM_TRY(std::string text, string(what));
  if (text.empty()) return refused(position, "an empty string names nothing");
  return text;
}

Result<std::string> Parser::name(std::string_view what) {
  if (peek().kind == TokenKind::quoted) return take().text;
  if (peek().kind == TokenKind::word) return lowerAscii(take().text);
  return unexpected({what});
}

Result<std::string> Parser::number(std::string_view what) {
  if (peek().kind != TokenKind::number) return unexpected({what});
  const Token token = take();
  if (token.text.size() > kMostDigits) return refused(token.position, "a number has more than 38 digits");
  return canonicalNumber(token.text);
}

Result<int> Parser::wholeNumber(std::string_view what, int most) {
  const std::size_t position = peek().position;
  SCRIM_TRY(const std::string text, number(what));
  int value = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || value > most) {
    return refused(position, "expected a whole number from 0 to " + std::to_string(most));
  }
  return value;
}

Result<void> Parser::deeper() {
  if (++depth_ <= kDeepestNesting) return {};
  --depth_;
  return Error{.code = ErrorCode::programLimit,
               .message = "the sentence nests deeper than " + std::to_string(kDeepestNesting) + " levels",
               .position = peek().position};
}

Result<void> Parser::countOperator() {
  if (++operators_ <= kMostOperators) return {};
  return Error{.code = ErrorCode::programLimit,
               .message = "the sentence has more than " + std::to_string(kMostOperators) + " operators",
               .position = peek().position};
}

Error Parser::unexpected(std::initializer_list<std::string_view> expected) const {
  const Token& token = peek();
  std::string message = "unexpected " + shown(token);
  if (expected.size() > 0) message += ": expected " + listed({expected.begin(), expected.size()});
  std::string hint;
  if (token.kind == TokenKind::word) {
    const std::string_view near = nearest(token.upper, std::span(expected.begin(), expected.size()));
    if (!near.empty() && near != token.upper) hint = "Did you mean " + std::string(near) + "?";
  }
  return refused(token.position, std::move(message), std::move(hint));
}

Error Parser::refused(std::size_t position, std::string message, std::string hint) const {
  return {.code = ErrorCode::syntaxError, .message = std::move(message), .hint = std::move(hint), .position = position};
}

}  // namespace scrim::policy
