// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/parse.h"

#include <pg_query.h>

#include <algorithm>
#include <utility>

#include "common/base/utf8.h"
#include "server/query/parse/compare.h"
#include "server/query/parse/guard.h"
#include "server/query/parse/lexer.h"
#include "server/query/parse/tree_capture.h"

namespace scrim::parse {
namespace {

using base::Error;
using base::ErrorCode;

// Frees what the parser returned, on every path.
struct ParserResult {
  explicit ParserResult(const char* text) : value(pg_query_parse_protobuf(text)) {}
  ParserResult(const ParserResult&) = delete;
  ParserResult& operator=(const ParserResult&) = delete;
  ~ParserResult() { pg_query_free_protobuf_parse_result(value); }
  PgQueryProtobufParseResult value;
};

Error errorOf(const PgQueryError& error, const std::string& text) {
  Error result{.code = ErrorCode::syntaxError, .message = error.message};
  // The parser counts characters from 1; 0 means no position.
  if (error.cursorpos > 0) {
    result.position = base::byteOffsetOf(text, static_cast<std::size_t>(error.cursorpos - 1));
  }
  return result;
}

// libpg_query's scanner makes tokens of comments, and its parser then fails to look ahead over one after a word (as in
// NOT /* x */ IN). Such comments become spaces: the same tokens for PostgreSQL at the same places. Those after a
// literal stay, because white space may join two literals where a comment may not.
std::string withoutCommentsAfterWords(const std::string& text) {
  std::string result = text;
  if (text.find("--") == text.npos && text.find("/*") == text.npos) return result;
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != TokenKind::end;) {
    const Token following = lexer.next();
    const auto gapBegin = result.begin() + token.end;
    if (token.kind == TokenKind::word && following.kind != TokenKind::invalid) {
      std::fill(gapBegin, result.begin() + following.begin, ' ');
    }
    token = following;
  }
  return result;
}

base::Result<const PgQuery__ParseResult*> treeOf(const std::string& text, Arena& arena, const ParseLimits& limits) {
  SCRIM_CHECK_OK(guardText(text, limits));
  const std::string readable = withoutCommentsAfterWords(text);
  const TreeCapture capture(arena);
  const ParserResult parsed(readable.c_str());
  if (parsed.value.error != nullptr) return errorOf(*parsed.value.error, readable);
  if (const PgQuery__ParseResult* tree = capture.tree()) return tree;
  const PgQueryProtobuf& packed = parsed.value.parse_tree;
  ProtobufCAllocator allocator = arena.protobufAllocator();
  const PgQuery__ParseResult* tree =
      pg_query__parse_result__unpack(&allocator, packed.len, reinterpret_cast<const uint8_t*>(packed.data));
  if (tree == nullptr) return Error{.code = ErrorCode::internal, .message = "the parse tree could not be read"};
  return tree;
}

Error notOneStatement() { return Error{.code = ErrorCode::syntaxError, .message = "expected exactly one statement"}; }

// The statement's first and last token, without the comments around them.
std::pair<std::size_t, std::size_t> trimmedRange(std::string_view text, const PgQuery__RawStmt& raw) {
  const auto from = static_cast<std::size_t>(raw.stmt_location);
  const std::size_t to = raw.stmt_len == 0 ? text.size() : from + static_cast<std::size_t>(raw.stmt_len);
  Lexer lexer(text.substr(from, to - from));
  std::size_t begin = from;
  std::size_t end = from;
  bool first = true;
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (std::exchange(first, false)) begin = from + token.begin;
    end = from + token.end;
  }
  return {begin, end - begin};
}

std::vector<ParsedStatement> split(std::string text, const std::shared_ptr<Arena>& arena,
                                   const PgQuery__ParseResult& tree) {
  const auto shared = std::make_shared<const std::string>(std::move(text));
  std::vector<ParsedStatement> statements;
  statements.reserve(tree.n_stmts);
  for (std::size_t i = 0; i < tree.n_stmts; ++i) {
    const PgQuery__RawStmt& raw = *tree.stmts[i];
    const auto [offset, length] = trimmedRange(*shared, raw);
    if (tree.n_stmts == 1) {
      statements.emplace_back(shared, arena, raw.stmt, offset, length);
    } else {  // an arena each, so that statements can go separate ways
      auto own = std::make_shared<Arena>(1024);
      PgQuery__Node* copy = clone(*own, *raw.stmt);
      statements.emplace_back(shared, std::move(own), copy, offset, length);
    }
  }
  return statements;
}

}  // namespace

base::Result<std::vector<ParsedStatement>> parseStatements(std::string text, const ParseLimits& limits) {
  // A tree takes some 30 times its text.
  auto arena = std::make_shared<Arena>(std::clamp<std::size_t>(text.size() * 32, 4 * 1024, 1024 * 1024));
  SCRIM_TRY(const PgQuery__ParseResult* tree, treeOf(text, *arena, limits));
  if (tree->n_stmts > limits.maxStatements) {
    return Error{.code = ErrorCode::programLimit,
                 .message = "a text may hold at most " + std::to_string(limits.maxStatements) + " statements",
                 .hint = "Send them in several texts."};
  }
  return split(std::move(text), arena, *tree);
}

base::Result<ParsedQuery> parseOne(std::string text, const ParseLimits& limits) {
  SCRIM_TRY(auto statements, parseStatements(std::move(text), limits));
  if (statements.size() != 1) return notOneStatement();
  return std::move(statements.front());
}

base::Result<PgQuery__Node*> parseTree(const std::string& text, Arena& arena, const ParseLimits& limits) {
  SCRIM_TRY(const PgQuery__ParseResult* tree, treeOf(text, arena, limits));
  if (tree->n_stmts != 1) return notOneStatement();
  return tree->stmts[0]->stmt;
}

}  // namespace scrim::parse
