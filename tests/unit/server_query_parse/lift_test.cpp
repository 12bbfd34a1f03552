// SPDX-License-Identifier: Apache-2.0
// Which constants become parameters, and that equal keys mean equal trees.
#include "server/query/parse/lift.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "server/query/parse/compare.h"
#include "server/query/parse/lexer.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/print.h"
#include "tests/support/random_sql.h"

namespace scrim::parse {
namespace {

std::string grammarFile() { return std::string(SCRIM_SOURCE_DIR) + "/tests/support/random_sql.grammar"; }

struct Lifted {
  ParsedQuery query;
  Shape shape;
  std::vector<LiftedLiteral> literals;
  LiftMask mask;
  std::string rest;
};

Lifted liftedOf(const std::string& text, int first = 1) {
  Lifted result{parseOne(text).value(), {}, {}, {}, {}};
  EXPECT_TRUE(shapeOf(text, result.shape)) << text;
  result.literals = lift(result.query, result.shape, first);
  result.mask = maskOf(result.literals, result.shape.literals.size());
  result.rest = secondKey(result.shape, result.mask, text);
  return result;
}

std::string printedAfterLift(const std::string& text) { return print(liftedOf(text).query.statement())->text; }

TEST(Lift, TakesOperandsOfComparisonsWithColumns) {
  EXPECT_EQ(printedAfterLift("SELECT abalance FROM pgbench_accounts WHERE aid = 12345"),
            "SELECT abalance FROM pgbench_accounts WHERE aid = $1");
  EXPECT_EQ(printedAfterLift("select 1 from t where a < 1 and 'x' >= t.b or not c <> 2.5"),
            "SELECT 1 FROM t WHERE ((a < $1) AND ($2 >= t.b)) OR (NOT (c <> $3))");
  EXPECT_EQ(printedAfterLift("select 1 from t where a between 1 and 2 and b not in (1, 'x', null, -1, 2+3)"),
            "SELECT 1 FROM t WHERE (a BETWEEN $1 AND $2) AND (b NOT IN ($3, $4, NULL, -1, 2 + 3))");
  EXPECT_EQ(printedAfterLift("select 1 from t join u on t.a = u.a and t.b = 5 limit 10 offset 20"),
            "SELECT 1 FROM t JOIN u ON (t.a = u.a) AND (t.b = $1) LIMIT $2 OFFSET $3");
  EXPECT_EQ(
      printedAfterLift(
          "with x as (select 1 where a = 1) select 2 from (select 3 where b = 2) s where c in (select 4 where d = 3)"),
      "WITH x AS (SELECT 1 WHERE a = $1) SELECT 2 FROM (SELECT 3 WHERE b = $2) AS s WHERE c IN (SELECT 4 WHERE d = "
      "$3)");
  EXPECT_EQ(
      printedAfterLift(
          "select 1 where a = 1 union select 2 where exists (select 3 where b = 2) and c > (select 4 where d = 3)"),
      "(SELECT 1 WHERE a = $1) UNION (SELECT 2 WHERE EXISTS (SELECT 3 WHERE b = $2) AND (c > (SELECT 4 WHERE d = "
      "$3)))");
}

TEST(Lift, LeavesEverythingElse) {
  for (const char* text : {"SELECT 1, 'x', (SELECT 1 WHERE a = 1)",
                           "SELECT a GROUP BY 1 ORDER BY 1",
                           "SELECT a WHERE b LIKE 'x'",
                           "SELECT a WHERE f(b = 1)",
                           "SELECT a WHERE b = -1",
                           "SELECT a WHERE b = - 1",
                           "SELECT a WHERE b = 1 + 2",
                           "SELECT a WHERE b + 1 = 2",
                           "SELECT a WHERE 1 = 2",
                           "SELECT a WHERE b = date '2020-01-01'",
                           "SELECT a WHERE b = 'x'::text",
                           "SELECT a WHERE b = '1'::numeric(3, 2)",
                           "SELECT a WHERE b OPERATOR(pg_catalog.=) 1",
                           "SELECT a WHERE b || 'x'",
                           "SELECT a WHERE b = E'x'",
                           "SELECT a WHERE b = $$x$$",
                           "SELECT a WHERE b = true",
                           "SELECT a WHERE b = NULL",
                           "SELECT a WHERE b = b'1'",
                           "SELECT a WHERE b = N'x'",
                           "SELECT a WHERE b = U&'x'",
                           "SELECT a GROUP BY b HAVING b = 1",
                           "SELECT a WHERE (b, c) = (1, 2)",
                           "SELECT a WHERE b = ANY ('{1}')",
                           "SELECT a WHERE b[1] = 1",
                           "SELECT a WHERE CASE WHEN b = 1 THEN true END",
                           "SELECT a WHERE (b = 1) IS TRUE",
                           "SELECT a LIMIT '1'",
                           "SELECT a LIMIT 1.5",
                           "SELECT a LIMIT 1 + 1",
                           "SELECT a FETCH FIRST ROW ONLY",
                           "SELECT a WHERE b IS DISTINCT FROM 1",
                           "SELECT a FROM f(1) WHERE c",
                           "SELECT a WHERE b = interval '1' day",
                           "SELECT a WHERE b ~ 'x'",
                           "SELECT count(*) FILTER (WHERE a = 1)",
                           "VALUES (1)",
                           "SELECT a ORDER BY b = 1",
                           "SELECT sum(a) OVER (ROWS 1 PRECEDING)",
                           "SELECT a WHERE b = 'x'\n'y'"}) {
    EXPECT_TRUE(liftedOf(text).literals.empty()) << text;
  }
}

TEST(Lift, NumbersAndTypesFollowTheText) {
  const Lifted lifted =
      liftedOf("select 9 from t where 'it''s' = a and b = 5 and c = 5000000000 and d = 5.0 limit 7", 3);
  ASSERT_EQ(lifted.literals.size(), 5U);
  const std::vector<std::uint32_t> types = {0, 23, 20, 1700, 23};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(lifted.literals[i].literal, i + 1);
    EXPECT_EQ(lifted.literals[i].parameter, static_cast<int>(i) + 3);
    EXPECT_EQ(lifted.literals[i].typeOid, types[i]);
  }
  EXPECT_EQ(lifted.rest.size(), 5U);  // a length and "9"
}

TEST(Lift, BoundedByTheProtocol) {
  std::string text = "select 1 from t where a in (0";
  for (int i = 0; i < 10'000; ++i) text += ",1";
  const Lifted lifted = liftedOf(text + ")");
  EXPECT_EQ(lifted.literals.size(), kMostLifted);
}

// The same tokens with other values, spaces, comments and letter case.
std::string variantOf(const std::string& text, support::Random& random) {
  static const std::vector<std::string> kSpaces = {" ", "\n", " /* ' */ ", " --\n", "\t "};
  static const std::map<LiteralClass, std::vector<std::string>> kValues = {
      {LiteralClass::int4, {"0", "1", "42", "007", "2147483647"}},
      {LiteralClass::int8, {"2147483648", "9223372036854775807"}},
      {LiteralClass::numeric, {"1.5", ".5", "9223372036854775808", "1e10", "1."}},
      {LiteralClass::string, {"''", "'a'", "'it''s'", "'--'", "'$1'"}}};
  Shape shape;
  if (!shapeOf(text, shape)) return text;
  std::string result;
  std::size_t literal = 0;
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    const bool lifted = literal < shape.literals.size() && shape.literals[literal].begin == token.begin;
    std::string piece = text.substr(token.begin, token.end - token.begin);
    if (lifted) {
      const auto& values = kValues.at(shape.literals[literal++].kind);
      if (random.below(3) != 0) piece = values[random.below(values.size())];
    } else if (token.kind == TokenKind::word && random.below(2) == 0) {
      for (char& c : piece) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    result += piece;
    if (token.kind != TokenKind::nationalPrefix) result += kSpaces[random.below(kSpaces.size())];
  }
  return result;
}

TEST(Lift, TheKeyDecidesWhatIsLiftedAndTheKeysDecideTheTree) {
  support::RandomSql generator(grammarFile(), 11);
  support::Random random(12);
  std::size_t compared = 0;
  std::size_t liftedAll = 0;
  for (int i = 0; i < 8'000; ++i) {
    const std::string text = generator.statement(2 + i % 6);
    const std::string other = variantOf(text, random);
    if (!parseOne(text).ok() || !parseOne(other).ok()) continue;
    const Lifted a = liftedOf(text);
    const Lifted b = liftedOf(other);
    ASSERT_EQ(a.shape.key, b.shape.key) << text << "\n" << other;
    ASSERT_EQ(a.mask, b.mask) << text << "\n" << other;
    liftedAll += a.literals.size();
    if (a.rest != b.rest) continue;
    ++compared;
    ASSERT_TRUE(sameTree(a.query.statement(), b.query.statement())) << text << "\n" << other;
  }
  EXPECT_GT(compared, 1'000U);
  EXPECT_GT(liftedAll, 300U);
}

// Small edits make texts that are nearly alike: no two of different trees may share both keys.
TEST(Lift, NoTwoTreesShareTheirKeys) {
  support::RandomSql generator(grammarFile(), 13);
  support::Random random(14);
  std::map<std::string, std::string> seen;
  std::size_t met = 0;
  for (int i = 0; i < 8'000; ++i) {
    std::string text = generator.statement(i % 3);
    for (int edit = 0; edit < 4; ++edit) {
      const auto parsed = parseOne(text);
      if (parsed.ok()) {
        Lifted lifted = liftedOf(text);
        const auto [place, fresh] = seen.emplace(lifted.shape.key + '\0' + lifted.rest, text);
        if (!fresh) {
          ++met;
          ASSERT_TRUE(sameTree(liftedOf(place->second).query.statement(), lifted.query.statement())) << text << "\n"
                                                                                                     << place->second;
        }
      }
      const std::size_t at = random.below(text.size());
      text[at] = " 1a'\"$.,-+"[random.below(10)];
    }
  }
  EXPECT_GT(met, 300U);
}

}  // namespace
}  // namespace scrim::parse
