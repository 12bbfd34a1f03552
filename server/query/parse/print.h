// SPDX-License-Identifier: Apache-2.0
// From a SELECT's tree back to PostgreSQL text. What is printed means the tree and nothing else: operands are
// parenthesised, keywords used as names quoted, literals quoted so that no setting changes them. A node or field the
// printer does not know is an Error (notSupported), never skipped. parse(print(t)) == t, see sameTree().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/query/parse/node.h"

namespace scrim::parse {

/// A stretch of the output and the byte offset in the user's text of the token its node points at.
struct PrintedSpan {
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t source;
};

struct PrintedQuery {
  std::string text;
  std::vector<PrintedSpan> spans;  // by begin; a span inside another follows it

  /// Where an output byte comes from: the innermost span around it, nothing if no node with a location covers it.
  std::optional<std::size_t> sourceOf(std::size_t outputByte) const;
};

/// A whole SELECT (or VALUES, TABLE, set operation). Utility statements are refused.
base::Result<PrintedQuery> print(const PgQuery__Node& statement);
/// One expression, for messages and plans.
base::Result<std::string> printExpression(const PgQuery__Node& expression);

/// An identifier as PostgreSQL reads it back: bare when lower-case, plain and no keyword, else in double quotes.
std::string quotedIdentifier(std::string_view name);
void appendIdentifier(std::string& text, std::string_view name);
/// A string literal that reads the same whatever standard_conforming_strings says.
std::string quotedLiteral(std::string_view value);

}  // namespace scrim::parse
