// SPDX-License-Identifier: Apache-2.0
#include "common/policy/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/policy/evaluate.h"
#include "common/policy/language.h"

namespace scrim::policy {
namespace {

using testing::ElementsAre;

const Resource& people() {
  static const Resource resource{.id = {1},
                                 .name = {"hr", "people"},
                                 .columns = {{"ssn", *schema::builtinType("text"), {}},
                                             {"salary", *schema::builtinType("numeric"), {}},
                                             {"team", *schema::builtinType("text"), {}}}};
  return resource;
}

Decision decided(const std::vector<std::string>& texts, const Subject& subject) {
  std::vector<std::shared_ptr<const Rule>> rules;
  for (const std::string& text : texts) {
    auto sentence = std::make_shared<const Sentence>(parseSentence(text).value());
    rules.push_back(std::make_shared<const Rule>(Rule{.id = {static_cast<std::int64_t>(rules.size()) + 1},
                                                      .dataSource = {1},
                                                      .text = text,
                                                      .sentence = std::move(sentence)}));
  }
  return decide(subject, people(), rules, {1});
}

TEST(Explain, SaysWhatAndWhy) {
  const Decision decision =
      decided({"MASK COLUMN ssn USING HASHING FOR EVERYONE",
               "MASK COLUMN salary USING ROUNDING TO 1000 WHERE team = 'A' FOR EVERYONE",
               "SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN team FOR EVERYONE"},
              {.user = "alice", .groups = {"Toys"}});
  EXPECT_THAT(
      explain(decision, people()),
      ElementsAre("You see rows where team IN ('Toys'), because rule 3 says: SHOW ONLY ROWS WHERE USER IS A MEMBER OF "
                  "A GROUP MATCHING COLUMN team FOR EVERYONE.",
                  "Column ssn is hashed, because rule 1 says: MASK COLUMN ssn USING HASHING FOR EVERYONE.",
                  "Column salary is rounded TO 1000 unless it is certain that team = 'A' does not hold, because rule 2 "
                  "says: MASK COLUMN salary USING ROUNDING TO 1000 WHERE team = 'A' FOR EVERYONE."));
}

TEST(Explain, NothingAndEverything) {
  EXPECT_THAT(explain(decided({}, {.user = "x"}), people()),
              ElementsAre("You see all rows.", "You see every column as it is."));
  EXPECT_THAT(explain(decided({"SHOW NO ROWS FOR EVERYONE"}, {.user = "x"}), people()),
              ElementsAre("You see no rows, because rule 1 says: SHOW NO ROWS FOR EVERYONE.",
                          "You see every column as it is."));
  EXPECT_THAT(
      explain(decided({"LIMIT USAGE TO PURPOSES 'A' FOR EVERYONE"}, {.user = "x"}), people()),
      ElementsAre("You cannot use hr.people: rule 1: usage is limited to purposes that are not acted under: A."));
  Decision hidden = decided({}, {.user = "x"});
  hidden.visible = false;
  hidden.reason = "secret";
  EXPECT_THAT(explain(hidden, people()), ElementsAre("There is no data source hr.people."));
}

// What a decision shows of rows, by the reference interpreter: a NULL predicate hides, a NULL condition masks.
TEST(Explain, ShownRows) {
  const Decision decision = decided({"MASK COLUMN ssn USING SHOWING LAST 2 WHERE salary > 10 FOR EVERYONE",
                                     "SHOW ONLY ROWS WHERE team <> 'B' FOR EVERYONE"},
                                    {.user = "x"});
  const auto seen = [&](const Row& row) { return *shown(decision, people().columns, row, {.hashKey = "k"}); };
  EXPECT_EQ(seen({{"ssn", "1234"}, {"salary", "11"}, {"team", "A"}})->at("ssn"), "**34");
  EXPECT_EQ(seen({{"ssn", "1234"}, {"salary", std::nullopt}, {"team", "A"}})->at("ssn"), "**34");
  EXPECT_EQ(seen({{"ssn", "1234"}, {"salary", "10"}, {"team", "A"}})->at("ssn"), "1234");
  EXPECT_FALSE(seen({{"ssn", "1234"}, {"salary", "10"}, {"team", "B"}}));
  EXPECT_FALSE(seen({{"ssn", "1234"}, {"salary", "10"}, {"team", std::nullopt}}));
  EXPECT_FALSE(shown(Decision{}, people().columns, {}, {.hashKey = "k"}).ok());
}

}  // namespace
}  // namespace scrim::policy
