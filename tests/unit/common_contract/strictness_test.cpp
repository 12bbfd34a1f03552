// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/contract/contract.h"
#include "common/policy/language.h"

namespace scrim::contract {
namespace {

using testing::HasSubstr;

constexpr const char* kSubject =
    R"({"user":"alice","groups":["Home Goods","Toys"],"attributes":{"Country":["DE"]},"project":"","purposes":[],"permissions":[]})";

template <typename T>
std::string refusal(const base::Result<T>& result) {
  return result.ok() ? "accepted" : result.error().message;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Contract, SubjectsRoundTrip) {
  const auto subject = subjectFromJson(kSubject);
  ASSERT_TRUE(subject.ok()) << subject.error().message;
  EXPECT_EQ(toJson(*subject), kSubject);
  policy::Subject odd{.user = "a\"\\\n\t\u00e9", .groups = {"", "\x01"}, .attributes = {{"", {}}}};
  const auto back = subjectFromJson(toJson(odd));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(digestOf(*back), digestOf(odd));
}

TEST(Contract, StrictAboutEverything) {
  const auto subject = [](std::string_view from, std::string_view to) {
    return refusal(subjectFromJson(replaced(kSubject, from, to)));
  };
  EXPECT_THAT(subject(R"("user":"alice")", R"("user":"alice","user":"bob")"), HasSubstr("stands twice"));
  EXPECT_THAT(subject(R"("Country":["DE"])", R"("Country":["DE"],"Country":[])"), HasSubstr("stands twice"));
  EXPECT_THAT(subject(R"("user":"alice")", R"("user":"alice","admin":true)"), HasSubstr("\"admin\" is not known"));
  EXPECT_THAT(subject(R"("user":"alice",)", ""), HasSubstr("\"user\" is missing"));
  EXPECT_THAT(subject(R"("alice")", "7"), HasSubstr("$.user: a text is needed"));
  EXPECT_THAT(subject(R"("alice")", "null"), HasSubstr("$.user: a text is needed"));
  EXPECT_THAT(subject(R"(["Home Goods","Toys"])", R"("Toys")"), HasSubstr("$.groups: a list is needed"));
  EXPECT_THAT(subject(R"("Toys")", "true"), HasSubstr("$.groups[1]: a text is needed"));
  EXPECT_THAT(subject(R"("Toys")", R"("Home Goods")"), HasSubstr("a text stands twice"));
  EXPECT_THAT(subject(R"({"Country":["DE"]})", "[]"), HasSubstr("$.attributes: an object is needed"));
  for (const char* bad :
       {"", "{", "[]", "null", "\"x\"", "{}{}", "{'user':'x'}", "\xff", "// x\n{}", "{\"user\":\"\\u0000\"}"}) {
    EXPECT_FALSE(subjectFromJson(bad).ok()) << bad;
  }
  EXPECT_FALSE(subjectFromJson(std::string(kSubject) + " x").ok());
  EXPECT_FALSE(expressionFromJson(std::string(100000, '[')).ok());
}

TEST(Contract, ExpressionsMustBeSound) {
  const auto expression = [](const std::string& json) { return refusal(expressionFromJson(json)); };
  EXPECT_THAT(expression(R"({"kind":"sleep"})"), HasSubstr("no expression of kind"));
  EXPECT_THAT(expression(R"({"kind":"not"})"), HasSubstr("has other parts"));
  EXPECT_THAT(expression(R"({"kind":"compare","name":"@@","children":[{"kind":"now"},{"kind":"now"}]})"),
              HasSubstr("has other parts"));
  EXPECT_THAT(expression(R"({"kind":"call","name":"pg_sleep","children":[{"kind":"now"}]})"),
              HasSubstr("has other parts"));
  EXPECT_THAT(expression(R"({"kind":"literal","type":"integer","text":"1; DROP"})"),
              HasSubstr("not the canonical text"));
  EXPECT_THAT(expression(R"({"kind":"literal","type":"integer","text":"007"})"), HasSubstr("not the canonical text"));
  EXPECT_THAT(expression(R"({"kind":"literal","type":"decimal","text":"1.-5"})"), HasSubstr("not the canonical text"));
  EXPECT_THAT(expression(R"({"kind":"literal","type":"decimal","text":"1.2.3"})"), HasSubstr("not the canonical text"));
  EXPECT_THAT(expression(R"({"kind":"literal","type":"date","text":"2023-02-29"})"),
              HasSubstr("not the canonical text"));
  EXPECT_THAT(expression(R"({"kind":"literal","type":"interval","text":"1 days"})"),
              HasSubstr("not the canonical text"));
  EXPECT_THAT(expression(R"({"kind":"literal","type":"boolean","text":"TRUE"})"), HasSubstr("not the canonical text"));
  EXPECT_THAT(expression(R"({"kind":"truth","value":"true"})"), HasSubstr("true or false is needed"));
  EXPECT_THAT(expression(R"({"kind":"column","name":"a","negated":true})"), HasSubstr("is not known"));
  EXPECT_THAT(expression(R"({"kind":"sample","name":"a","percent":"100.5"})"), HasSubstr("no percentage"));
  EXPECT_THAT(expression(R"({"kind":"cast","children":[{"kind":"now"}],"type":{"name":"int"}})"),
              HasSubstr("there is no type"));
}

TEST(Contract, MasksAndSentencesAreWhatTheLanguageCanSay) {
  EXPECT_THAT(
      refusal(maskFromJson(R"_({"method":"regex","pattern":"(a|ab)","replacement":"","caseInsensitive":false})_")),
      HasSubstr("more than one way"));
  EXPECT_THAT(refusal(maskFromJson(R"({"method":"rounding","unit":"number","step":"-1"})")), HasSubstr("$"));
  EXPECT_THAT(refusal(maskFromJson(R"({"method":"rounding","unit":"number","step":"1 FOR EVERYONE OTHERWISE"})")),
              HasSubstr("$"));
  EXPECT_THAT(refusal(maskFromJson(R"({"method":"showing","part":"last","characters":true,"filler":"*"})")),
              HasSubstr("whole number"));
  EXPECT_THAT(refusal(maskFromJson(R"({"method":"showing","part":"last","characters":4.5,"filler":"*"})")),
              HasSubstr("whole number"));
  EXPECT_THAT(refusal(maskFromJson(R"({"method":"hashing","key":"x"})")), HasSubstr("is not known"));
  const std::string sentence = toJson(*policy::parseSentence("SHOW NO ROWS FOR USER 'x' OTHERWISE SHOW NO ROWS"));
  EXPECT_TRUE(sentenceFromJson(sentence).ok());
  EXPECT_THAT(refusal(sentenceFromJson(
                  replaced(sentence, R"("condition":{"kind":"isUser","name":"x"})", R"("everyone":true)"))),
              HasSubstr("OTHERWISE would never apply"));
  EXPECT_THAT(refusal(sentenceFromJson(replaced(sentence, R"("name":"x")", R"("name":"")"))),
              HasSubstr("names nothing"));
}

TEST(Contract, RulesSayWhatTheirTextSays) {
  policy::Rule rule{
      .id = {3}, .dataSource = {1}, .text = "SHOW NO ROWS FOR EVERYONE", .author = "olivia", .reason = "test"};
  rule.sentence = std::make_shared<const policy::Sentence>(policy::parseSentence(rule.text).value());
  const std::string json = toJson(rule);
  const auto back = ruleFromJson(json);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(toJson(*back), json);
  EXPECT_THAT(refusal(ruleFromJson(replaced(json, "SHOW NO ROWS FOR EVERYONE", "SHOW NO ROWS FOR USER 'x'"))),
              HasSubstr("not what the text says"));
  EXPECT_THAT(refusal(ruleFromJson(replaced(json, "\"active\"", "\"on\""))), HasSubstr("no state"));
  EXPECT_THAT(refusal(ruleFromJson(replaced(json, "\"id\":3", "\"id\":18446744073709551615"))),
              HasSubstr("whole number"));
  rule.sentence = nullptr;
  EXPECT_THAT(refusal(ruleFromJson(toJson(rule))), HasSubstr("cannot be null"));
  rule.text = "MASK COLUMN a USING TELEPATHY FOR EVERYONE";
  const auto unknown = ruleFromJson(toJson(rule));
  ASSERT_TRUE(unknown.ok()) << unknown.error().message;
  EXPECT_EQ(unknown->sentence, nullptr);
}

TEST(Contract, DecisionsAreBound) {
  const std::string json =
      R"({"allowed":true,"visible":true,"reason":"","rows":[{"predicate":{"kind":"compare","name":"=","children":[{"kind":"column","name":"a"},{"kind":"userName"}]},"rule":1,"sentence":""}],"masks":{},"rules":[1],"snapshot":1,"conflicts":[]})";
  EXPECT_THAT(refusal(decisionFromJson(json)), HasSubstr("$.rows[0].predicate: a decision says nothing of the user"));
}

}  // namespace
}  // namespace scrim::contract
