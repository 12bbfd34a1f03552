// SPDX-License-Identifier: Apache-2.0
// An index look-up through Scrim stays an index look-up: what PostgreSQL plans for protected statements over a larger
// table with a mask and a row rule, fenced or not.
#include <gtest/gtest.h>

#include "session.h"
#include "world.h"

namespace scrim::test {
namespace {

class Indexes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    createWorld("indexes");
    sqlIn("indexes",
          "INSERT INTO customer SELECT i, 'Ada', 'Name' || i, 30, (ARRAY['DE','US','FR'])[1 + i % 3], '900-01-' || i "
          "FROM generate_series(1001, 60000) i;"
          "INSERT INTO purchase SELECT i, 1001 + i % 50000, 12, (ARRAY['Toys','Garden'])[1 + i % 2], date '2024-01-01' "
          "+ i % 900, i FROM generate_series(1001, 80000) i;"
          "CREATE INDEX ON purchase (customer_id); CREATE INDEX ON purchase (purchase_date); ANALYZE;");
    world_ = makeWorld();
  }

  static std::string plan(const std::string& sql, const std::string& arguments = {}) {
    auto query = query::prepare(contextOf(world_, "alice"), std::move(parse::parseOne(sql)).value());
    if (!query.ok()) return "refused: " + query.error().message;
    return runAll("indexes", "", {{"plan", executeScript(**query, arguments, "EXPLAIN (COSTS off)")}}).at("plan");
  }

  inline static catalog::SnapshotPtr world_;
};

using ::testing::Test;

TEST_F(Indexes, KeyLookUp) {
  const std::string found = plan("SELECT * FROM customer WHERE id = 5005");
  EXPECT_NE(found.find("Index Scan using customer_pkey"), std::string::npos) << found;
  EXPECT_EQ(found.find("Subquery"), std::string::npos) << found;
}

TEST_F(Indexes, KeyLookUpWithParameter) {
  const std::string found = plan("SELECT ssn FROM customer WHERE id = $1", "5005");
  EXPECT_NE(found.find("Index Scan using customer_pkey"), std::string::npos) << found;
}

TEST_F(Indexes, KeyLookUpBehindAFence) {
  const std::string found = plan("SELECT * FROM customer WHERE id = 5005 AND 10 / age < 5 AND first_name LIKE 'A%'");
  EXPECT_NE(found.find("Index Scan using customer_pkey"), std::string::npos) << found;
  EXPECT_NE(found.find("Subquery Scan"), std::string::npos) << found;
}

TEST_F(Indexes, KeyLookUpInADefinition) {
  const std::string found = plan("SELECT * FROM customer_purchases WHERE id = 5005");
  EXPECT_NE(found.find("Index Scan using customer_pkey"), std::string::npos) << found;
  EXPECT_NE(found.find("purchase_customer_id_idx"), std::string::npos) << found;
}

TEST_F(Indexes, KeyLookUpInAFencedDefinition) {
  const std::string found = plan("SELECT * FROM customer_purchases WHERE id = 5005 AND 10 / product_id < 5");
  EXPECT_NE(found.find("Index Scan using customer_pkey"), std::string::npos) << found;
  EXPECT_NE(found.find("purchase_customer_id_idx"), std::string::npos) << found;
}

TEST_F(Indexes, JoinOfGuardedTables) {
  const std::string found = plan(
      "SELECT c.id, p.amount FROM customer c JOIN purchase p ON p.customer_id = c.id WHERE c.id = 5005 AND p.amount > "
      "3");
  EXPECT_NE(found.find("Index Scan using customer_pkey"), std::string::npos) << found;
  EXPECT_NE(found.find("purchase_customer_id_idx"), std::string::npos) << found;
}

TEST_F(Indexes, RangeOfDates) {
  const std::string found = plan(
      "SELECT count(*) FROM purchase WHERE purchase_date BETWEEN date '2024-05-01' AND date '2024-05-01' + interval '1 "
      "day'");
  EXPECT_NE(found.find("purchase_date_idx"), std::string::npos) << found;
  EXPECT_EQ(found.find("Subquery"), std::string::npos) << found;
}

TEST_F(Indexes, FencedRangeOfDates) {
  const std::string found =
      plan("SELECT count(*) FROM purchase WHERE purchase_date = '2024-05-01' AND department LIKE 'T%'");
  EXPECT_NE(found.find("purchase_date_idx"), std::string::npos) << found;
  EXPECT_NE(found.find("Subquery Scan"), std::string::npos) << found;
}

}  // namespace
}  // namespace scrim::test
