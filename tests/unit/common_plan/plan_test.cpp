// SPDX-License-Identifier: Apache-2.0
#include "common/plan/plan.h"

#include <gtest/gtest.h>

namespace scrim::plan {
namespace {

PlanNode sample() {
  PlanNode customer{NodeKind::relation, "customer"};
  PlanNode guard{NodeKind::filter, "(department = 'Toys')", Author::policy, {"SHOW ONLY ROWS ..."}};
  guard.children.push_back({NodeKind::relation, "purchase"});
  PlanNode join{NodeKind::join, "Inner, (customer.id = purchase.customer_id)", Author::definition};
  join.children = {customer, guard};
  PlanNode project{NodeKind::project, "[*]"};
  project.children.push_back(join);
  return project;
}

TEST(Plan, RendersAsATree) {
  const std::vector<std::string> expected{
      "Project [*]",
      "+- Join Inner, (customer.id = purchase.customer_id)",
      "   :- Relation customer",
      "   +- Filter (department = 'Toys')   <- SHOW ONLY ROWS ...",
      "      +- Relation purchase",
  };
  EXPECT_EQ(renderText(sample(), true), expected);
  EXPECT_EQ(renderText(sample(), false)[3], "   +- Filter (department = 'Toys')");
}

TEST(Plan, JsonNamesAuthorAndRules) {
  const std::string json = renderJson(sample());
  EXPECT_NE(json.find("\"author\": \"policy\""), std::string::npos);
  EXPECT_NE(json.find("\"rules\": [\"SHOW ONLY ROWS ...\"]"), std::string::npos);
}

}  // namespace
}  // namespace scrim::plan
