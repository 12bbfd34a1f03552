// SPDX-License-Identifier: Apache-2.0
#include "common/policy/named.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/policy/language.h"

namespace scrim::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Sentence sentenceOf(const std::string& text) {
  auto sentence = parseSentence(text);
  EXPECT_TRUE(sentence.ok()) << text << (sentence.ok() ? "" : ": " + sentence.error().message);
  return sentence.ok() ? *sentence : Sentence{};
}

TEST(Named, GroupsInAudiencesConditionsAndPredicates) {
  const auto groups = [](const std::string& text) { return groupsNamed(sentenceOf(text)); };
  EXPECT_THAT(
      groups("MASK COLUMN ssn USING NULL FOR EVERYONE EXCEPT MEMBERS OF GROUP 'HR' OR NOT MEMBERS OF GROUP 'x'"),
      ElementsAre("HR", "x"));
  EXPECT_THAT(groups("SHOW ONLY ROWS WHERE USER IS A MEMBER OF GROUP 'Toys' OR id = 1 FOR EVERYONE"),
              ElementsAre("Toys"));
  EXPECT_THAT(groups("ALLOW SUBSCRIPTION BY MEMBERS OF GROUP 'Analysts'"), ElementsAre("Analysts"));
  EXPECT_THAT(groups("SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN department FOR EVERYONE"),
              IsEmpty());
  EXPECT_THAT(groups("LIMIT USAGE TO PURPOSES 'Fraud' FOR USERS WITH ATTRIBUTE 'HR'"), IsEmpty());
}

TEST(Named, TagsOfDataSourcesAndColumns) {
  const auto tags = [](const std::string& text) { return tagsNamed(sentenceOf(text)); };
  EXPECT_THAT(tags("ON DATA SOURCES TAGGED 'Sales', 'HR': MASK COLUMNS TAGGED 'PII' USING NULL FOR EVERYONE"),
              ElementsAre("HR", "PII", "Sales"));
  EXPECT_THAT(tags("MASK COLUMNS TAGGED 'PII.Email' USING NULL FOR USER 'x' OTHERWISE MASK COLUMNS TAGGED 'PII.Email' "
                   "USING HASHING"),
              ElementsAre("PII.Email"));
  EXPECT_THAT(tags("MASK COLUMN pii USING NULL FOR EVERYONE"), IsEmpty());
}

}  // namespace
}  // namespace scrim::policy
