// SPDX-License-Identifier: Apache-2.0
#include "server/query/explain/policy_text.h"

#include <gtest/gtest.h>

namespace scrim::explain {
namespace {

const Names kExposed{"id", "department", "salary", "ssn"};

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
  EXPECT_EQ(rowGuardText(departments(), Detail::everything, kExposed),
            "((department = 'Home Goods') OR (department = 'Toys'))");
}

TEST(PolicyText, WithoutTheRightNoConstantShows) {
  EXPECT_EQ(rowGuardText(departments(), Detail::columnsOnly, kExposed), "(policy on department)");
  policy::Mask rounding;
  rounding.method = policy::MaskMethod::rounding;
  rounding.step = "1000";
  const auto condition = std::make_shared<policy::Expression>(departments());
  EXPECT_EQ(columnText("salary", {{condition, rounding, {}, ""}}, Detail::columnsOnly, kExposed),
            "CASE WHEN (policy on department) THEN ROUNDING(salary) ELSE salary END AS salary");
}

TEST(PolicyText, WithoutTheRightNoHiddenColumnHasAName) {
  EXPECT_EQ(rowGuardText(departments(), Detail::columnsOnly, {"id"}), "(policy on columns that are not shown)");
  policy::Expression both;
  both.kind = policy::ExpressionKind::logicalAnd;
  both.children = {std::make_shared<policy::Expression>(departments()), column("paid"), column("id")};
  EXPECT_EQ(rowGuardText(both, Detail::columnsOnly, {"id"}), "(policy on id, columns that are not shown)");
  EXPECT_NE(rowGuardText(both, Detail::everything, {"id"}).find("paid"), std::string::npos);
}

TEST(PolicyText, MasksKeepTheColumnsName) {
  policy::Mask hashing;
  hashing.method = policy::MaskMethod::hashing;
  EXPECT_EQ(columnText("ssn", {{std::nullopt, hashing, {}, ""}}, Detail::everything, kExposed), "HASHING(ssn) AS ssn");
  EXPECT_EQ(columnText("id", {}, Detail::everything, kExposed), "id");
}

}  // namespace
}  // namespace scrim::explain
