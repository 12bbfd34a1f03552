// SPDX-License-Identifier: Apache-2.0
// What build.h makes reads back exactly as made.
#include "server/query/parse/build.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "server/query/parse/compare.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/print.h"

namespace scrim::parse {
namespace {

using Nodes = std::vector<PgQuery__Node*>;

std::string readBack(const PgQuery__Node& statement) {
  const auto printed = print(statement);
  if (!printed.ok()) return printed.error().message;
  const auto again = parseOne(printed->text);
  if (!again.ok()) return printed->text + ": " + again.error().message;
  EXPECT_TRUE(sameTree(statement, again->statement())) << printed->text << "\n"
                                                       << firstDifference(statement, again->statement());
  return printed->text;
}

class Build : public testing::Test {
 protected:
  std::string selected(PgQuery__Node* value) {
    auto* select = selectStatement(arena_);
    append(arena_, select->n_target_list, select->target_list, target(arena_, value));
    return readBack(*wrap(arena_, select)).substr(sizeof("SELECT ") - 1);
  }
  PgQuery__Node* column(std::string_view name) { return columnRef(arena_, {name}); }
  Arena arena_;
};

TEST_F(Build, Constants) {
  EXPECT_EQ(selected(stringConstant(arena_, "it's")), "'it''s'");
  EXPECT_EQ(selected(integerConstant(arena_, 42)), "42");
  EXPECT_EQ(selected(integerConstant(arena_, -42)), "-42");
  EXPECT_EQ(selected(integerConstant(arena_, std::numeric_limits<std::int32_t>::min())), "-2147483648");
  EXPECT_EQ(selected(integerConstant(arena_, std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(selected(numericConstant(arena_, "-1.50")), "-1.50");
  EXPECT_EQ(selected(booleanConstant(arena_, false)), "FALSE");
  EXPECT_EQ(selected(nullConstant(arena_)), "NULL");
  EXPECT_EQ(selected(parameter(arena_, 3)), "$3");
}

TEST_F(Build, Expressions) {
  const Nodes arguments = {column("a"), stringConstant(arena_, "x")};
  EXPECT_EQ(selected(castTo(arena_, column("a"), systemType(arena_, "int4"))), "CAST(a AS integer)");
  EXPECT_EQ(selected(castTo(arena_, column("a"), systemType(arena_, "text"))), "CAST(a AS pg_catalog.\"text\")");
  EXPECT_EQ(selected(systemCall(arena_, "md5", arguments)), "pg_catalog.md5(a, 'x')");
  EXPECT_EQ(selected(systemOperator(arena_, "=", column("a"), column("b"))), "a OPERATOR(pg_catalog.=) b");
  EXPECT_EQ(selected(systemOperator(arena_, "-", nullptr, integerConstant(arena_, 1))), "OPERATOR(pg_catalog.-) 1");
  EXPECT_EQ(selected(notOf(arena_, isNull(arena_, column("a")))), "NOT (a IS NULL)");
  EXPECT_EQ(selected(isNull(arena_, column("a"), true)), "a IS NOT NULL");
}

TEST_F(Build, AndOrFlattenAsTheGrammarDoes) {
  const Nodes pair = {column("a"), column("b")};
  const Nodes leftDeep = {andOf(arena_, pair), column("c")};
  EXPECT_EQ(selected(andOf(arena_, leftDeep)), "a AND b AND c");
  const Nodes rightDeep = {column("c"), andOf(arena_, pair)};
  EXPECT_EQ(selected(andOf(arena_, rightDeep)), "c AND (a AND b)");
  const Nodes mixed = {orOf(arena_, pair), nullptr, column("c")};
  EXPECT_EQ(selected(andOf(arena_, mixed)), "(a OR b) AND c");
  EXPECT_EQ(andOf(arena_, Nodes{nullptr}), nullptr);
  EXPECT_EQ(andOf(arena_, Nodes{nullptr, pair[0]}), pair[0]);
}

TEST_F(Build, Statements) {
  auto* inner = selectStatement(arena_);
  const std::vector<std::string_view> columns = {"x", "Y"};
  append(arena_, inner->n_target_list, inner->target_list, target(arena_, columnRef(arena_, {"t", "a"}), "x"));
  append(arena_, inner->n_target_list, inner->target_list, target(arena_, nullConstant(arena_), "Y"));
  append(arena_, inner->n_from_clause, inner->from_clause, rangeVar(arena_, "s", "T"));
  inner->where_clause = booleanConstant(arena_, true);
  auto* outer = selectStatement(arena_);
  append(arena_, outer->n_from_clause, outer->from_clause, subselect(arena_, inner, alias(arena_, "d", columns), true));
  EXPECT_EQ(readBack(*wrap(arena_, outer)),
            "SELECT FROM LATERAL (SELECT t.a AS x, NULL AS \"Y\" FROM s.\"T\" WHERE TRUE) AS d(x, \"Y\")");
}

TEST(Arena, MovesAndGrows) {
  Arena first(64);
  char* text = first.copy("hello");
  for (int i = 0; i < 1000; ++i) std::memset(first.allocate(100), i, 100);
  Arena second = std::move(first);
  EXPECT_STREQ(text, "hello");
  EXPECT_GT(second.bytesReserved(), 100'000U);
  EXPECT_STREQ(first.copy("usable again"), "usable again");  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(second.allocate(1)) % 16, 0U);
}

}  // namespace
}  // namespace scrim::parse
