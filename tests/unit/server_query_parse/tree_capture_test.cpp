// SPDX-License-Identifier: Apache-2.0
// The tree that is taken from the parser is, byte for byte, the one that the parser would have packed.
#include "server/query/parse/tree_capture.h"

#include <gtest/gtest.h>
#include <pg_query.h>

#include <fstream>
#include <string>
#include <vector>

#include "server/query/parse/compare.h"
#include "server/query/parse/parse.h"
#include "tests/support/random_sql.h"

namespace scrim::parse {
namespace {

std::string packed(const ProtobufCMessage& message) {
  std::string bytes(protobuf_c_message_get_packed_size(&message), '\0');
  protobuf_c_message_pack(&message, reinterpret_cast<std::uint8_t*>(bytes.data()));
  return bytes;
}

// Of a text that does not parse: a tree without statements.
std::string packedByTheLibrary(const std::string& text) {
  const PgQueryProtobufParseResult result = pg_query_parse_protobuf(text.c_str());
  std::string bytes(result.parse_tree.data, result.parse_tree.len);
  pg_query_free_protobuf_parse_result(result);
  return bytes;
}

std::string packedAfterCapture(const std::string& text) {
  Arena arena;
  const PgQuery__ParseResult* tree = nullptr;
  {
    const TreeCapture capture(arena);
    const PgQueryProtobufParseResult result = pg_query_parse_protobuf(text.c_str());
    EXPECT_EQ(result.parse_tree.len, 0U) << "it was packed all the same";
    pg_query_free_protobuf_parse_result(result);
    tree = capture.tree();
  }
  return tree == nullptr ? std::string() : packed(tree->base);
}

std::vector<std::string> linesOf(const std::string& file) {
  std::ifstream stream(std::string(SCRIM_SOURCE_DIR) + "/tests/unit/server_query_parse/" + file);
  EXPECT_TRUE(stream.good()) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(TreeCapture, TakesWhatTheLibraryWouldPack) {
  std::vector<std::string> texts = linesOf("select.sql");
  for (std::string& line : linesOf("expressions.sql")) texts.push_back(std::move(line));
  for (const char* text :
       {"SET a = 1, 'x', 2.5", "SHOW ALL", "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY", "ROLLBACK TO \"é\"",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 0, '', NULL, -1, true", "FETCH BACKWARD 3 FROM c",
        "PREPARE p (int, text[]) AS SELECT $1, $2", "EXECUTE p (1, '{}')", "EXPLAIN (FORMAT JSON) SELECT 1",
        "COPY (SELECT 1) TO STDOUT WITH (FORMAT csv)", "INSERT INTO t (a[1]) VALUES (DEFAULT) RETURNING *",
        "CREATE TABLE t (a int PRIMARY KEY DEFAULT 0) PARTITION BY RANGE (a)", "SELECT 1; SELECT 2; ; SELECT 3",
        "SELECT 9223372036854775807, 1e400, B'', X'FF', E'\\n', U&'\\0041'", "", ";", "SELECT FROM WHERE"})
    texts.emplace_back(text);
  for (const std::string& text : texts) {
    EXPECT_EQ(packedAfterCapture(text), packedByTheLibrary(text)) << text;
  }
}

TEST(TreeCapture, TakesRandomTreesTruly) {
  support::RandomSql generator(std::string(SCRIM_SOURCE_DIR) + "/tests/support/random_sql.grammar", 4);
  std::size_t parsed = 0;
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = generator.statement(3 + i % 8);
    parsed += parseStatements(text).ok() ? 1 : 0;
    ASSERT_EQ(packedAfterCapture(text), packedByTheLibrary(text)) << text;
  }
  EXPECT_GT(parsed, 1'000U);
}

TEST(TreeCapture, ReadsAsTheBytesDo) {
  for (const std::string& text : linesOf("select.sql")) {
    const auto statement = parseOne(text);
    if (!statement.ok()) continue;
    const std::string bytes = packedByTheLibrary(text);
    PgQuery__ParseResult* read =
        pg_query__parse_result__unpack(nullptr, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
    ASSERT_NE(read, nullptr);
    EXPECT_TRUE(sameTree(statement->statement(), *read->stmts[0]->stmt)) << text;
    pg_query__parse_result__free_unpacked(read, nullptr);
  }
}

TEST(TreeCapture, IsGoneWithItsScope) {
  Arena arena;
  { const TreeCapture capture(arena); }
  EXPECT_EQ(TreeCapture::current(), nullptr);
  EXPECT_GT(packedByTheLibrary("SELECT 1").size(), packedByTheLibrary("SELECT FROM WHERE").size());
}

}  // namespace
}  // namespace scrim::parse
