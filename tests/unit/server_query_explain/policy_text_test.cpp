// SPDX-License-Identifier: Apache-2.0
#include "server/query/explain/policy_text.h"

#include <gtest/gtest.h>

namespace scrim::explain {
namespace {

policy::ExpressionPtr column(std::string name) {
  policy::Expression expression;
  expression.kind = policy::ExpressionKind::column;
  expression.name = std::move(name);
  return std::make_shared<policy::Expression>(expression);
}

policy::ExpressionPtr text(std::string value) {
  policy::Expression expression;
  expression.kind = policy::ExpressionKind::literal;
  expression.literal = {policy::LiteralType::text, std::move(value)};
  return std::make_shared<policy::Expression>(expression);
}

policy::Expression departments() {
  policy::Expression expression;
  expression.kind = policy::ExpressionKind::inList;
  expression.children = {column("department"), text("Home Goods"), text("Toys")};
  return expression;
}

TEST(PolicyText, ARowGuardReadsAsOnTheReferencePage) {
  EXPECT_EQ(rowGuardText(departments(), Detail::everything), "((department = 'Home Goods') OR (department = 'Toys'))");
}

TEST(PolicyText, WithoutTheRightNoConstantShows) {
  EXPECT_EQ(rowGuardText(departments(), Detail::columnsOnly), "(policy on department)");
  policy::Mask rounding;
  rounding.method = policy::MaskMethod::rounding;
  rounding.step = "1000";
  const auto condition = std::make_shared<policy::Expression>(departments());
  EXPECT_EQ(columnText("salary", {{condition, rounding, {}, ""}}, Detail::columnsOnly),
            "CASE WHEN (policy on department) THEN ROUNDING(salary) ELSE salary END AS salary");
}

TEST(PolicyText, MasksKeepTheColumnsName) {
  policy::Mask hashing;
  hashing.method = policy::MaskMethod::hashing;
  EXPECT_EQ(columnText("ssn", {{std::nullopt, hashing, {}, ""}}, Detail::everything), "HASHING(ssn) AS ssn");
  EXPECT_EQ(columnText("id", {}, Detail::everything), "id");
}

}  // namespace
}  // namespace scrim::explain
