// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "common/policy/language.h"
#include "server/catalog/acting.h"
#include "server/catalog/project.h"
#include "server/catalog/snapshot_builder.h"

namespace scrim::catalog {
namespace {

DataSource source(std::int64_t id, const std::string& name) {
  DataSource made;
  made.id = {id};
  made.name = {"public", name};
  made.columns = {{"id", *schema::builtinType("int"), true, true, {}, "", "id"},
                  {"ssn", *schema::builtinType("text"), false, true, {"PII"}, "", "ssn"},
                  {"secret", *schema::builtinType("text"), false, false, {}, "", "secret"}};
  return made;
}

policy::Rule rule(std::int64_t id, std::int64_t dataSource, const std::string& text) {
  policy::Rule made;
  made.id = {id};
  made.dataSource = {dataSource};
  made.text = text;
  auto sentence = policy::parseSentence(text);
  if (sentence) made.sentence = std::make_shared<const policy::Sentence>(std::move(sentence).value());
  return made;
}

User user(std::int64_t id, const std::string& name) {
  User made;
  made.id = {id};
  made.name = name;
  return made;
}

policy::Subject subject(const std::string& name, std::set<std::string> groups = {}) {
  policy::Subject made;
  made.user = name;
  made.groups = std::move(groups);
  return made;
}

TEST(Snapshot, FindsThingsByNameAndId) {
  SnapshotBuilder builder;
  builder.put(source(1, "a")).put(source(2, "b")).put(user(5, "Alice"));
  auto snapshot = builder.build({3});
  EXPECT_EQ(snapshot->version().value, 3);
  EXPECT_EQ(snapshot->dataSource(schema::QualifiedName{"public", "b"})->id.value, 2);
  EXPECT_EQ(snapshot->dataSource(schema::QualifiedName{"public", "c"}), nullptr);
  EXPECT_EQ(snapshot->dataSource(schema::QualifiedName{"other", "b"}), nullptr);
  EXPECT_EQ(snapshot->user("ALICE")->id.value, 5);
  EXPECT_EQ(snapshot->dataSources().size(), 2u);
}

Project project(std::int64_t id, const std::string& name) {
  Project made;
  made.id = {id};
  made.name = name;
  made.purposes = {"Marketing.Email"};
  made.users = {{5}};
  made.dataSources = {{1}};
  return made;
}

TEST(Snapshot, UnderAProjectThereAreItsDataSourcesAlone) {
  SnapshotBuilder builder;
  builder.put(source(1, "a")).put(source(2, "b")).put(project(9, "Mail"));
  builder.put(rule(1, 1, "ALLOW SUBSCRIPTION BY ANYONE")).put(rule(2, 2, "ALLOW SUBSCRIPTION BY ANYONE"));
  builder.put(rule(3, 1, "LIMIT USAGE TO PURPOSES 'Marketing' FOR EVERYONE"));
  const auto snapshot = builder.build({1});
  const auto decided = [&](const policy::Subject& who, std::int64_t id) {
    return snapshot->decide(who, *snapshot->dataSource(base::DataSourceId{id}));
  };
  policy::Subject alice = subject("alice");
  EXPECT_FALSE(decided(alice, 1).allowed) << "no purpose";
  EXPECT_TRUE(decided(alice, 2).allowed);
  alice.project = "Mail";
  alice.purposes = {"Marketing.Email"};
  EXPECT_TRUE(decided(alice, 1).allowed);
  EXPECT_FALSE(decided(alice, 2).visible);
  alice.project = "Gone";
  EXPECT_FALSE(decided(alice, 1).visible) << "a project that is not there has nothing";
}

TEST(Snapshot, WhoMayActUnderAProject) {
  const User alice = user(5, "alice");
  const User bob = user(6, "bob");
  SnapshotBuilder builder;
  const auto told = [&](const User& who, const std::string& name) {
    auto found = projectFor(*builder.build({1}), who, name);
    return found.ok() ? std::string() : std::string(base::sqlstateOf(found.error())) + " " + found.error().message;
  };
  builder.put(project(9, "Mail"));
  EXPECT_EQ(told(alice, "Mail"), "");
  EXPECT_EQ(told(alice, "mail"), "42501 there is no project \"mail\" that you may act under");
  EXPECT_EQ(told(bob, "Mail"), "42501 there is no project \"Mail\" that you may act under");
  Project asks = project(9, "Mail");
  asks.acknowledgement = "Be kind.";
  builder.put(std::move(asks));
  EXPECT_EQ(told(alice, "Mail"), "42501 you have not agreed to the present text of project \"Mail\"");
  EXPECT_EQ(told(bob, "Mail"), "42501 there is no project \"Mail\" that you may act under") << "nor are its terms told";
  Project agreed = project(9, "Mail");
  agreed.acknowledgement = "Be kind.";
  agreed.acknowledged = {{5}};
  builder.put(std::move(agreed));
  EXPECT_EQ(told(alice, "Mail"), "");
  Project disabled = project(9, "Mail");
  disabled.enabled = false;
  builder.put(std::move(disabled));
  EXPECT_EQ(told(alice, "Mail"), "42501 project \"Mail\" is disabled");
  builder.remove(base::ProjectId{9});
  EXPECT_EQ(told(alice, "Mail"), "42501 there is no project \"Mail\" that you may act under");
}

TEST(Snapshot, RulesMayLookAtWhatIsNotExposed) {
  const auto names = [](const policy::Resource& resource) {
    std::vector<std::string> all;
    for (const auto& hidden : resource.hidden) all.push_back(hidden.column.name + (hidden.ambiguous ? "?" : ""));
    return all;
  };
  DataSource table = source(1, "a");
  EXPECT_EQ(names(resourceOf(table)), std::vector<std::string>{"secret"});
  EXPECT_EQ(resourceOf(table).columns.size(), 2u);
  const schema::DataType text = *schema::builtinType("text");
  DataSource sql = source(2, "b");
  sql.definition = "SELECT ..";
  sql.remoteTables = {{{"public", "x"}, {{"id", text, false}, {"place", text, false}, {"since", text, false}}},
                      {{"public", "y"}, {{"since", text, false}, {"secret", text, false}}}};
  EXPECT_EQ(names(resourceOf(sql)), (std::vector<std::string>{"secret", "place", "since?"}));
}

TEST(Snapshot, StaysAsItWasWhenItsSuccessorChanges) {
  SnapshotBuilder builder;
  builder.put(source(1, "a")).put(user(5, "alice")).put(rule(1, 1, "ALLOW SUBSCRIPTION BY ANYONE FOR EVERYONE"));
  auto before = builder.build({1});
  SnapshotBuilder next(*before);
  next.put(source(1, "renamed")).remove(base::UserId{5}).put(rule(2, 0, "MASK COLUMN ssn USING NULL FOR EVERYONE"));
  auto after = next.build({2});
  EXPECT_NE(before->dataSource(schema::QualifiedName{"public", "a"}), nullptr);
  EXPECT_EQ(after->dataSource(schema::QualifiedName{"public", "a"}), nullptr);
  EXPECT_NE(after->dataSource(schema::QualifiedName{"public", "renamed"}), nullptr);
  EXPECT_NE(before->user("alice"), nullptr);
  EXPECT_EQ(after->user("alice"), nullptr);
  EXPECT_EQ(before->rulesFor({1}).size(), 1u);
  EXPECT_EQ(after->rulesFor({1}).size(), 2u);
  EXPECT_EQ(after->rulesFor({9}).size(), 1u);
}

TEST(Snapshot, MovesARuleBetweenScopes) {
  SnapshotBuilder builder;
  builder.put(source(1, "a")).put(rule(1, 1, "x")).put(rule(2, 0, "y"));
  auto moved = builder.put(rule(1, 0, "x")).build({2});
  EXPECT_EQ(moved->rulesFor({1}).size(), 2u);
  EXPECT_EQ(moved->rulesFor({7}).size(), 2u);
  auto gone = builder.remove(base::RuleId{1}).remove(base::RuleId{2}).build({3});
  EXPECT_TRUE(gone->rulesFor({1}).empty());
}

// Found by tag, the rules of each data source are those that policy says cover it, whatever was changed when.
TEST(Snapshot, FindsTheRulesThatCoverADataSource) {
  const std::vector<std::string> texts = {
      "ON DATA SOURCES TAGGED 'Finance': MASK COLUMN ssn USING NULL FOR EVERYONE",
      "ON DATA SOURCES TAGGED 'finance.EU': SHOW NO ROWS FOR EVERYONE",
      "ON DATA SOURCES TAGGED 'Sales', 'SALES', 'Finance.EU.Old': SHOW NO ROWS FOR EVERYONE",
      "ON DATA SOURCES TAGGED 'Sales': FROBNICATE",  // not understood: covers what it says it covers
      "FROBNICATE",                                  // not understood: covers everything
      "MASK COLUMN ssn USING NULL FOR EVERYONE",     // global, but says so nowhere
  };
  const std::vector<std::vector<std::string>> tags = {
      {}, {"Finance"}, {"FINANCE.eu.Old", "sales"}, {"Finance.EU", "Other"}, {"Fin"}, {"Sales.North"}};
  std::map<std::int64_t, policy::Rule> rules;
  SnapshotBuilder builder;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    DataSource made = source(static_cast<std::int64_t>(i) + 1, "t" + std::to_string(i));
    made.tags = tags[i];
    builder.put(std::move(made));
  }
  std::mt19937 random(7);
  for (int step = 0; step < 400; ++step) {
    const auto id = static_cast<std::int64_t>(random() % 20 + 1);
    if (random() % 4 == 0) {
      builder.remove(base::RuleId{id});
      rules.erase(id);
    } else {
      const std::int64_t scope = random() % 3 == 0 ? static_cast<std::int64_t>(random() % tags.size() + 1) : 0;
      rules[id] = rule(id, scope, texts[random() % texts.size()]);
      builder.put(rules[id]);
    }
    const SnapshotPtr snapshot = builder.build({step});
    for (const DataSourcePtr& each : snapshot->dataSources()) {
      std::vector<std::int64_t> expected;
      for (const auto& [number, made] : rules) {
        if (policy::covers(made, resourceOf(*each))) expected.push_back(number);
      }
      std::vector<std::int64_t> found;
      for (const RulePtr& made : snapshot->rulesFor(each->id)) found.push_back(made->id.value);
      ASSERT_EQ(found, expected) << "data source " << each->id.value << " at step " << step;
    }
  }
}

TEST(Snapshot, HidesWhatNobodySubscribedTo) {
  SnapshotBuilder builder;
  auto mine = source(1, "a");
  mine.owners = {"olivia"};
  builder.put(std::move(mine)).subscribeUser({1}, "Ann").subscribeGroup({1}, "HR");
  auto snapshot = builder.build({1});
  auto decide = [&](const policy::Subject& who) {
    return snapshot->decide(who, *snapshot->dataSource(base::DataSourceId{1}));
  };
  EXPECT_TRUE(decide(subject("ann")).allowed);
  EXPECT_TRUE(decide(subject("bob", {"HR"})).allowed);
  EXPECT_TRUE(decide(subject("olivia")).allowed);
  EXPECT_FALSE(decide(subject("eve")).allowed);
  EXPECT_FALSE(decide(subject("eve")).visible);
}

TEST(Snapshot, AppliesSubscriptionRules) {
  SnapshotBuilder builder;
  builder.put(source(1, "a")).put(rule(1, 1, "ALLOW SUBSCRIPTION BY MEMBERS OF GROUP 'Analysts'"));
  builder.subscribeUser({1}, "ann");
  auto snapshot = builder.build({1});
  auto decide = [&](const policy::Subject& who) {
    return snapshot->decide(who, *snapshot->dataSource(base::DataSourceId{1}));
  };
  ASSERT_NE(snapshot->rulesFor({1})[0]->sentence, nullptr);
  EXPECT_TRUE(decide(subject("bob", {"Analysts"})).allowed);
  EXPECT_FALSE(decide(subject("eve")).visible);
  EXPECT_FALSE(decide(subject("ann")).allowed) << "a grant outlived the rule";
  EXPECT_TRUE(decide(subject("ann")).visible);
}

TEST(Snapshot, DeniesWhatARuleThatIsNotUnderstoodCovers) {
  SnapshotBuilder builder;
  builder.put(source(1, "a")).put(rule(1, 1, "MASK NOTHING AT ALL")).subscribeUser({1}, "ann");
  auto snapshot = builder.build({1});
  EXPECT_FALSE(snapshot->decide(subject("ann"), *snapshot->dataSource(base::DataSourceId{1})).allowed);
}

TEST(Snapshot, ShowsPolicyExposedColumnsOnly) {
  SnapshotBuilder builder;
  auto snapshot = builder.put(source(1, "a")).build({1});
  auto resource = snapshot->resource(*snapshot->dataSource(base::DataSourceId{1}));
  ASSERT_EQ(resource.columns.size(), 2u);
  EXPECT_EQ(resource.columns[1].tags, std::vector<std::string>{"PII"});
}

TEST(Snapshot, RefusesToDecideAboutAnotherSnapshotsSource) {
  SnapshotBuilder builder;
  auto old = builder.put(source(1, "a")).subscribeUser({1}, "ann").build({1});
  auto fresh = builder.put(source(1, "a")).build({2});
  EXPECT_FALSE(fresh->decide(subject("ann"), *old->dataSource(base::DataSourceId{1})).allowed);
}

}  // namespace
}  // namespace scrim::catalog
