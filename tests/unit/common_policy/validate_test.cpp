// SPDX-License-Identifier: Apache-2.0
#include "common/policy/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/policy/language.h"

namespace scrim::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Resource people() {
  return {.id = {1},
          .name = {"hr", "people"},
          .columns = {{"ssn", *schema::builtinType("text"), {"PII.SSN"}},
                      {"born", *schema::builtinType("date"), {"PII"}},
                      {"age", *schema::builtinType("integer"), {}},
                      {"Team", *schema::builtinType("text"), {}}},
          .hidden = {{{"office", *schema::builtinType("text"), {"PII"}}},
                     {{"since", *schema::builtinType("date"), {}}, true}}};
}

std::optional<Resource> lookup(const schema::QualifiedName& name) {
  if (name == people().name) return people();
  if (name != schema::QualifiedName{"ref", "teams"}) return std::nullopt;
  return Resource{
      .name = name,
      .columns = {{"team", *schema::builtinType("text"), {}}, {"size", *schema::builtinType("integer"), {}}}};
}

base::Result<std::vector<std::string>> validated(const std::string& text) {
  static const std::set<std::string> groups{"HR", "Toys"};
  static const std::set<std::string> attributes{"Country"};
  auto sentence = parseSentence(text);
  EXPECT_TRUE(sentence.ok()) << text;
  return validate(*sentence, people(), lookup, {&groups, &attributes});
}

std::vector<std::string> warnings(const std::string& text) {
  const auto result = validated(text);
  EXPECT_TRUE(result.ok()) << text << ": " << (result.ok() ? "" : result.error().message);
  return result.ok() ? *result : std::vector<std::string>{};
}

std::string refusal(const std::string& text) {
  const auto result = validated(text);
  EXPECT_FALSE(result.ok()) << text;
  return result.ok() ? "" : result.error().message;
}

TEST(Validate, FallbacksAreSaid) {
  EXPECT_THAT(warnings("MASK COLUMNS TAGGED 'PII' USING HASHING FOR EVERYONE"),
              ElementsAre(HasSubstr("column born: HASHING has no form of type date")));
  EXPECT_THAT(warnings("MASK COLUMN age USING SHOWING LAST 1 FOR EVERYONE"), ElementsAre(HasSubstr("works on text")));
  EXPECT_THAT(warnings("MASK COLUMN born USING ROUNDING TO DAY FOR EVERYONE"),
              ElementsAre(HasSubstr("the date itself")));
  EXPECT_THAT(warnings("MASK COLUMN ssn USING HASHING FOR EVERYONE"), ElementsAre());
}

TEST(Validate, WhatSelectsNothingIsSaid) {
  EXPECT_THAT(warnings("MASK COLUMNS TAGGED 'Health' USING NULL FOR EVERYONE"),
              ElementsAre(HasSubstr("selects no column")));
  EXPECT_THAT(warnings("ON DATA SOURCES TAGGED 'X': MASK COLUMN iban USING NULL FOR EVERYONE"),
              ElementsAre(HasSubstr("selects no column")));
  EXPECT_THAT(refusal("MASK COLUMN iban USING NULL FOR EVERYONE"), HasSubstr("there is no column \"iban\""));
  EXPECT_THAT(refusal("MASK COLUMN team USING NULL FOR EVERYONE"), HasSubstr("there is no column \"team\""));
  EXPECT_THAT(refusal("ON DATA SOURCES TAGGED 'X': MASK COLUMN team USING NULL FOR EVERYONE"),
              HasSubstr("there is no column \"team\""));
}

TEST(Validate, RulesMayLookAtHiddenColumns) {
  EXPECT_THAT(warnings("SHOW ONLY ROWS WHERE office = 'Paris' FOR EVERYONE"), ElementsAre());
  EXPECT_THAT(warnings("MASK COLUMN ssn USING NULL WHERE office = 'Paris' FOR EVERYONE"), ElementsAre());
  EXPECT_THAT(warnings("MASK COLUMN office USING NULL FOR EVERYONE"), ElementsAre(HasSubstr("nothing to mask")));
  EXPECT_THAT(warnings("MASK COLUMNS MATCHING 'offi' USING NULL FOR EVERYONE"),
              ElementsAre(HasSubstr("selects no column")));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE office = 5 FOR EVERYONE"), HasSubstr("text"));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE since > DATE '2020-01-01' FOR EVERYONE"),
              HasSubstr("several of its tables have one"));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE ssn IN (SELECT office FROM ref.teams) FOR EVERYONE"),
              HasSubstr("there is no column \"office\""));
}

TEST(Validate, ConstantsFitTheirColumn) {
  EXPECT_THAT(refusal("MASK COLUMN age USING CONSTANT 'x' FOR EVERYONE"),
              HasSubstr("CONSTANT 'x' is no value of column age"));
  EXPECT_THAT(refusal("MASK COLUMN age USING CONSTANT 3000000000 FOR EVERYONE"), HasSubstr("no value of column age"));
  EXPECT_THAT(warnings("MASK COLUMN age USING CONSTANT 0 FOR EVERYONE"), ElementsAre());
  EXPECT_THAT(warnings("MASK COLUMNS TAGGED 'PII' USING CONSTANT 'x' FOR EVERYONE"),
              ElementsAre(HasSubstr("column born: the constant")));
}

TEST(Validate, BothActionsAndConditionsAreChecked) {
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE age = 1 FOR USER 'x' OTHERWISE SHOW ONLY ROWS WHERE ag = 1"),
              HasSubstr("no column \"ag\""));
  EXPECT_THAT(refusal("MASK COLUMN ssn USING NULL WHERE age = 'x' FOR EVERYONE"), HasSubstr("cannot be compared"));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE age FOR EVERYONE"), HasSubstr("a condition is needed"));
}

TEST(Validate, LookUpsExistFitAndDoNotRecurse) {
  EXPECT_THAT(warnings("SHOW ONLY ROWS WHERE \"Team\" IN (SELECT team FROM ref.teams WHERE size > 3) FOR EVERYONE"),
              ElementsAre());
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE \"Team\" IN (SELECT team FROM ref.none) FOR EVERYONE"),
              HasSubstr("no data source"));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE \"Team\" IN (SELECT tem FROM ref.teams) FOR EVERYONE"),
              HasSubstr("no column \"tem\""));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE \"Team\" IN (SELECT size FROM ref.teams) FOR EVERYONE"),
              HasSubstr("cannot be compared"));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE \"Team\" IN (SELECT team FROM ref.teams WHERE size) FOR EVERYONE"),
              HasSubstr("a condition is needed"));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE ssn IN (SELECT ssn FROM hr.people) FOR EVERYONE"),
              HasSubstr("that it protects"));
  EXPECT_THAT(refusal("SHOW ONLY ROWS WHERE ssn IN (SELECT team FROM ref.teams WHERE team IN (SELECT team FROM "
                      "ref.teams)) FOR EVERYONE"),
              HasSubstr("inside a look-up"));
}

TEST(Validate, NamesThatNobodyHasAreSaid) {
  EXPECT_THAT(warnings("SHOW NO ROWS FOR MEMBERS OF GROUP 'hr'"),
              ElementsAre("no user has the group 'hr'; did you mean 'HR'?"));
  EXPECT_THAT(warnings("SHOW ONLY ROWS WHERE USER HAS ATTRIBUTE 'Contry' MATCHING COLUMN ssn FOR EVERYONE"),
              ElementsAre("no user has the attribute 'Contry'; did you mean 'Country'?"));
  EXPECT_THAT(warnings("ALLOW SUBSCRIPTION BY MEMBERS OF GROUP 'Toys' OR MEMBERS OF GROUP 'Books'"),
              ElementsAre("no user has the group 'Books'"));
}

}  // namespace
}  // namespace scrim::policy
