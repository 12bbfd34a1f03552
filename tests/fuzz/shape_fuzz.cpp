// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/query/parse common/base
// Any bytes: our lexer ends tokens where PostgreSQL's does, and a text with all its literals changed and its white
// space and letter case disturbed keeps its key, what is lifted, and (where the literals that stay are equal) its tree.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/base/utf8.h"
#include "server/query/parse/compare.h"
#include "server/query/parse/lift.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/shape.h"
#include "tests/support/scan_check.h"

namespace parse = scrim::parse;

namespace {

constexpr parse::ParseLimits kLimits{.maxTextBytes = 64 * 1024, .maxTokens = 20'000, .maxDepth = 200};

void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

std::string otherValue(parse::LiteralClass kind) {
  switch (kind) {
    case parse::LiteralClass::int4:
      return "6";
    case parse::LiteralClass::int8:
      return "2147483649";
    case parse::LiteralClass::numeric:
      return "7.25";
    case parse::LiteralClass::string:
      return "'it''s other'";
  }
  return "";
}

// N stands right before its quote; behind U& libpg_query does not find UESCAPE past a comment.
std::string gapAfter(parse::TokenKind kind) {
  if (kind == parse::TokenKind::nationalPrefix) return "";
  const bool unicode = kind == parse::TokenKind::unicodeString || kind == parse::TokenKind::unicodeWord;
  return unicode ? " " : " /* ' */ ";
}

// The text with the literals replaced that `which` allows, and a comment after every token that allows one.
std::string rewritten(const std::string& text, const parse::Shape& shape, const parse::LiftMask* which) {
  std::string result;
  std::size_t literal = 0;
  parse::Lexer lexer(text);
  for (auto token = lexer.next(); token.kind != parse::TokenKind::end; token = lexer.next()) {
    const bool isLiteral = literal < shape.literals.size() && shape.literals[literal].begin == token.begin;
    const std::size_t index = literal;
    if (isLiteral) ++literal;
    if (isLiteral && (which == nullptr || (*which)[index])) {
      result += otherValue(shape.literals[index].kind);
    } else {
      result += text.substr(token.begin, token.end - token.begin);
    }
    result += gapAfter(token.kind);
  }
  return result;
}

void checkKey(const std::string& text, const parse::Shape& shape) {
  parse::Shape other;
  if (!parse::shapeOf(rewritten(text, shape, nullptr), other) || other.key != shape.key) fail("the key changed");
}

void checkLift(const std::string& text, const parse::Shape& shape) {
  auto parsed = parse::parseOne(text, kLimits);
  if (!parsed.ok()) return;
  const auto mask = parse::maskOf(parse::lift(*parsed, shape, 1), shape.literals.size());
  const std::string sibling = rewritten(text, shape, &mask);
  auto other = parse::parseOne(sibling, {.maxTextBytes = 1024 * 1024, .maxTokens = 20'000, .maxDepth = 200});
  if (!other.ok()) fail("a lifted literal decided about syntax: " + sibling);
  parse::Shape otherShape;
  if (!parse::shapeOf(sibling, otherShape)) fail("no shape: " + sibling);
  if (mask != parse::maskOf(parse::lift(*other, otherShape, 1), shape.literals.size()))
    fail("lifted otherwise: " + sibling);
  if (parse::secondKey(shape, mask, text) != parse::secondKey(otherShape, mask, sibling))
    fail("the second key differs");
  if (!parse::sameTree(parsed->statement(), other->statement())) fail("equal keys, other tree: " + sibling);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (size > kLimits.maxTextBytes || text.find('\0') != std::string::npos || !scrim::base::isValidUtf8(text)) return 0;
  const std::string difference = scrim::support::scanDifference(text);
  if (!difference.empty()) fail(difference);
  parse::Shape shape;
  if (!parse::shapeOf(text, shape)) return 0;
  checkKey(text, shape);
  checkLift(text, shape);
  return 0;
}
