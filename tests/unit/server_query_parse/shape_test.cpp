// SPDX-License-Identifier: Apache-2.0
// The lexer against PostgreSQL's own, and what a shape keeps and forgets.
#include "server/query/parse/shape.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/support/random_sql.h"
#include "tests/support/scan_check.h"

namespace scrim::parse {
namespace {

std::string keyOf(const std::string& text) {
  Shape shape;
  EXPECT_TRUE(shapeOf(text, shape)) << text;
  return shape.key;
}

TEST(Lexer, AgreesOnTheHardCases) {
  for (const char* text : {"select 1",
                           "a--b\nc",
                           "a/*b/*c*/d*/e",
                           "a+-b",
                           "a*-+b",
                           "a@-b",
                           "a@+-b",
                           "a-- b",
                           "a+--b\nc",
                           "a*/*x*/b",
                           "a|/b",
                           "a<>b",
                           "a!=b",
                           "a!=-b",
                           "a<=-b",
                           "a=>b",
                           "a=>@b",
                           "a->b->>c",
                           "::",
                           ":=",
                           ": :",
                           "a:b",
                           "a::b",
                           "a:=b",
                           "...",
                           "1..2",
                           "1.2.3",
                           "1...2",
                           "1.",
                           ".5",
                           "1.5e10",
                           "1e5",
                           "1e+5",
                           "1.e5",
                           "1..e5",
                           "5.e-7",
                           "$1",
                           "$12+$3",
                           "a$1",
                           "a$b$c",
                           "$$a$$",
                           "$x$a$$b$y$c$x$",
                           "$x$a$x$b",
                           "$$a$b$$",
                           "$a$ $a $a$",
                           "'a''b'",
                           "'a'\n'b'",
                           "'a' 'b'",
                           "'a' -- c\n 'b'",
                           "'a' -- c\n\n -- d\n'b'",
                           "'a' /* x */ \n 'b'",
                           "'a' --\n",
                           "'a'\n",
                           "E'a\\'b'",
                           "E'\\\\'",
                           "e'a'\n'b\\''",
                           "b'10'",
                           "b'1''0'",
                           "x'1f'\n'2'",
                           "U&'a\\0061'",
                           "u&'a' uescape '!'",
                           "U&\"a\\0061\"",
                           "u&a",
                           "u & 'a'",
                           "n'a'",
                           "N'a'\n'b'",
                           "na'b'",
                           "eb'a'",
                           "\"a\"\"b\"",
                           "\"a b\".\"c\"",
                           "a.b.*",
                           "(a,b)[1:2];",
                           "é",
                           "aé1",
                           "日本",
                           "_a$",
                           "a\tb\fc\rd",
                           "a?b",
                           "a ?| b",
                           "#",
                           "`",
                           "~~*",
                           "!~~*",
                           "<->",
                           "a<-1",
                           "a- -1",
                           "- - 1",
                           "@-@ a",
                           "/ *",
                           "*/",
                           "a /",
                           "a -",
                           "a--",
                           "a/**/b",
                           "/**/",
                           "/***/",
                           "/* * / */",
                           "/*/**/*/",
                           "x''",
                           "''",
                           "''''",
                           "E''",
                           "N''",
                           "$ 1"}) {
    EXPECT_EQ(support::scanDifference(text), "") << text;
  }
}

TEST(Lexer, RefusesWhatPostgresRefuses) {
  for (const char* text : {"'a", "\"a", "\"\"", "/* a", "$$a", "$x$a$$", "E'a\\'", "b'1", "123abc", "1.5x", "1e", "1e+",
                           "1.5e", "$1a", "0x1F", "U&'a", "U&\"\"", "/*/*a*/", "'a'\n'b"}) {
    EXPECT_FALSE(support::scanOfOurs(text).ok) << text;
    EXPECT_FALSE(support::scanOfPostgres(text).ok) << text;
  }
}

TEST(Lexer, AgreesOnRandomText) {
  support::RandomSql generator(std::string(SCRIM_SOURCE_DIR) + "/tests/support/random_sql.grammar", 7);
  support::Random random(8);
  const std::string noise = "'\"$-/*+@.:;1eEuU&bxN\\\n \t?!=<>()[]_~#%^|`a,é";
  std::size_t scanned = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = generator.statement(i % 7);
    for (std::size_t edits = random.below(5); edits > 0; --edits) {
      const std::size_t at = random.below(text.size() + 1);
      if (random.below(2) == 0) {
        text.insert(at, 1 + random.below(3), noise[random.below(noise.size())]);
      } else {
        text.erase(at, 1 + random.below(3));
      }
    }
    ASSERT_EQ(support::scanDifference(text), "") << text;
    scanned += support::scanOfOurs(text).ok;
  }
  EXPECT_GT(scanned, 8'000U);
}

TEST(Lexer, AgreesOnSoupOfCharacters) {
  support::Random random(9);
  const std::string letters = "''''\"\"$$--/*+@.:;019eEuU&bxNa\\\n\n  ?!=<>([_~";
  for (int i = 0; i < 60'000; ++i) {
    std::string text;
    for (std::size_t n = 1 + random.below(14); n > 0; --n) text += letters[random.below(letters.size())];
    ASSERT_EQ(support::scanDifference(text), "") << text;
  }
}

TEST(Shape, ForgetsWhatDoesNotMatter) {
  const std::string key = keyOf("SELECT a FROM t WHERE b = 12345 AND c = 'x'");
  for (const char* same : {"select A from T where B=1 and C='it''s'", "select a from t where b = 0001 and c = ''",
                           "SELECT/**/a--x\nFROM\tt WHERE\nb=7 AND c='x'"}) {
    EXPECT_EQ(keyOf(same), key) << same;
  }
  EXPECT_EQ(keyOf("select a - -1"), keyOf("select a-  - 2"));
}

TEST(Shape, KeepsWhatMatters) {
  const std::vector<std::string> texts = {"select a",          "select \"a\"",
                                          "select \"A\"",      "select ab",
                                          "select a b",        "select a.b",
                                          "select 'a'",        "select E'a'",
                                          "select E'b'",       "select $$a$$",
                                          "select $$b$$",      "select 1",
                                          "select 2147483648", "select 9223372036854775808",
                                          "select b'1'",       "select x'1'",
                                          "select n'a'",       "select n 'a'",
                                          "select U&'a'",      "select U&\"a\"",
                                          "select $1",         "select $2",
                                          "select 1 1",        "select 1,1",
                                          "select - -1",       "select a ? 1",
                                          "select ? 1",        "select a = 1",
                                          "select a == 1",     "select a = = 1",
                                          "select a <> 1",     "select a < > 1",
                                          "select 'a' 'b'",    "select 'a'\n'b'",
                                          "select 1;",         "select 1 .5",
                                          "select a::int",     "select a : : int",
                                          "select \"a\"\"b\"", "select \"a\" \"b\"",
                                          "select $$1$$ '1'",  "select \"\x01\"",
                                          "select \"\x02\"",   "select \x01"};
  std::set<std::string> keys;
  std::size_t shaped = 0;
  Shape shape;
  for (const std::string& text : texts) {
    if (!shapeOf(text, shape)) continue;
    ++shaped;
    EXPECT_TRUE(keys.insert(shape.key).second) << text;
  }
  EXPECT_EQ(shaped, texts.size() - 1);
}

TEST(Shape, ListsLiteralsWithClassAndPlace) {
  const std::string text = "select 1, 'it''s', 2.5, 3000000000, 99999999999999999999, 'a'\n'b', E'c'";
  Shape shape;
  ASSERT_TRUE(shapeOf(text, shape));
  std::vector<std::pair<LiteralClass, std::string>> found;
  for (const Literal& literal : shape.literals) found.emplace_back(literal.kind, literalValue(literal, text));
  const std::vector<std::pair<LiteralClass, std::string>> expected = {{LiteralClass::int4, "1"},
                                                                      {LiteralClass::string, "it's"},
                                                                      {LiteralClass::numeric, "2.5"},
                                                                      {LiteralClass::int8, "3000000000"},
                                                                      {LiteralClass::numeric, "99999999999999999999"}};
  EXPECT_EQ(found, expected);
}

TEST(Shape, RefusesWhatHasNone) {
  Shape shape;
  for (const std::string& text : {std::string("select '"), std::string("select 1a"), std::string("select \x01"),
                                  std::string("select 'a\0b'", 13), std::string("select $")}) {
    EXPECT_FALSE(shapeOf(text, shape)) << text;
  }
  EXPECT_TRUE(shapeOf("", shape));
  EXPECT_TRUE(shape.key.empty());
}

}  // namespace
}  // namespace scrim::parse
