// SPDX-License-Identifier: Apache-2.0
#include "common/policy/decide.h"

#include <gtest/gtest.h>

#include "common/policy/language.h"

namespace scrim::policy {
namespace {

std::shared_ptr<const Rule> rule(std::int64_t id, std::string text, std::int64_t dataSource = 1) {
  auto sentence = parseSentence(text);
  EXPECT_TRUE(sentence.ok()) << text << ": " << (sentence.ok() ? "" : sentence.error().message);
  return std::make_shared<const Rule>(Rule{.id = {id},
                                           .dataSource = {dataSource},
                                           .text = text,
                                           .sentence = std::make_shared<const Sentence>(std::move(sentence).value())});
}

Resource purchases() {
  const auto text = *schema::builtinType("text");
  return {.id = {1},
          .name = {"public", "customer_purchases"},
          .columns = {{"id", *schema::builtinType("integer"), {}},
                      {"ssn", text, {"PII.SSN"}},
                      {"department", text, {}},
                      {"purchase_date", *schema::builtinType("date"), {}}}};
}

TEST(Decide, TheReferenceExample) {
  const std::vector rules{
      rule(1, "MASK COLUMN ssn USING HASHING FOR EVERYONE"),
      rule(2, "SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN department FOR EVERYONE")};
  const Decision alice = decide({.user = "alice", .groups = {"Toys", "Home Goods"}}, purchases(), rules, {7});
  ASSERT_TRUE(alice.allowed) << alice.reason;
  ASSERT_EQ(alice.rows.size(), 1u);
  EXPECT_EQ(print(*alice.rows[0].predicate), "department IN ('Home Goods', 'Toys')");
  EXPECT_EQ(alice.masks.at("ssn").at(0).mask.method, MaskMethod::hashing);
  EXPECT_EQ(alice.snapshot.value, 7);
  const Decision nobody = decide({.user = "carol"}, purchases(), rules, {7});
  EXPECT_EQ(print(*nobody.rows.at(0).predicate), "FALSE");
  EXPECT_NE(digestOf(alice), digestOf(nobody));
}

}  // namespace
}  // namespace scrim::policy
