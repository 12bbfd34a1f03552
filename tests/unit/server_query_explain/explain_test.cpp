// SPDX-License-Identifier: Apache-2.0
// The worked example of the reference page, and what EXPLAIN shows to whom.
#include "server/query/explain/explain.h"

#include <gtest/gtest.h>

#include "common/policy/language.h"
#include "server/catalog/project.h"
#include "server/catalog/snapshot_builder.h"

namespace scrim::explain {
namespace {

constexpr std::string_view kQuery = "SELECT * FROM customer_purchases WHERE age BETWEEN 18 AND 24 AND product_id = 15";

schema::DataType type(std::string_view name) { return *schema::builtinType(name); }

catalog::DataSource customerPurchases() {
  catalog::DataSource source;
  source.id = {1};
  source.connection = {1};
  source.name = {"public", "customer_purchases"};
  source.definition =
      "SELECT customer.id, customer.first_name, customer.last_name, customer.age, customer.country, customer.ssn, "
      "purchase.product_id, purchase.department, purchase.purchase_date "
      "FROM customer JOIN purchase ON customer.id = purchase.customer_id";
  source.remoteTables = {{{"public", "customer"},
                          {{"id", type("int"), true},
                           {"first_name", type("text")},
                           {"last_name", type("text")},
                           {"age", type("int")},
                           {"country", type("text")},
                           {"ssn", type("text")},
                           {"email", type("text")}}},
                         {{"public", "purchase"},
                          {{"id", type("int"), true},
                           {"customer_id", type("int")},
                           {"product_id", type("int")},
                           {"department", type("text")},
                           {"purchase_date", type("date")}}}};
  for (const auto& [name, of] : {std::pair{"id", "int"},
                                 {"first_name", "text"},
                                 {"last_name", "text"},
                                 {"age", "int"},
                                 {"country", "text"},
                                 {"ssn", "text"},
                                 {"product_id", "int"},
                                 {"department", "text"},
                                 {"purchase_date", "date"}}) {
    catalog::Column column;
    column.name = column.remoteName = name;
    column.type = type(of);
    source.columns.push_back(column);
  }
  source.hashKey = base::Secret(std::string(32, 'k'));
  source.tableOid = 100001;
  return source;
}

catalog::SnapshotPtr world() {
  catalog::SnapshotBuilder builder;
  catalog::Connection connection;
  connection.id = {1};
  connection.name = "retail";
  builder.put(std::move(connection)).put(customerPurchases());
  std::int64_t id = 0;
  for (const char* text : {"MASK COLUMN ssn USING HASHING FOR EVERYONE",
                           "SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN department FOR EVERYONE",
                           "ALLOW SUBSCRIPTION BY ANYONE"}) {
    policy::Rule rule;
    rule.id = {++id};
    rule.dataSource = {1};
    rule.text = text;
    rule.sentence = std::make_shared<policy::Sentence>(*policy::parseSentence(text));
    builder.put(std::move(rule));
  }
  catalog::User alice;
  alice.id = {1};
  alice.name = "alice";
  alice.groups = {"Toys", "Home Goods"};
  builder.put(std::move(alice));
  catalog::Project empty;
  empty.id = {1};
  empty.name = "Empty";
  empty.users = {{1}};
  builder.put(std::move(empty));
  return builder.build({7});
}

query::QueryContext contextOf(const std::string& user, std::set<std::string> groups,
                              std::set<std::string> permissions) {
  query::QueryContext context;
  context.snapshot = world();
  context.subject.user = context.session.user = user;
  context.subject.groups = std::move(groups);
  context.subject.permissions = std::move(permissions);
  context.session.database = "scrim";
  return context;
}

std::string explained(const query::QueryContext& context, const std::string& text) {
  auto parsed = parse::parseOne(text);
  if (!parsed.ok()) return "parse: " + parsed.error().message;
  const auto result = explain(context, *parsed);
  if (!result.ok()) return std::string(base::sqlstateOf(result.error())) + " " + result.error().message;
  std::string all;
  for (const std::string& line : result->lines) all += line + "\n";
  return all;
}

TEST(Explain, GovernorSeesTheReferencePlans) {
  const std::string text =
      explained(contextOf("grace", {}, {"GOVERNOR"}), "EXPLAIN (AS_USER 'alice') " + std::string(kQuery));
  EXPECT_EQ(text.substr(0, text.find("Sent to retail:")),
            "Plan as written:\n"
            "Project [*]\n"
            "+- Filter ((age BETWEEN 18 AND 24) AND (product_id = 15))\n"
            "   +- Project [customer.id, customer.first_name, customer.last_name, customer.age, customer.country, "
            "customer.ssn, "
            "purchase.product_id, purchase.department, purchase.purchase_date]\n"
            "      +- Join Inner, (customer.id = purchase.customer_id)\n"
            "         :- Relation customer\n"
            "         +- Relation purchase\n"
            "\n"
            "Plan after policy:\n"
            "Project [*]\n"
            "+- Filter ((age BETWEEN 18 AND 24) AND (product_id = 15))\n"
            "   +- Project [customer.id, customer.first_name, customer.last_name, customer.age, customer.country, "
            "customer.ssn, "
            "purchase.product_id, purchase.department, purchase.purchase_date]\n"
            "      +- Join Inner, (customer.id = purchase.customer_id)\n"
            "         :- Project [id, first_name, last_name, age, country, HASHING(ssn) AS ssn]   "
            "<- MASK COLUMN ssn USING HASHING FOR EVERYONE\n"
            "         :  +- Relation customer\n"
            "         +- Project [customer_id, product_id, department, purchase_date]\n"
            "            +- Filter ((department = 'Home Goods') OR (department = 'Toys'))   "
            "<- SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN department FOR EVERYONE\n"
            "               +- Relation purchase\n"
            "\n");
  EXPECT_NE(text.find("sha256"), std::string::npos);
}

TEST(Explain, ASubjectSeesNoConstantOfARuleAndNoSourceText) {
  const std::string text =
      explained(contextOf("alice", {"Toys"}, {}), "EXPLAIN (VERBOSE, COSTS OFF) " + std::string(kQuery));
  EXPECT_NE(text.find("Filter (policy on department)"), std::string::npos) << text;
  EXPECT_NE(text.find("HASHING(ssn) AS ssn"), std::string::npos) << text;
  for (const char* hidden : {"Toys", "sha256", "Sent to", "<-"})
    EXPECT_EQ(text.find(hidden), std::string::npos) << text;
}

TEST(Explain, RefusesWhatItMust) {
  const auto alice = contextOf("alice", {"Toys"}, {});
  const std::string query(kQuery);
  EXPECT_EQ(explained(alice, "EXPLAIN (AS_USER 'alice') " + query).substr(0, 5), "42501");
  EXPECT_EQ(explained(alice, "EXPLAIN ANALYZE " + query).substr(0, 5), "0A000");
  EXPECT_EQ(explained(alice, "EXPLAIN (FORMAT xml) " + query).substr(0, 5), "0A000");
  EXPECT_EQ(explained(alice, "EXPLAIN (NONSENSE) " + query).substr(0, 5), "42601");
  EXPECT_EQ(explained(alice, "EXPLAIN SELECT * FROM nowhere").substr(0, 5), "42P01");
  EXPECT_EQ(explained(alice, "EXPLAIN (AS_PROJECT 'Nope') " + query).substr(0, 5), "42501");
  EXPECT_EQ(explained(alice, "EXPLAIN (AS_PROJECT 'Empty') " + query).substr(0, 5), "42P01")
      << "it has no data sources";
  EXPECT_EQ(explained(contextOf("grace", {}, {"GOVERNOR"}), "EXPLAIN (AS_USER 'nobody') " + query).substr(0, 5),
            "42704");
}

TEST(Explain, JsonIsOneDocument) {
  const std::string text = explained(contextOf("alice", {"Toys"}, {}), "EXPLAIN (FORMAT JSON) " + std::string(kQuery));
  EXPECT_EQ(text.front(), '{');
  EXPECT_NE(text.find("\"author\": \"policy\""), std::string::npos);
  EXPECT_EQ(text.find("Toys"), std::string::npos);
  EXPECT_EQ(text.find("SHOW ONLY"), std::string::npos) << "a sentence holds the constants of its rule";
  EXPECT_EQ(text.find("MASK COLUMN"), std::string::npos);
}

}  // namespace
}  // namespace scrim::explain
