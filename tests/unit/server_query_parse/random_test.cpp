// SPDX-License-Identifier: Apache-2.0
// parse(print(t)) == t on random trees. SCRIM_RANDOM_TREES=1000000 runs a million.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "server/query/parse/compare.h"
#include "server/query/parse/guard.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/print.h"
#include "tests/support/random_sql.h"

namespace scrim::parse {
namespace {

std::string grammarFile() { return std::string(SCRIM_SOURCE_DIR) + "/tests/support/random_sql.grammar"; }

std::size_t wantedTrees() {
  const char* wanted = std::getenv("SCRIM_RANDOM_TREES");
  return wanted == nullptr ? 20'000 : std::strtoull(wanted, nullptr, 10);
}

testing::AssertionResult survives(const PgQuery__Node& tree, const std::string& origin) {
  const auto printed = print(tree);
  if (!printed.ok()) return testing::AssertionFailure() << origin << "\n" << printed.error().message;
  const auto again = parseOne(printed->text, ParseLimits::forPrintedText());
  if (!again.ok())
    return testing::AssertionFailure() << origin << "\n" << printed->text << "\n" << again.error().message;
  if (sameTree(tree, again->statement())) return testing::AssertionSuccess();
  return testing::AssertionFailure() << origin << "\n"
                                     << printed->text << "\n"
                                     << firstDifference(tree, again->statement());
}

TEST(Random, TreesSurvivePrinting) {
  support::RandomSql generator(grammarFile(), 1);
  const std::size_t wanted = wantedTrees();
  std::size_t trees = 0;
  std::size_t texts = 0;
  for (; trees < wanted; ++texts) {
    const std::string text = generator.statement(static_cast<int>(3 + texts % 8));
    const auto parsed = parseOne(text);
    if (!parsed.ok()) {
      ASSERT_NE(parsed.error().code, base::ErrorCode::internal);
      continue;
    }
    ++trees;
    ASSERT_TRUE(survives(parsed->statement(), text));
    ASSERT_LE(depthOf(parsed->statement().base), 2 * depthBound(text) + 40) << text;
  }
  EXPECT_GT(trees * 10, texts * 3) << "too few of the random texts parse: " << trees << " of " << texts;
}

bool isExpression(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_A_EXPR:
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
    case PG_QUERY__NODE__NODE_SUB_LINK:
    case PG_QUERY__NODE__NODE_CASE_EXPR:
    case PG_QUERY__NODE__NODE_NULL_TEST:
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
    case PG_QUERY__NODE__NODE_FUNC_CALL:
    case PG_QUERY__NODE__NODE_TYPE_CAST:
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
    case PG_QUERY__NODE__NODE_A_CONST:
    case PG_QUERY__NODE__NODE_PARAM_REF:
    case PG_QUERY__NODE__NODE_ROW_EXPR:
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      return true;
    default:
      return false;
  }
}

std::vector<PgQuery__Node*> expressionsOf(PgQuery__Node& tree) {
  std::vector<PgQuery__Node*> found;
  forEachNode(tree, [&](PgQuery__Node& node) {
    if (isExpression(node)) found.push_back(&node);
    return true;
  });
  return found;
}

// The grammar cannot write an AND whose first operand is an AND: it flattens them.
bool isFlattened(const PgQuery__Node& tree) {
  bool flattened = false;
  forEachNode(tree, [&](const PgQuery__Node& node) {
    const auto* outer = as<PgQuery__BoolExpr>(node);
    const auto* inner = outer == nullptr ? nullptr : as<PgQuery__BoolExpr>(outer->args[0]);
    const bool same = inner != nullptr && inner->boolop == outer->boolop;
    flattened = flattened || (same && inner->boolop != PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR);
    return true;
  });
  return flattened;
}

// What a rewriter does: an expression of one tree takes a place in another. What cannot be written in that place is
// an error of the printer or of the parser, never another tree.
TEST(Random, TransplantedTreesArePrintedTrulyOrRefused) {
  support::RandomSql generator(grammarFile(), 2);
  support::Random random(3);
  std::size_t survived = 0;
  std::size_t made = 0;
  while (made < wantedTrees() / 8) {
    auto target = parseOne(generator.statement(6));
    auto source = parseOne(generator.statement(5));
    if (!target.ok() || !source.ok()) continue;
    const auto places = expressionsOf(target->mutableStatement());
    const auto pieces = expressionsOf(source->mutableStatement());
    if (places.empty() || pieces.empty()) continue;
    *places[random.below(places.size())] = *clone(target->arena(), *pieces[random.below(pieces.size())]);
    if (isFlattened(target->statement())) continue;
    ++made;
    const auto printed = print(target->statement());
    if (!printed.ok()) continue;
    const auto again = parseOne(printed->text, ParseLimits::forPrintedText());
    if (!again.ok()) continue;
    ++survived;
    ASSERT_TRUE(sameTree(target->statement(), again->statement()))
        << printed->text << "\n"
        << firstDifference(target->statement(), again->statement());
  }
  EXPECT_GT(survived * 10, made * 7);
}

// As a function of the FROM list, a sub-query would be written as a derived table, which is another tree.
TEST(Random, ASubQueryInTheFunctionsPlaceIsRefused) {
  auto target = parseOne("SELECT * FROM lower('x') AS y");
  auto source = parseOne("SELECT (SELECT 1)");
  ASSERT_TRUE(target.ok() && source.ok());
  const auto pieceIsSubQuery = [](PgQuery__Node* node) { return as<PgQuery__SubLink>(*node) != nullptr; };
  const auto pieces = expressionsOf(source->mutableStatement());
  const auto piece = std::find_if(pieces.begin(), pieces.end(), pieceIsSubQuery);
  const auto places = expressionsOf(target->mutableStatement());
  const auto place = std::find_if(places.begin(), places.end(),
                                  [](PgQuery__Node* node) { return as<PgQuery__FuncCall>(*node) != nullptr; });
  ASSERT_TRUE(piece != pieces.end() && place != places.end());
  **place = *clone(target->arena(), **piece);
  EXPECT_FALSE(print(target->statement()).ok());
}

}  // namespace
}  // namespace scrim::parse
