// SPDX-License-Identifier: Apache-2.0
// Lifting: constants become parameters, so that one prepared statement serves all texts of a shape. Conservative: only
// where a constant's parameter form has the same type and meaning, namely in WHERE, JOIN ON, LIMIT and OFFSET of a
// SELECT and of its CTEs, derived tables, set-operation arms and sub-selects in those places, and there only as
//   column = <> < <= > >= constant (either way round), column [NOT] BETWEEN, column [NOT] IN (list), LIMIT, OFFSET
// with plain operators. Select lists, GROUP BY, ORDER BY, HAVING, function arguments, casts, type modifiers, LIKE and
// negative numbers (the grammar folds their sign) stay text. Which literals are lifted depends on the key alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/query/parse/parse.h"
#include "server/query/parse/shape.h"

namespace scrim::parse {

struct LiftedLiteral {
  std::uint32_t literal;  // index in Shape::literals
  int parameter;          // the n of $n
  std::uint32_t typeOid;  // 23 int4, 20 int8, 1700 numeric, 0 unknown (a string takes its type from where it stands)
};

/// PostgreSQL binds at most 65535 parameters; past this many literals the others stay text.
inline constexpr std::size_t kMostLifted = 4096;

/// Replaces constants by parameters from $firstParameter on, in the order of the text. `shape` must be that of
/// query.text(), all of it.
std::vector<LiftedLiteral> lift(ParsedQuery& query, const Shape& shape, int firstParameter);

/// For each literal of a shape, whether it was lifted.
using LiftMask = std::vector<bool>;
LiftMask maskOf(const std::vector<LiftedLiteral>& lifted, std::size_t literals);

/// The texts of the literals that stay, each with its length: the second half of a cache key. Empty if all are lifted.
std::string secondKey(const Shape& shape, const LiftMask& mask, std::string_view text);
/// The same, appended to a buffer.
void appendSecondKey(const Shape& shape, const LiftMask& mask, std::string_view text, std::string& out);

}  // namespace scrim::parse
