// SPDX-License-Identifier: Apache-2.0
#include "common/policy/language.h"

#include <gtest/gtest.h>

namespace scrim::policy {
namespace {

std::string reprinted(std::string_view text) {
  const auto sentence = parseSentence(text);
  return sentence.ok() ? print(*sentence) : "error: " + sentence.error().message;
}

TEST(Language, KeywordsInAnyCaseGiveTheCanonicalText) {
  EXPECT_EQ(reprinted("mask column SSN using hashing for everyone"), "MASK COLUMN ssn USING HASHING FOR EVERYONE");
  EXPECT_EQ(reprinted("Show Only Rows\n Where ((a = 1)) And (b = 2 and not c < 3)\tFor Everyone"),
            "SHOW ONLY ROWS WHERE a = 1 AND b = 2 AND NOT (c < 3) FOR EVERYONE");
  EXPECT_EQ(reprinted("SHOW ONLY ROWS WHERE FALSE FOR EVERYONE"), "SHOW NO ROWS FOR EVERYONE");
  EXPECT_EQ(reprinted("SHOW ONLY ROWS WHERE d IN user.groups FOR EVERYONE"),
            "SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN d FOR EVERYONE");
  EXPECT_EQ(reprinted("SHOW ONLY ROWS WHERE d >= NOW - INTERVAL '007 day' FOR EVERYONE"),
            "SHOW ONLY ROWS FROM THE LAST 7 DAYS BY COLUMN d FOR EVERYONE");
}

TEST(Language, NestingIsLimited) {
  const std::string deep =
      "SHOW ONLY ROWS WHERE " + std::string(100, '(') + "a = 1" + std::string(100, ')') + " FOR EVERYONE";
  EXPECT_EQ(parseSentence(deep).error().code, base::ErrorCode::programLimit);
  std::string wide = "SHOW ONLY ROWS WHERE a = 1";
  for (int i = 0; i < 600; ++i) wide += " + 1";
  EXPECT_EQ(parseSentence(wide + " FOR EVERYONE").error().code, base::ErrorCode::programLimit);
  EXPECT_EQ(parseSentence(std::string(70000, ' ')).error().code, base::ErrorCode::programLimit);
}

}  // namespace
}  // namespace scrim::policy
