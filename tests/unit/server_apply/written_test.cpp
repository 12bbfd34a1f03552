// SPDX-License-Identifier: Apache-2.0
#include "server/apply/written.h"

#include "tests/unit/server_apply/apply_world.h"

namespace scrim::apply {
namespace {

TEST_F(Apply, WhatIsWrittenDownMakesTheSameCatalog) {
  const std::string page = textOf(fs::path(SCRIM_SOURCE_DIR) / "docs/admin/directories.md");
  const std::string directories =
      replaced(exampleOf(page, "identity_providers"), "password_file: /etc/scrim/corp-password", "password: canary");
  const std::string odd = R"(
users:
  - {name: odd, password: x, groups: ["a, b", "it's", "true", "#", "\x1b[31m", "ü\u2028\u0085"], attributes: {"k: v": ["]", "\"", "\\"]}}
  - {name: gone, disabled: true, permissions: [AUDIT]}
)";
  ASSERT_EQ(apply(kWorld), "version 1");
  ASSERT_EQ(apply(directories), "version 2");
  ASSERT_EQ(apply(odd), "version 3");
  ASSERT_EQ(apply(R"(
purposes: [{name: Marketing, description: "to sell"}, {name: Marketing.Email}, {name: Fraud}]
projects:
  - {name: Spring, purposes: [Marketing.Email], acknowledgement: "Use it well.", masked_joins: true, users: [ALICE], groups: [Toys],
     data_sources: [customer_purchases, other.plain]}
  - {name: Autumn, enabled: false}
rules: [{data_source: customer_purchases, rule: LIMIT USAGE TO PURPOSES 'Fraud' FOR EVERYONE}]
)"),
            "version 4");
  const std::string text = writtenDown();
  EXPECT_EQ(text.find("canary"), std::string::npos);
  EXPECT_EQ(text.find("SCRAM"), std::string::npos);
  EXPECT_THAT(text, HasSubstr("  - name: Spring\n    masked_joins: true\n    purposes: [Marketing.Email]\n"));
  EXPECT_EQ(apply("prune: true\n" + text), "version 4") << text;
  EXPECT_EQ(apply("purposes: [{name: Fraud.Cards.Lost}]\nprojects: [{name: P, users: [nobody], purposes: [None]}]"),
            "file.yaml:1:12: there is no purpose Fraud.Cards that it could stand below\n"
            "file.yaml:2:12: project P: there is no purpose None\n"
            "file.yaml:2:12: project P: there is no user nobody\n");
  EXPECT_EQ(apply("prune: true"), "version 5");
  EXPECT_EQ(writtenDown(), "{}\n");
}

TEST_F(Apply, LeavesWhatAnEntryDoesNotSay) {
  ASSERT_EQ(apply(kWorld), "version 1");
  EXPECT_EQ(apply(R"(
data_sources:
  - name: customer_purchases
    connection: retail
    definition: SELECT customer.id, ssn, department FROM customer JOIN purchase ON customer.id = purchase.customer_id
)"),
            "version 1");
  ASSERT_EQ(apply(R"(
data_sources:
  - name: customer_purchases
    connection: retail
    definition: SELECT customer.id, ssn FROM customer JOIN purchase ON customer.id = purchase.customer_id
)"),
            "version 2");
  const auto source = dataSource("customer_purchases");
  EXPECT_EQ(source->tags, std::vector<std::string>{"Sales"});
  EXPECT_EQ(source->owners, std::vector<std::string>{"olivia"});
  EXPECT_EQ(source->columns.at(1).tags, std::vector<std::string>{"PII.SSN"});
  EXPECT_EQ(source->columns.at(1).comment, "keep it");
  ASSERT_EQ(apply("data_sources: [{name: customer_purchases, connection: retail, tags: [], columns: [], definition: "
                  "\"SELECT customer.id, ssn FROM customer JOIN purchase ON customer.id = purchase.customer_id\"}]"),
            "version 3");
  EXPECT_TRUE(dataSource("customer_purchases")->tags.empty());
  EXPECT_TRUE(dataSource("customer_purchases")->columns.at(1).tags.empty());
}

TEST_F(Apply, TellsWhatDiffers) {
  ASSERT_EQ(apply(kWorld), "version 1");
  const auto told = [&](const std::string& text) { return attempted(text); };
  EXPECT_EQ(told(kWorld), "");
  EXPECT_EQ(told("users: [{name: bob, password: x, groups: [HR]}]"),
            "create user bob\n  name: - -> bob\n  password: - -> ********\n  groups: - -> [HR]\n");
  EXPECT_EQ(told("users: [{name: olivia, password: another}]"),
            "update user olivia\n  password: ******** -> ********\n");
  EXPECT_EQ(told(replaced(kWorld, "comment: keep it", "comment: kept")),
            "update data source public.customer_purchases\n"
            "  columns: {name: ssn, tags: [PII.SSN], comment: \"keep it\"} -> -\n"
            "  columns: - -> {name: ssn, tags: [PII.SSN], comment: kept}\n");
  EXPECT_EQ(told(replaced(kWorld, "state: staged", "state: active")),
            "update rule ON DATA SOURCES TAGGED 'Sales': ALLOW SUBSCRIPTION BY ANYONE\n  state: staged -> active\n");
  EXPECT_THAT(told("prune: true"),
              HasSubstr("remove rule on public.customer_purchases: MASK COLUMN ssn USING HASHING"));
  EXPECT_EQ(catalog_->snapshot()->version().value, 1) << "nothing was committed";
}

TEST_F(Apply, TakesSeveralFilesAsOne) {
  Problems problems;
  const std::vector<File> files{{"a.yaml", "users:\n  - {name: alice}\n"},
                                {"b.yaml", "users:\n  - {name: bob}\n  - {name: Alice}\nrulez: []\n"}};
  EXPECT_EQ(readDocument(files, "me", problems).users.size(), 3u);
  EXPECT_THAT(problems.lines(), testing::ElementsAre("b.yaml:3:12: user alice is already there in a.yaml, line 2",
                                                     HasSubstr("b.yaml:4:1: the file has no key rulez")));
}

}  // namespace
}  // namespace scrim::apply
