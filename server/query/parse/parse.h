// SPDX-License-Identifier: Apache-2.0
// From SQL text to PostgreSQL's own parse tree, guarded: what could hurt the parser is refused before it runs.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/query/parse/node.h"

namespace scrim::parse {

/// What a text may cost. The parser and the stages after it recurse over the tree, so depth is bounded before parsing,
/// by counting in our own lexer what can deepen a tree (see depth.h). The defaults are safe on 16 MiB stacks
/// (kParseStackBytes); run statements of users on threads that have them.
struct ParseLimits {
  std::size_t maxTextBytes = 4 * 1024 * 1024;
  std::size_t maxTokens = 250'000;
  std::size_t maxDepth = 1'000;
  std::size_t maxStatements = 10'000;  // in one text; each has memory of its own

  /// For re-reading what print() wrote: parentheses and quotes make that text longer and deeper than the user's own,
  /// while the tree is as deep as before.
  static ParseLimits forPrintedText() { return {64 * 1024 * 1024, 4'000'000, 16'000}; }
};

inline constexpr std::size_t kParseStackBytes = 16 * 1024 * 1024;

/// One statement: its tree, the arena the tree lives in, and the text the user sent. Movable; copies are not made,
/// because later stages change the tree (clone() in compare.h copies one). One thread at a time.
class ParsedQuery {
 public:
  ParsedQuery(std::shared_ptr<const std::string> text, std::shared_ptr<Arena> arena, PgQuery__Node* statement,
              std::size_t offset, std::size_t length)
      : text_(std::move(text)), arena_(std::move(arena)), statement_(statement), offset_(offset), length_(length) {}
  ParsedQuery(ParsedQuery&&) noexcept = default;
  ParsedQuery& operator=(ParsedQuery&&) noexcept = default;

  const PgQuery__Node& statement() const { return *statement_; }
  /// For the stages that rewrite; new nodes belong into arena().
  PgQuery__Node& mutableStatement() { return *statement_; }

  /// All the user sent; every location in the tree is a byte offset in it.
  const std::string& text() const { return *text_; }
  const std::shared_ptr<const std::string>& sharedText() const { return text_; }
  /// Where this statement stands in text(), without the semicolon and surrounding white space and comments.
  std::size_t offset() const { return offset_; }
  std::size_t length() const { return length_; }
  std::string_view statementText() const { return std::string_view(*text_).substr(offset_, length_); }

  Arena& arena() { return *arena_; }
  const std::shared_ptr<Arena>& sharedArena() const { return arena_; }

 private:
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<Arena> arena_;
  PgQuery__Node* statement_;
  std::size_t offset_;
  std::size_t length_;
};

using ParsedStatement = ParsedQuery;

/// The statements of a text, each with a tree and an arena of its own; none for an empty text.
/// Errors: invalidText (not UTF-8, or NUL), programLimit (too long), tooComplex (54001: too many tokens, too deep),
/// syntaxError with PostgreSQL's own message and the byte position. Any thread.
base::Result<std::vector<ParsedStatement>> parseStatements(std::string text, const ParseLimits& limits = {});

/// Exactly one statement; syntaxError otherwise.
base::Result<ParsedQuery> parseOne(std::string text, const ParseLimits& limits = {});

/// The tree of exactly one statement alone, in an arena of the caller's: for texts that no user wrote.
base::Result<PgQuery__Node*> parseTree(const std::string& text, Arena& arena, const ParseLimits& limits = {});

}  // namespace scrim::parse
