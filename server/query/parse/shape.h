// SPDX-License-Identifier: Apache-2.0
// The shape of a text: what is left of it when white space, comments, letter case of plain words and the values of
// plain literals are taken away. Statements that differ in literals alone share a shape, and a statement whose shape
// is known needs no parsing. The key cannot collide: it is a self-delimiting encoding of the token sequence, so equal
// keys mean equal tokens but for literal values, hence (with an equal secondKey, see lift.h) equal trees up to the
// lifted constants. About one pass over the text; no memory is taken once the buffers have grown. Any thread, one
// buffer per thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scrim::parse {

/// How the parser will type a literal; part of the key.
enum class LiteralClass : std::uint8_t {
  int4,     // digits, at most 2147483647
  int8,     // digits, at most 9223372036854775807
  numeric,  // other digits, points and exponents
  string,   // '...' in one piece; E'', U&'', B'', X'', N'' and $$ are part of the key instead
};

struct Literal {
  LiteralClass kind;
  std::uint32_t begin;  // byte range in the text, quotes included
  std::uint32_t end;
};

/// A reusable buffer.
struct Shape {
  std::string key;
  std::vector<Literal> literals;
};

/// Fills `shape`; false when the text has no shape, because the parser would refuse it or because it holds a byte no
/// token starts with (then parse it, for the error). The text must be valid UTF-8 and shorter than 1 GiB.
bool shapeOf(std::string_view text, Shape& shape);

/// The value of a literal as the text of a parameter: quotes undone, numbers as written.
std::string literalValue(const Literal& literal, std::string_view text);

}  // namespace scrim::parse
