// SPDX-License-Identifier: Apache-2.0
// Files of policy tests, and what comes against what is expected, without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "server/cli/comparison.h"

namespace scrim::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problemsOf(const std::string& text) {
  yaml::Problems problems("t.yaml");
  readPolicyTests(text, problems);
  return problems.lines();
}

PolicyTest testOf(const std::string& expected) {
  yaml::Problems problems("t.yaml");
  auto all =
      readPolicyTests("passwords: {ann: {env: A}}\ntests:\n- name: n\n  as: ann\n  query: q\n  " + expected, problems);
  EXPECT_THAT(problems.lines(), IsEmpty());
  return all.tests.at(0);
}

TEST(PolicyTests, AreRead) {
  yaml::Problems problems("t.yaml");
  const auto all = readPolicyTests(
      "passwords:\n  ann: {env: ANN}\n  bo: {file: bo.txt}\n"
      "tests:\n"
      "- {name: one, as: ann, query: SELECT 1, columns: [a, b], rows: [[1, null], ['null', \"\"]], ordered: true}\n"
      "- {name: two, as: bo, query: SELECT 2, refused: 42501}\n"
      "- {name: three, as: bo, query: SELECT 3, count: 0}\n",
      problems);
  EXPECT_THAT(problems.lines(), IsEmpty());
  EXPECT_EQ(all.passwords.at("ann").variable, "ANN");
  EXPECT_EQ(all.passwords.at("bo").file, "bo.txt");
  ASSERT_EQ(all.tests.size(), 3u);
  EXPECT_THAT(*all.tests[0].rows, ElementsAre(ExpectedRow{"1", std::nullopt}, ExpectedRow{"null", ""}));
  EXPECT_TRUE(all.tests[0].ordered);
  EXPECT_EQ(all.tests[1].refused, "42501");
  EXPECT_EQ(all.tests[2].count, 0);
}

std::string contentOf(const std::string& path) {
  std::ifstream stream(std::string(SCRIM_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(PolicyTests, OfThePageAndTheDemoAreRead) {
  const std::string page = contentOf("docs/admin/command_line.md");
  const std::size_t begin = page.find("```yaml\n") + 8;
  EXPECT_THAT(problemsOf(page.substr(begin, page.find("```", begin) - begin)), IsEmpty());
  EXPECT_THAT(problemsOf(contentOf("demo/policy_tests.yaml")), IsEmpty());
}

TEST(PolicyTests, AreRefusedWithTheirPlace) {
  EXPECT_THAT(problemsOf("tests: []\npasword: {}\n"),
              ElementsAre(HasSubstr("t.yaml:1:1: a file of policy tests needs the key passwords"),
                          HasSubstr("1:8: there is no test here"),
                          HasSubstr("2:1: a file of policy tests has no key pasword; did you mean passwords?")));
  const std::string head = "passwords: {ann: {env: A}}\ntests:\n- {name: n, as: ann, query: q, ";
  EXPECT_THAT(problemsOf(head + "refused: 4250}"), ElementsAre(HasSubstr("3:41: refused must be an SQLSTATE")));
  EXPECT_THAT(problemsOf(head + "refused: 42501, count: 1}"), ElementsAre(HasSubstr("has no columns, rows or count")));
  EXPECT_THAT(problemsOf(head + "rows: [[1], [1, 2]]}"), ElementsAre(HasSubstr("3:44: this row has 2 values, not 1")));
  EXPECT_THAT(problemsOf(head + "rows: }"), ElementsAre(HasSubstr("rows must be a list")));
  EXPECT_THAT(problemsOf(head + "ordered: true}"),
              ElementsAre(HasSubstr("the test expects nothing"), HasSubstr("ordered says how rows are compared")));
  EXPECT_THAT(problemsOf(head + "rows: [[1]], count: 2}"), ElementsAre(HasSubstr("count is not the number of rows")));
  EXPECT_THAT(
      problemsOf(
          "passwords: {ann: {env: A, file: B}, bo: {}, cy: secret}\ntests:\n- {name: n, as: dan, query: q, count: 1}"),
      ElementsAre(HasSubstr("1:18: give one of env"), HasSubstr("1:41: give one of env"),
                  HasSubstr("1:49: the password of cy must be a map"),
                  HasSubstr("3:3: passwords does not say where the password of dan is")));
}

std::vector<std::string> compared(const PolicyTest& test, const std::vector<sql::Values>& rows) {
  Comparison comparison(test);
  EXPECT_TRUE(comparison.columns({{"a", 0}, {"b", 0}}).ok());
  for (const auto& row : rows) EXPECT_TRUE(comparison.row(row).ok());
  return comparison.differences();
}

TEST(Comparison, OfRowsInAnyOrder) {
  const PolicyTest test = testOf("rows: [[1, null], [1, null], [2, '']]");
  EXPECT_THAT(compared(test, {{"2", ""}, {"1", std::nullopt}, {"1", std::nullopt}}), IsEmpty());
  EXPECT_THAT(compared(test, {{"2", std::nullopt}, {"1", std::nullopt}}),
              ElementsAre("not expected: [\"2\", null]", "missing: [\"1\", null]", "missing: [\"2\", \"\"]"));
  EXPECT_THAT(compared(test, std::vector<sql::Values>(15, {"\x1b", "x"})).at(0), "not expected: [\"\\u001b\", \"x\"]");
  EXPECT_THAT(compared(test, std::vector<sql::Values>(15, {"3", "x"})).at(10), "and 5 more");
}

TEST(Comparison, OfRowsInOrder) {
  const PolicyTest test = testOf("rows: [[1, x], [2, y]]\n  ordered: true");
  EXPECT_THAT(compared(test, {{"1", "x"}, {"2", "y"}}), IsEmpty());
  EXPECT_THAT(compared(test, {{"2", "y"}}),
              ElementsAre("row 1: [\"2\", \"y\"] instead of [\"1\", \"x\"]", "row 2 is missing: [\"2\", \"y\"]"));
  EXPECT_THAT(compared(test, {{"1", "x"}, {"2", "y"}, {"3", "z"}}),
              ElementsAre("row 3: [\"3\", \"z\"], which is not expected"));
}

TEST(Comparison, OfColumnsAndCounts) {
  EXPECT_THAT(compared(testOf("columns: [a, b]\n  count: 1"), {{"1", "2"}}), IsEmpty());
  EXPECT_THAT(compared(testOf("columns: [b, a]\n  count: 2"), {{"1", "2"}}),
              ElementsAre("columns [\"a\", \"b\"] instead of [\"b\", \"a\"]", "1 row instead of 2"));
}

TEST(Comparison, OfRefusals) {
  base::Error error{base::ErrorCode::sourceError, "no"};
  error.sqlstate = "42501";
  const PolicyTest refused = testOf("refused: 42501");
  EXPECT_THAT(Comparison(refused).differences(error), IsEmpty());
  EXPECT_THAT(compared(refused, {}), ElementsAre("answered with 0 rows instead of being refused with 42501"));
  const PolicyTest answered = testOf("count: 1");
  EXPECT_THAT(Comparison(answered).differences(error), ElementsAre("refused with 42501 instead of being answered: no"));
  const PolicyTest other = testOf("refused: 42P01");
  EXPECT_THAT(Comparison(other).differences(error), ElementsAre("refused with 42501 instead of 42P01: no"));
}

}  // namespace
}  // namespace scrim::cli
