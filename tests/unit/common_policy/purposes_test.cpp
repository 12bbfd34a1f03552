// SPDX-License-Identifier: Apache-2.0
#include "common/policy/purposes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/policy/audience.h"
#include "common/policy/language.h"

namespace scrim::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Sentence sentenceOf(const std::string& text) {
  auto sentence = parseSentence(text);
  EXPECT_TRUE(sentence.ok()) << text << (sentence.ok() ? "" : ": " + sentence.error().message);
  return sentence.ok() ? *sentence : Sentence{};
}

std::set<std::string> namedIn(const std::string& text) { return purposesNamed(sentenceOf(text)); }

TEST(Purposes, AreFoundWhereverASentenceNamesThem) {
  EXPECT_THAT(namedIn("LIMIT USAGE TO PURPOSES 'Fraud', 'Marketing.Email' FOR EVERYONE"),
              ElementsAre("Fraud", "Marketing.Email"));
  EXPECT_THAT(namedIn("LIMIT USAGE TO PURPOSES 'A' FOR USER 'x' OTHERWISE LIMIT USAGE TO PURPOSES 'B'"),
              ElementsAre("A", "B"));
  EXPECT_THAT(namedIn("MASK COLUMN ssn USING NULL FOR EVERYONE EXCEPT MEMBERS OF GROUP 'HR' OR NOT USERS ACTING UNDER "
                      "PURPOSE 'Fraud'"),
              ElementsAre("Fraud"));
  EXPECT_THAT(namedIn("SHOW ONLY ROWS WHERE USER ACTS UNDER PURPOSE 'Fraud' OR country = 'DE' FOR EVERYONE"),
              ElementsAre("Fraud"));
  EXPECT_THAT(namedIn("MASK COLUMN ssn USING NULL WHERE NOT (USER ACTS UNDER PURPOSE 'Fraud') FOR EVERYONE"),
              ElementsAre("Fraud"));
  EXPECT_THAT(namedIn("ALLOW SUBSCRIPTION BY USERS ACTING UNDER PURPOSE 'Fraud'"), ElementsAre("Fraud"));
  EXPECT_THAT(namedIn("SHOW ONLY ROWS WHERE USER ACTS UNDER A PURPOSE MATCHING COLUMN d FOR MEMBERS OF GROUP 'Fraud'"),
              ElementsAre());
}

TEST(Purposes, ThatThereAreNotAreRefusedWithTheNearest) {
  const std::set<std::string> known{"Fraud", "Marketing", "Marketing.Email"};
  const auto checked = [&](const std::string& text) { return checkPurposes(sentenceOf(text), known); };
  EXPECT_TRUE(checked("LIMIT USAGE TO PURPOSES 'fraud', 'MARKETING.email' FOR EVERYONE").ok());
  EXPECT_TRUE(checked("MASK COLUMN ssn USING NULL FOR EVERYONE").ok());
  const auto wrong = checked("LIMIT USAGE TO PURPOSES 'Frud' FOR EVERYONE");
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message, HasSubstr("There is no purpose 'Frud'; did you mean 'Fraud'?"));
  EXPECT_FALSE(checked("LIMIT USAGE TO PURPOSES 'Marketing.Post' FOR EVERYONE").ok());
}

TEST(Purposes, BelowOneActForIt) {
  Subject subject;
  subject.purposes = {"Marketing.Email"};
  EXPECT_TRUE(actsUnder(subject, "Marketing.Email"));
  EXPECT_TRUE(actsUnder(subject, "marketing"));
  EXPECT_FALSE(actsUnder(subject, "Marketing.Email.Weekly"));
  EXPECT_FALSE(actsUnder(subject, "Market"));
}

}  // namespace
}  // namespace scrim::policy
