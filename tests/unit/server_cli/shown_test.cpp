// SPDX-License-Identifier: Apache-2.0
// What is shown: harmless text, tables, YAML, plans, errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/cli/exit_codes.h"
#include "server/cli/output.h"
#include "server/cli/plan_tree.h"
#include "server/cli/problem.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Json json(const std::string& text) { return parseJson(text).value(); }

TEST(Text, ShowsWhatTerminalsWouldActOn) {
  EXPECT_EQ(printable("a\x1b[2J\x07\r\n\t\x7f"), R"(a\x1b[2J\x07\x0d\n\t\x7f)");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            R"(\u009b31m)");                                            // CSI in one character
  EXPECT_EQ(printable("\xe2\x80\xae\xe2\x80\x8b"), R"(\u202e\u200b)");  // turned, invisible
  EXPECT_EQ(printable("\xf3\xa0\x81\x81"), R"(\U000e0041)");            // a tag character
  EXPECT_EQ(printable("bad\xff"), R"(bad\ufffd)");
  EXPECT_EQ(printable("Gr\xc3\xbc\xc3\x9f"
                      "e \xe4\xb8\xad"),
            "Gr\xc3\xbc\xc3\x9f"
            "e \xe4\xb8\xad");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), R"(a\x00b)");
}

TEST(Json, SurvivesWriting) {
  const std::string text =
      R"({"b": [1, -2.5, true, null, {}], "a": "q\"\\\u001b\u009b\ud83d\ude00\udb40\udc41", "c": []})";
  const Json value = json(text);
  EXPECT_EQ(compactJson(json(prettyJson(value))), compactJson(value));
  EXPECT_THAT(compactJson(value), HasSubstr(R"("a": "q\"\\\u001b\u009b)"));
  EXPECT_THAT(compactJson(value), HasSubstr(R"(\udb40\udc41)"));
  EXPECT_FALSE(parseJson("{").ok());
  EXPECT_FALSE(parseJson(std::string(3'000, '[') + std::string(3'000, ']')).ok());
}

TEST(Output, TablesLineUp) {
  const Json items =
      json(R"([{"id": 1, "hostNames": ["a", "b"]}, {"id": 200, "hostNames": [], "more": {"x": ["1", "2"]}}])");
  EXPECT_EQ(rendered(items, Format::table, {"id", "hostNames", "more"}),
            "ID   HOST NAMES  MORE\n1    a, b\n200              x=1|2\n");
  EXPECT_EQ(rendered(items, Format::table, {"id:number"}), "NUMBER\n1\n200\n");
  EXPECT_EQ(rendered(json("[]"), Format::table, {"id"}), "ID\n");
}

TEST(Output, OneThingIsALineAField) {
  const Json value = json(R"({"a": "x\ny", "longName": ["one two", "three"], "columns": [{"name": "c"}], "none": []})");
  EXPECT_EQ(rendered(value, Format::table, {}),
            "A          x\\ny\nLONG NAME  one two\n           three\nNONE\n\nCOLUMNS\nNAME\nc\n");
  EXPECT_EQ(rendered(value, Format::table, {"a", "missing"}), "A  x\\ny\n");
}

TEST(Output, YamlQuotesWhatYamlWouldMisread) {
  const Json value = json(
      R"({"a": ["yes", "plain", "1", "x: y", "", "a#b", "Null", "- x", "\u001b"], "num": 1, "o": {"k": [{"b": true, "c": null}]},
                              "e": {}, "on": []})");
  EXPECT_EQ(yamlOf(value),
            "a:\n  - \"yes\"\n  - plain\n  - \"1\"\n  - \"x: y\"\n  - \"\"\n  - \"a#b\"\n  - \"Null\"\n  - \"- x\"\n  "
            "- \"\\u001b\"\n"
            "num: 1\no:\n  k:\n    - b: true\n      c: null\ne: {}\n\"on\": []\n");
}

TEST(Plan, TreeWithAndWithoutColours) {
  const Json answer = json(
      R"j({"snapshot": 1, "plan": {"written": {"node": "Relation", "text": "t", "author": "user", "rules": [], "children": []},
      "governed": {"node": "Join", "text": "", "author": "user", "rules": [], "children": [
        {"node": "Filter", "text": "(a)", "author": "policy", "rules": ["S1", "S2"], "children": [
          {"node": "Relation", "text": "t\u001b[2J", "author": "definition", "rules": [], "children": []}]},
        {"node": "Relation", "text": "u", "author": "user", "rules": [], "children": []}]},
      "connection": "c", "sql": "SELECT 1"}})j");
  const std::string plain = planText(objectOf(answer), false);
  EXPECT_EQ(
      plain,
      "Plan as written:\nRelation t\n\nPlan after policy:\nJoin\n:- Filter (a)   <- S1; S2\n:  +- Relation t\\x1b[2J\n"
      "+- Relation u\n\nSent to c:\nSELECT 1\n");
  const std::string coloured = planText(objectOf(answer), true);
  EXPECT_THAT(coloured, HasSubstr("\x1b[1;33mFilter (a)\x1b[0m"));
  EXPECT_THAT(coloured, Not(HasSubstr("\x1b[2J")));
}

TEST(Errors, SayWhatTheProblemSays) {
  const auto error = problemOf(
      400,
      json(
          R"({"title": "Wrong\u001b[1m", "hint": "Do it", "field": "$.a", "position": 3, "requestId": "77", "status": 400})"));
  EXPECT_EQ(shownError(error), "scrim: Wrong\\x1b[1m\n  hint: Do it\n  field: $.a\n  position: 3\n  request: 77\n");
  EXPECT_EQ(exitCodeOf(error), kRefused);
  EXPECT_EQ(exitCodeOf(problemOf(401, json(R"({"title": "No"})"))), kNotSignedIn);
  EXPECT_THAT(problemOf(412, json(R"({"title": "It has changed."})")).message, HasSubstr("meanwhile"));
  EXPECT_THAT(problemOf(502, Json()).message, HasSubstr("502"));
  EXPECT_EQ(exitCodeOf(wrongCommandLine("x")), kWrongCommandLine);
  EXPECT_EQ(exitCodeOf(notReached("x")), kNotReached);
}

}  // namespace
}  // namespace scrim::cli
