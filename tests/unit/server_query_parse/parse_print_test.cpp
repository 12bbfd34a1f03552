// SPDX-License-Identifier: Apache-2.0
// parse(print(t)) == t over the hand-written statements, position maps, and what the printer refuses.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "server/query/parse/compare.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/print.h"

namespace scrim::parse {
namespace {

std::vector<std::string> statementsOf(const std::string& file) {
  std::ifstream stream(std::string(SCRIM_SOURCE_DIR) + "/tests/unit/server_query_parse/" + file);
  EXPECT_TRUE(stream.good()) << file;
  std::vector<std::string> statements;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.rfind("--", 0) != 0) statements.push_back(line);
  }
  return statements;
}

void expectRoundTrip(const std::string& text) {
  const auto parsed = parseOne(text);
  ASSERT_TRUE(parsed.ok()) << text << "\n" << parsed.error().message;
  const auto printed = print(parsed->statement());
  ASSERT_TRUE(printed.ok()) << text << "\n" << printed.error().message;
  const auto again = parseOne(printed->text, ParseLimits::forPrintedText());
  ASSERT_TRUE(again.ok()) << text << "\n" << printed->text << "\n" << again.error().message;
  EXPECT_TRUE(sameTree(parsed->statement(), again->statement()))
      << text << "\n"
      << printed->text << "\n"
      << firstDifference(parsed->statement(), again->statement());
  EXPECT_EQ(print(again->statement())->text, printed->text);
}

class RoundTrip : public testing::TestWithParam<const char*> {};

TEST_P(RoundTrip, EveryStatementSurvives) {
  const auto statements = statementsOf(GetParam());
  ASSERT_GT(statements.size(), 50U);
  for (const std::string& text : statements) expectRoundTrip(text);
}
INSTANTIATE_TEST_SUITE_P(Files, RoundTrip, testing::Values("select.sql", "expressions.sql"));

TEST(Print, ReadsAsWritten) {
  const auto parsed =
      parseOne("select a, count(*) n from s.T where x=1 and (y or z) group by a order by 2 desc limit 3");
  EXPECT_EQ(print(parsed->statement())->text,
            "SELECT a, count(*) AS n FROM s.t WHERE (x = 1) AND (y OR z) GROUP BY a ORDER BY 2 DESC LIMIT 3");
}

TEST(Print, RefusesWhatIsNoPlainSelect) {
  for (const char* text : {"INSERT INTO t VALUES (1)", "SELECT 1 INTO x", "SET a = 1", "COPY t TO STDOUT",
                           "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "EXPLAIN SELECT 1"}) {
    const auto parsed = parseOne(text);
    ASSERT_TRUE(parsed.ok()) << text;
    const auto printed = print(parsed->statement());
    ASSERT_FALSE(printed.ok()) << text;
    EXPECT_EQ(printed.error().code, base::ErrorCode::notSupported);
  }
}

TEST(Print, KnowsWhereEachTokenCameFrom) {
  const std::string text = "select  sum( b )  from t where nope  =  'é' and t.c > 7";
  const auto parsed = parseOne(text);
  const auto printed = print(parsed->statement());
  ASSERT_TRUE(printed.ok());
  for (const char* token : {"sum", "b", "nope", "'é'", "t.c", "7"}) {
    const std::size_t output = printed->text.find(token);
    ASSERT_NE(output, std::string::npos) << token;
    EXPECT_EQ(printed->sourceOf(output), text.find(token)) << token << " in " << printed->text;
  }
  EXPECT_EQ(printed->sourceOf(printed->text.find("nope = ") + 5), text.find("="));
  EXPECT_EQ(printed->sourceOf(0), std::nullopt);
}

TEST(Quote, NamesAndLiterals) {
  EXPECT_EQ(quotedIdentifier("abc_1"), "abc_1");
  EXPECT_EQ(quotedIdentifier("Abc"), "\"Abc\"");
  EXPECT_EQ(quotedIdentifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quotedIdentifier("select"), "\"select\"");
  EXPECT_EQ(quotedIdentifier("system_user"), "\"system_user\"");
  EXPECT_EQ(quotedIdentifier(""), "\"\"");
  EXPECT_EQ(quotedIdentifier("1a"), "\"1a\"");
  EXPECT_EQ(quotedLiteral("it's"), "'it''s'");
  EXPECT_EQ(quotedLiteral("a\\'b"), "E'a\\\\''b'");
}

}  // namespace
}  // namespace scrim::parse
