// SPDX-License-Identifier: Apache-2.0
// What is refused before the parser runs, and that whatever passes is safe on the stack it is promised.
#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "server/query/parse/compare.h"
#include "server/query/parse/guard.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/print.h"

namespace scrim::parse {
namespace {

using base::ErrorCode;

std::string repeated(const std::string& piece, std::size_t count) {
  std::string text;
  text.reserve(piece.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

struct Form {
  std::string before, opening, middle, closing, after;
  std::string times(std::size_t n) const {
    return before + repeated(opening, n) + middle + repeated(closing, n) + after;
  }
};

// Every way to nest that the grammar has.
const std::vector<Form> kForms = {
    {"SELECT ", "(", "1", ")", ""},
    {"SELECT ", "1+(", "1", ")", ""},
    {"SELECT ", "", "1", "+1", ""},
    {"SELECT ", "", "1", "*1", ""},
    {"SELECT ", "", "a", "||a", ""},
    {"SELECT ", "", "a", " OPERATOR(s.+) a", ""},
    {"SELECT ", "- ", "a", "", ""},
    {"SELECT ", "- ", "1", "", ""},
    {"SELECT ", "+ ", "a", "", ""},
    {"SELECT ", "@ ", "a", "", ""},
    {"SELECT ", "NOT ", "a", "", ""},
    {"SELECT ", "NOT (", "a", ")", ""},
    {"SELECT ", "", "a", "::int", ""},
    {"SELECT ", "CAST(", "a", " AS int)", ""},
    {"SELECT ", "CASE WHEN ", "a", " THEN 1 END", ""},
    {"SELECT ", "CASE WHEN a THEN ", "a", " END", ""},
    {"SELECT ", "CASE a WHEN 1 THEN 2 ELSE ", "a", " END", ""},
    {"SELECT ", "ARRAY[", "1", "]", ""},
    {"SELECT ARRAY", "[", "1", "]", ""},
    {"SELECT ", "a[", "1", "]", ""},
    {"SELECT ", "", "(a)", "[1]", ""},
    {"SELECT ", "(", "a", ").b", ""},
    {"SELECT ", "(", "a", ")[1]", ""},
    {"SELECT ", "(SELECT ", "1", ")", ""},
    {"SELECT ", "EXISTS(SELECT ", "1", ")", ""},
    {"SELECT ", "ARRAY(SELECT ", "1", ")", ""},
    {"SELECT ", "1 IN (SELECT ", "1", ")", ""},
    {"SELECT ", "1 IN (1, ", "1", ")", ""},
    {"SELECT ", "1 = ANY (SELECT ", "1", ")", ""},
    {"", "SELECT * FROM (", "SELECT 1", ") x", ""},
    {"", "SELECT * FROM LATERAL (", "SELECT 1", ") x", ""},
    {"", "WITH x AS (", "SELECT 1", ") SELECT 1", ""},
    {"", "SELECT 1 WHERE (", "SELECT true", ")", ""},
    {"SELECT ", "(SELECT 1 ORDER BY ", "1", ")", ""},
    {"SELECT ", "(SELECT 1 LIMIT ", "1", ")", ""},
    {"SELECT 1", "", "", " UNION ALL SELECT 1", ""},
    {"SELECT 1", "", "", " EXCEPT SELECT 1", ""},
    {"SELECT 1", "", "", " INTERSECT SELECT 1", ""},
    {"", "SELECT 1 UNION (", "SELECT 1", ")", ""},
    {"", "(", "SELECT 1", " UNION SELECT 1)", ""},
    {"", "(", "SELECT 1", ")", ""},
    {"SELECT * FROM a", "", "", " JOIN b ON x", ""},
    {"SELECT * FROM a", "", "", " CROSS JOIN b", ""},
    {"SELECT * FROM a", "", "", " NATURAL JOIN b", ""},
    {"SELECT * FROM ", "a JOIN ", "b", " ON x", ""},
    {"SELECT * FROM ", "(a JOIN ", "b", " ON x)", ""},
    {"SELECT * FROM ", "(", "a CROSS JOIN b", " CROSS JOIN c)", ""},
    {"SELECT ", "f(", "1", ")", ""},
    {"SELECT ", "f(a => ", "1", ")", ""},
    {"SELECT ", "f(a ORDER BY ", "1", ")", ""},
    {"SELECT ", "f(a) FILTER (WHERE ", "a", ")", ""},
    {"SELECT ", "f() OVER (PARTITION BY ", "a", ")", ""},
    {"SELECT ", "f() OVER (ORDER BY ", "a", ")", ""},
    {"SELECT ", "f() WITHIN GROUP (ORDER BY ", "a", ")", ""},
    {"SELECT ", "COALESCE(", "1", ")", ""},
    {"SELECT ", "NULLIF(1, ", "1", ")", ""},
    {"SELECT ", "ROW(", "1", ")", ""},
    {"SELECT ", "(1, ", "1", ")", ""},
    {"SELECT ", "EXTRACT(year FROM ", "a", ")", ""},
    {"SELECT ", "TRIM(", "a", ")", ""},
    {"SELECT ", "", "a", " COLLATE c", ""},
    {"SELECT ", "", "a", " AT TIME ZONE b", ""},
    {"SELECT ", "a AT TIME ZONE (", "b", ")", ""},
    {"SELECT ", "", "a", " IS NULL", ""},
    {"SELECT ", "(", "a", " IS NULL)", ""},
    {"SELECT ", "(", "a", " IS DISTINCT FROM b)", ""},
    {"SELECT ", "(", "a", " LIKE b ESCAPE c)", ""},
    {"SELECT ", "a LIKE (", "b", ")", ""},
    {"SELECT ", "NOT a BETWEEN b AND ", "c", "", ""},
    {"SELECT ", "a BETWEEN b AND (", "c", ")", ""},
    {"SELECT ", "a BETWEEN (", "c", ") AND d", ""},
    {"SELECT ", "a AND (", "b", ")", ""},
    {"SELECT ", "a OR (", "b", ")", ""},
    {"SELECT ", "a AND (b OR (", "c", "))", ""},
    {"SELECT ", "a AND NOT ", "c", "", ""},
    {"SELECT ", "", "a", " AND b", ""},
    {"SELECT ", "", "a", " OR b", ""},
    {"SELECT ", "", "a", " AND b OR c", ""},
    {"SELECT ", "a.and + ", "1", "", ""},
    {"SELECT ", "a.or + ", "1", "", ""},
    {"SELECT ", "a.end + ", "1", "", ""},
    {"SELECT ", "a.case + ", "1", "", ""},
    {"SELECT ", "xmlelement(name a, ", "1", ")", ""},
    {"SELECT ", "xmlforest(", "1", " AS a)", ""},
    {"SELECT 1 GROUP BY ", "GROUPING SETS (", "a", ")", ""},
    {"SELECT 1 GROUP BY ", "(", "a", ", b)", ""},
    {"SELECT * FROM ", "ROWS FROM (f(", "1", "))", ""},
    {"SELECT * FROM ", "f((SELECT 1 FROM ", "g()", "))", ""},
    {"VALUES ", "((", "VALUES (1)", "))", ""},
    {"SELECT 1 IN (1", "", "", ", 1", ")"},
    {"SELECT 1", "", "", ", 1", ""},
    {"SELECT * FROM a", "", "", ", a", ""},
    {"EXPLAIN ", "(SELECT ", "1", ")", ""},
    {"PREPARE p AS SELECT ", "(SELECT ", "1", ")", ""},
    {"CREATE VIEW v AS SELECT ", "1+", "1", "", ""},
    {"INSERT INTO t SELECT ", "1+", "1", "", ""},
    {"UPDATE t SET a = ", "1+", "1", "", ""},
    {"CREATE TABLE t (a int DEFAULT ", "1+", "1", "", ")"},
    {"CREATE RULE r AS ON SELECT TO t DO INSTEAD ", "(", "SELECT 1", ")", ""},
};

// Runs on a thread with exactly the promised stack.
void onPromisedStack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kParseStackBytes), 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&work)), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// The most repetitions of a form that the guard lets through.
std::size_t largestAccepted(const Form& form, std::size_t most) {
  std::size_t low = 1;
  std::size_t high = most;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (guardText(form.times(middle), {}).ok()) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

TEST(Guard, WhatPassesIsSafeOnTheStack) {
  onPromisedStack([] {
    for (const Form& form : kForms) {
      const std::string text = form.times(largestAccepted(form, 20'000));
      const auto parsed = parseStatements(text);
      if (!parsed.ok()) {
        EXPECT_EQ(parsed.error().code, ErrorCode::syntaxError) << text.substr(0, 100);
        continue;
      }
      const PgQuery__Node& statement = parsed->front().statement();
      EXPECT_LE(depthOf(statement.base), 2 * depthBound(text) + 40) << text.substr(0, 100);
      const auto printed = print(statement);
      if (!printed.ok()) continue;
      const auto again = parseOne(printed->text, ParseLimits::forPrintedText());
      ASSERT_TRUE(again.ok()) << text.substr(0, 100) << again.error().message;
      EXPECT_TRUE(sameTree(statement, again->statement())) << text.substr(0, 100);
    }
  });
}

TEST(Guard, FarTooDeepIsRefusedQuickly) {
  for (const Form& form : kForms) {
    const std::string text = form.times(200'000);
    const auto parsed = guardText(text, {});
    if (parsed.ok()) continue;  // flat forms are bounded by the number of tokens alone
    const ErrorCode code = parsed.error().code;
    EXPECT_TRUE(code == ErrorCode::tooComplex || code == ErrorCode::programLimit) << text.substr(0, 100);
  }
  const auto error = parseStatements("SELECT " + repeated("(", 100'000)).error();
  EXPECT_EQ(base::sqlstateOf(error), "54001");
}

// PostgreSQL's scanner would take minutes for each; so would a lexer of ours that looks at a run again for each of its
// operators. The time limit of the suite is the check.
TEST(Guard, RunsThatCostTheirPowerAreRefused) {
  for (const std::string& text :
       {"SELECT 1 " + repeated("+", 3'000'000), "SELECT 1 " + repeated("+", 65) + "1",
        "SELECT " + repeated("-+", 1'000'000), repeated("/*", 1'000'000), "SELECT 1 " + repeated("/**/", 500'000),
        "SELECT '" + repeated("/*", 17) + "'", "SELECT 1 " + repeated("~+", 1'000'000)}) {
    const auto parsed = parseStatements(text);
    ASSERT_FALSE(parsed.ok()) << text.substr(0, 40);
    EXPECT_EQ(parsed.error().code, ErrorCode::tooComplex) << text.substr(0, 40);
  }
  EXPECT_TRUE(parseStatements("/" + repeated("*", 500) + "/ SELECT 1 " + repeated("+", 64) + "1").ok());
  EXPECT_TRUE(parseStatements("SELECT 1 " + repeated("/* a */ ", 1'000)).ok());
  EXPECT_TRUE(parseStatements("SELECT 1 -- " + repeated("-", 500)).ok());
}

TEST(Guard, OrdinaryLengthsPass) {
  EXPECT_TRUE(guardText("SELECT 1 IN (1" + repeated(", 1", 100'000) + ")", {}).ok());
  EXPECT_TRUE(guardText("SELECT a WHERE a = 1" + repeated(" OR a = 1", 50'000), {}).ok());
  EXPECT_TRUE(guardText("SELECT " + repeated("(", 200) + "1" + repeated(")", 200), {}).ok());
  EXPECT_TRUE(guardText("SELECT 1" + repeated(" UNION ALL SELECT 1", 900), {}).ok());
}

TEST(Guard, BytesThatAreNoText) {
  EXPECT_EQ(parseStatements(std::string("select '\xff'")).error().code, ErrorCode::invalidText);
  EXPECT_EQ(parseStatements(std::string("select '\xff'")).error().position, 8U);
  EXPECT_EQ(parseStatements(std::string("select 1\0; drop", 15)).error().code, ErrorCode::invalidText);
  EXPECT_EQ(parseStatements(std::string(5'000'000, ' ')).error().code, ErrorCode::programLimit);
  EXPECT_EQ(parseStatements("select $70000").error().code, ErrorCode::undefinedParameter);
  EXPECT_EQ(parseStatements("select $0").error().code, ErrorCode::undefinedParameter);
  EXPECT_EQ(parseStatements("select a, $99999999999").error().position, 10U);
}

TEST(Parse, Empty) {
  for (const char* text : {"", "  \n", ";", " ; ; ", "-- nothing", "/* nothing */ ;"}) {
    const auto parsed = parseStatements(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_TRUE(parsed->empty()) << text;
  }
}

TEST(Parse, SeveralStatements) {
  const std::string text = " select 1 ; /* x */ select 'é;' -- y\n ;;set a = 1;select 2 /* z */";
  const auto parsed = parseStatements(text);
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed->size(), 4U);
  const std::vector<std::string> expected = {"select 1", "select 'é;'", "set a = 1", "select 2"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*parsed)[i].statementText(), expected[i]);
    EXPECT_EQ((*parsed)[i].offset(), text.find(expected[i]));
  }
  EXPECT_EQ(parsed->at(3).text(), text);
  EXPECT_NE(parsed->at(0).sharedArena(), parsed->at(1).sharedArena());
}

TEST(Parse, ErrorsKeepPostgresWordsAndTheBytePosition) {
  const auto error = parseStatements("select 'é' x y").error();
  EXPECT_EQ(error.code, ErrorCode::syntaxError);
  EXPECT_EQ(error.message, "syntax error at or near \"y\"");
  EXPECT_EQ(error.position, 14U);
  EXPECT_EQ(parseStatements("select (").error().message, "syntax error at end of input");
  EXPECT_EQ(parseStatements("select 'a").error().message, "unterminated quoted string at or near \"'a\"");
  EXPECT_EQ(parseOne("select 1; select 2").error().code, ErrorCode::syntaxError);
}

TEST(Parse, CommentsMayStandAnywhere) {
  for (const char* text :
       {"select a not /*c*/ in (1)", "select a not -- é\n like 'x'", "select a order by b nulls /*x*/ first",
        "select * from f() with /* ' */ ordinality", "select U&'!0041' uescape /**/ '!'",
        "/* a */ select -- b\n 1 /* c */ -- d", "select a -- unfinished"}) {
    EXPECT_TRUE(parseOne(text).ok()) << text;
  }
  EXPECT_FALSE(parseOne("select 'a' /* x */ \n 'b'").ok());
  EXPECT_EQ(parseStatements("select a /* é */ not in b").error().position, 25U);
}

TEST(Parse, ManyThreadsAtOnce) {
  const std::string text = "select a, 'b' from c where d = any (array[1, 2]) order by e";
  const std::string expected = print(parseOne(text)->statement())->text;
  std::vector<std::thread> threads;
  std::vector<int> failures(8);
  for (int& failed : failures) {
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        failed += print(parseOne(text)->statement())->text != expected;
        failed += parseStatements("select from where").ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, std::vector<int>(8, 0));
}

TEST(Compare, ClonesAreEqualAndApart) {
  const auto parsed = parseOne("select a, 1, 'x', null from t where b = $1");
  Arena arena;
  PgQuery__Node* copy = clone(arena, parsed->statement());
  EXPECT_TRUE(sameTree(parsed->statement(), *copy));
  EXPECT_EQ(firstDifference(parsed->statement(), *copy), "");
  copy->select_stmt->target_list[1]->res_target->val->a_const->ival->ival = 2;
  EXPECT_FALSE(sameTree(parsed->statement(), *copy));
  EXPECT_EQ(firstDifference(parsed->statement(), *copy), "select_stmt.target_list[1].res_target.val.a_const.ival.ival");
}

TEST(Compare, LocationsDoNotCountButAllElseDoes) {
  EXPECT_TRUE(sameTree(parseOne("select a")->statement(), parseOne(" select  a ")->statement()));
  for (const char* other :
       {"select b", "select a a", "select a from t", "select 'a'", "select a.a", "select a limit 1"}) {
    EXPECT_FALSE(sameTree(parseOne("select a")->statement(), parseOne(other)->statement())) << other;
  }
}

}  // namespace
}  // namespace scrim::parse
