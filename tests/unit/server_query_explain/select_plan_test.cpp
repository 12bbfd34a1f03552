// SPDX-License-Identifier: Apache-2.0
#include "server/query/explain/select_plan.h"

#include <gtest/gtest.h>

#include "server/query/parse/parse.h"

namespace scrim::explain {
namespace {

std::string planOf(const std::string& sql) {
  auto parsed = parse::parseOne(sql);
  if (!parsed.ok()) return parsed.error().message;
  const RelationPlan relation = [](const PgQuery__RangeVar& table) -> base::Result<plan::PlanNode> {
    return plan::PlanNode{plan::NodeKind::relation, table.relname};
  };
  const auto planned = planOfSelect(*parse::as<PgQuery__SelectStmt>(parsed->statement()), relation);
  if (!planned.ok()) return planned.error().message;
  std::string text;
  for (const std::string& line : plan::renderText(*planned, false)) text += line + "\n";
  return text;
}

TEST(SelectPlan, DrawsTheReferenceDefinition) {
  EXPECT_EQ(planOf("SELECT * FROM customer JOIN purchase ON customer.id = purchase.customer_id WHERE age >= 18"),
            "Project [*]\n"
            "+- Filter (age >= 18)\n"
            "   +- Join Inner, (customer.id = purchase.customer_id)\n"
            "      :- Relation customer\n"
            "      +- Relation purchase\n");
}

TEST(SelectPlan, DrawsCtesSetOperationsGroupsAndLimits) {
  EXPECT_EQ(planOf("WITH w AS (SELECT 1 AS a) SELECT a, count(*) FROM w GROUP BY a UNION ALL SELECT 1, 2 ORDER BY 1 "
                   "DESC LIMIT 3"),
            "With\n"
            ":- SubqueryAlias w\n"
            ":  +- Project [1 AS a]\n"
            ":     +- OneRow\n"
            "+- Limit 3\n"
            "   +- Sort [1 DESC]\n"
            "      +- SetOperation Union All\n"
            "         :- Project [a, count(*)]\n"
            "         :  +- Aggregate [a]\n"
            "         :     +- CteReference w\n"
            "         +- Project [1, 2]\n"
            "            +- OneRow\n");
}

TEST(SelectPlan, ACteNameIsVisibleOnlyInsideItsStatement) {
  EXPECT_EQ(planOf("SELECT * FROM (WITH t AS (SELECT 1) SELECT * FROM t) s, t"),
            "Project [*]\n"
            "+- Join Cross\n"
            "   :- SubqueryAlias s\n"
            "   :  +- With\n"
            "   :     :- SubqueryAlias t\n"
            "   :     :  +- Project [1]\n"
            "   :     :     +- OneRow\n"
            "   :     +- Project [*]\n"
            "   :        +- CteReference t\n"
            "   +- Relation t\n");
}

}  // namespace
}  // namespace scrim::explain
