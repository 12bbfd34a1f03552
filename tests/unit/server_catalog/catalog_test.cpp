// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "server/catalog/catalog.h"
#include "server/catalog/connection_store.h"
#include "server/catalog/data_source_store.h"
#include "server/catalog/rule_store.h"
#include "server/catalog/subscription_store.h"
#include "server/catalog/user_store.h"
#include "tests/support/store_scratch.h"

namespace scrim::catalog {
namespace {

using base::ErrorCode;
using store::Scratch;
using store::SharedServer;
using testing::HasSubstr;

store::SecretBox box(char c = 'k') { return store::SecretBox(base::Secret(std::string(store::kKeyBytes, c))); }

std::unique_ptr<Catalog> openAt(const std::string& dsn, std::chrono::milliseconds lease = std::chrono::seconds(10)) {
  CatalogOptions options{dsn, lease};
  auto catalog = Catalog::open(options, box());
  EXPECT_TRUE(catalog.ok()) << (catalog.ok() ? "" : catalog.error().message);
  return catalog.ok() ? std::move(catalog).value() : nullptr;
}

template <typename Condition>
bool within(std::chrono::milliseconds limit, Condition condition) {
  auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    usleep(1000);  // between looks at what another thread or process does
  }
  return true;
}

Connection retail() {
  Connection connection;
  connection.name = "retail";
  connection.hosts = {"/run/a", "db.example"};
  connection.ports = {5432, 5433};
  connection.database = "retail";
  connection.user = "reader";
  connection.password = base::Secret("canary-password");
  connection.tls = TlsMode::verifyCa;
  connection.caFile = "/etc/ca.pem";
  return connection;
}

DataSource customers(base::ConnectionId connection) {
  DataSource source;
  source.name = {"public", "customers"};
  source.connection = connection;
  source.definition = "SELECT 'it''s', \"x\" FROM t";
  source.remoteTables = {{{"public", "customer"}, {{"id", *schema::builtinType("int"), true}}},
                         {{"public", "purchase"}, {{"id", *schema::builtinType("int"), true}}}};
  source.columns = {{"id", *schema::builtinType("int"), true, true, {}, "the id", "id"},
                    {"ssn", *schema::builtinType("varchar"), false, true, {"PII.SSN", "X"}, "", "ssn"},
                    {"new", *schema::builtinType("text"), false, false, {}, "", "new"}};
  source.tags = {"Finance", "Sales"};
  source.owners = {"olivia"};
  source.comment = "who, {what}, \"where\"";
  return source;
}

User alice() {
  User user;
  user.name = "Alice";
  user.scramVerifier = "SCRAM-SHA-256$4096:c2FsdHNhbHQ=$x:y";
  user.groups = {"Home Goods", "Toys"};
  user.attributes = {{"Country", {"DE", "FR"}}, {"Level", {"3"}}};
  user.permissions = {"AUDIT"};
  return user;
}

policy::Rule maskRule(base::DataSourceId source) {
  policy::Rule rule;
  rule.dataSource = source;
  rule.text = "MASK COLUMN ssn USING NULL FOR EVERYONE";
  rule.author = "olivia";
  rule.reason = "because";
  return rule;
}

/// One of each noun, in one change.
base::Result<base::SnapshotVersion> fill(Catalog& catalog) {
  return catalog.change("test", [](Writer& writer) -> base::Result<void> {
    SCRIM_TRY(auto connection, save(writer, retail()));
    SCRIM_TRY(auto source, save(writer, customers(connection)));
    SCRIM_CHECK_OK(save(writer, alice()));
    SCRIM_CHECK_OK(save(writer, maskRule(source)));
    return saveGrants(writer, source, {{"Alice"}, {"Toys"}});
  });
}

const schema::QualifiedName kCustomers{"public", "customers"};

TEST(Catalog, KeepsEverythingItIsGiven) {
  std::string dsn = SharedServer::get().newDatabase();
  auto first = openAt(dsn);
  auto version = fill(*first);
  ASSERT_TRUE(version.ok()) << version.error().message;
  EXPECT_EQ(version->value, 1);
  auto second = openAt(dsn);
  for (const SnapshotPtr& snapshot : {first->snapshot(), second->snapshot()}) {
    EXPECT_EQ(snapshot->version().value, 1);
    DataSourcePtr source = snapshot->dataSource(kCustomers);
    ASSERT_NE(source, nullptr);
    DataSource expected = customers(source->connection);
    EXPECT_TRUE(sameContent(*source, expected));
    EXPECT_EQ(source->hashKey.reveal().size(), 32u);
    EXPECT_EQ(source->hashKey.reveal(), first->snapshot()->dataSource(kCustomers)->hashKey.reveal());
    ConnectionPtr connection = snapshot->connection(source->connection);
    EXPECT_EQ(connection->digest, digestOf(retail()));
    EXPECT_EQ(connection->password.reveal(), "canary-password");
    UserPtr user = snapshot->user("alice");
    ASSERT_NE(user, nullptr);
    EXPECT_EQ(user->groups, alice().groups);
    EXPECT_EQ(user->attributes, alice().attributes);
    EXPECT_EQ(user->permissions, alice().permissions);
    ASSERT_EQ(snapshot->rulesFor(source->id).size(), 1u);
    EXPECT_NE(snapshot->rulesFor(source->id)[0]->sentence, nullptr);
    policy::Subject subject;
    subject.user = "alice";
    EXPECT_TRUE(snapshot->subscribed(subject, source->id));
  }
  EXPECT_EQ(first->mockSecret().reveal(), second->mockSecret().reveal());
}

TEST(Catalog, MakesNoVersionWhenNothingChanged) {
  auto catalog = openAt(SharedServer::get().newDatabase());
  ASSERT_TRUE(fill(*catalog).ok());
  auto source = catalog->snapshot()->dataSource(kCustomers);
  auto again = catalog->change("test", [&](Writer& writer) -> base::Result<void> {
    Connection connection = retail();
    connection.id = source->connection;
    SCRIM_CHECK_OK(save(writer, connection));
    DataSource same = customers(source->connection);
    same.id = source->id;
    SCRIM_CHECK_OK(save(writer, same));
    User user = alice();
    user.id = catalog->snapshot()->user("alice")->id;
    SCRIM_CHECK_OK(save(writer, user));
    policy::Rule rule = maskRule(source->id);
    rule.id = catalog->snapshot()->rulesFor(source->id)[0]->id;
    SCRIM_CHECK_OK(save(writer, rule));
    return saveGrants(writer, source->id, {{"alice"}, {"Toys"}});
  });
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->value, 1);
}

TEST(Catalog, UndoesAFailedChange) {
  auto catalog = openAt(SharedServer::get().newDatabase());
  auto failed = catalog->change("test", [](Writer& writer) -> base::Result<void> {
    SCRIM_CHECK_OK(save(writer, retail()));
    return base::Error{ErrorCode::configInvalid, "no"};
  });
  EXPECT_EQ(failed.error().message, "no");
  auto next = fill(*catalog);
  ASSERT_TRUE(next.ok()) << next.error().message;
  EXPECT_EQ(next->value, 1);
}

TEST(Catalog, SeesAnotherInstancesChangeAtOnceAndReadsOnlyThat) {
  std::string dsn = SharedServer::get().newDatabase();
  auto writer = openAt(dsn);
  auto reader = openAt(dsn);
  ASSERT_TRUE(fill(*writer).ok());
  ASSERT_TRUE(writer
                  ->change("test",
                           [](Writer& to) -> base::Result<void> {
                             for (int i = 0; i < 500; ++i) {
                               User user;
                               user.name = "user" + std::to_string(i);
                               SCRIM_CHECK_OK(save(to, user));
                             }
                             return {};
                           })
                  .ok());
  ASSERT_TRUE(within(std::chrono::seconds(30), [&] { return reader->snapshot()->version().value == 2; }));

  SnapshotPtr before = reader->snapshot();
  FollowStatistics counted = reader->statistics();
  auto started = std::chrono::steady_clock::now();
  auto changed = writer->change("test", [&](Writer& to) -> base::Result<void> {
    User user = alice();
    user.id = before->user("alice")->id;
    user.groups = {"HR"};
    SCRIM_CHECK_OK(save(to, user));
    return {};
  });
  ASSERT_TRUE(changed.ok());
  ASSERT_TRUE(within(std::chrono::seconds(30), [&] { return reader->snapshot()->version() == *changed; }));
  auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  RecordProperty("milliseconds_to_see_a_change", static_cast<int>(took.count()));
  ASSERT_TRUE(within(std::chrono::seconds(30), [&] { return reader->statistics().rowsRead > counted.rowsRead; }));
  EXPECT_EQ(reader->snapshot()->user("alice")->groups, std::set<std::string>{"HR"});
  EXPECT_EQ(reader->snapshot()->user("user7"), before->user("user7")) << "what did not change is shared";
  EXPECT_EQ(reader->statistics().fullLoads, counted.fullLoads);
  EXPECT_LT(reader->statistics().rowsRead - counted.rowsRead, 20u) << "a change of one user read more than it";
}

TEST(Catalog, RemovesWithADataSourceWhatHangsOnIt) {
  std::string dsn = SharedServer::get().newDatabase();
  auto catalog = openAt(dsn);
  ASSERT_TRUE(fill(*catalog).ok());
  auto source = catalog->snapshot()->dataSource(kCustomers);
  ASSERT_TRUE(catalog->change("test", [&](Writer& writer) { return removeDataSource(writer, source->id); }).ok());
  EXPECT_EQ(catalog->snapshot()->dataSource(kCustomers), nullptr);
  EXPECT_TRUE(catalog->snapshot()->rulesFor(source->id).empty());
  auto connection =
      catalog->change("test", [&](Writer& writer) { return removeConnection(writer, source->connection); });
  EXPECT_TRUE(connection.ok());
  auto link = store::Link::open({dsn, {}});
  EXPECT_EQ(link->run("SELECT state FROM scrim.rule_history ORDER BY version DESC")->string(0, 0), "deleted");
}

TEST(Catalog, NeverShowsANumberForTwoContents) {
  std::string dsn = SharedServer::get().newDatabase();
  auto catalog = openAt(dsn);
  ASSERT_TRUE(fill(*catalog).ok());
  ASSERT_TRUE(
      catalog->change("test", [&](Writer& w) { return removeUser(w, catalog->snapshot()->user("alice")->id); }).ok());
  // As after a fail-over that lost the last commit.
  auto link = store::Link::open({dsn, {}});
  ASSERT_TRUE(
      link->script("BEGIN; UPDATE scrim.catalog_version SET version = 1; DELETE FROM scrim.change WHERE version = 2;"
                   "INSERT INTO scrim.account (name, scram_verifier, disabled) VALUES ('back', '', false); COMMIT")
          .ok());
  EXPECT_TRUE(within(std::chrono::seconds(30), [&] { return catalog->snapshot()->user("back") != nullptr; }));
  EXPECT_GT(catalog->snapshot()->version().value, 2);
}

TEST(Catalog, LoadsEverythingWhenTheNotesAreGone) {
  std::string dsn = SharedServer::get().newDatabase();
  auto catalog = openAt(dsn);
  ASSERT_TRUE(fill(*catalog).ok());
  auto link = store::Link::open({dsn, {}});
  ASSERT_TRUE(link->script("BEGIN; UPDATE scrim.catalog_version SET version = 5;"
                           "UPDATE scrim.account SET disabled = true; COMMIT")
                  .ok());
  ASSERT_TRUE(within(std::chrono::seconds(30), [&] { return catalog->snapshot()->version().value == 5; }));
  EXPECT_TRUE(catalog->snapshot()->user("alice")->disabled);
}

TEST(Catalog, LoadsAStrangeRuleAsOneThatDenies) {
  std::string dsn = SharedServer::get().newDatabase();
  auto catalog = openAt(dsn);
  ASSERT_TRUE(fill(*catalog).ok());
  auto link = store::Link::open({dsn, {}});
  // Not canonical, and not a sentence at all: neither is taken for what it might mean.
  for (const char* text : {"mask column ssn using null for everyone", "FROBNICATE"}) {
    ASSERT_TRUE(link->run("UPDATE scrim.rule SET sentence = $1", {std::string(text)}).ok());
    auto fresh = openAt(dsn);
    auto source = fresh->snapshot()->dataSource(kCustomers);
    EXPECT_EQ(fresh->snapshot()->rulesFor(source->id)[0]->sentence, nullptr);
    policy::Subject subject;
    subject.user = "alice";
    EXPECT_FALSE(fresh->snapshot()->decide(subject, *source).allowed);
  }
}

TEST(Catalog, HoldsNoSecretInTheClear) {
  std::string dsn = SharedServer::get().newDatabase();
  auto catalog = openAt(dsn);
  ASSERT_TRUE(fill(*catalog).ok());
  auto link = store::Link::open({dsn, {}});
  auto rows = link->run("SELECT * FROM scrim.connection");
  std::string raw = rows->bytes(0, 6);
  EXPECT_FALSE(raw.empty());
  EXPECT_EQ(raw.find("canary-password"), std::string::npos);
  auto key = catalog->snapshot()->dataSource(kCustomers)->hashKey.clone();
  EXPECT_EQ(link->run("SELECT hash_key FROM scrim.data_source")->bytes(0, 0).find(key.reveal()), std::string::npos);
}

TEST(Catalog, RefusesAnotherKey) {
  std::string dsn = SharedServer::get().newDatabase();
  ASSERT_TRUE(fill(*openAt(dsn)).ok());
  auto other = Catalog::open({dsn}, box('x'));
  EXPECT_THAT(other.error().message, HasSubstr("does not belong to this catalog"));
}

TEST(Catalog, StopsServingWhenTheLeaseIsOverAndComesBack) {
  Scratch scratch;
  auto server = store::EmbeddedPostgres::start({scratch.path() / "pg"});
  ASSERT_TRUE(server.ok()) << server.error().message;
  CatalogOptions options{(*server)->catalogDsn(), std::chrono::milliseconds(600)};
  options.poll = std::chrono::milliseconds(50);
  auto catalog = Catalog::open(options, box());
  ASSERT_TRUE(catalog.ok()) << catalog.error().message;
  ASSERT_TRUE(within(std::chrono::seconds(30), [&] { return (*catalog)->current().ok(); }));
  // Stopped, not killed: connections stay open and nothing answers.
  pid_t process = (*server)->processId();
  auto stopAll = [&](int number) {
    std::string command = "pkill -" + std::to_string(number) + " -P " + std::to_string(process);
    kill(process, number);
    return std::system(command.c_str());
  };
  stopAll(SIGSTOP);
  EXPECT_TRUE(within(std::chrono::seconds(30), [&] { return !(*catalog)->healthy(); }));
  EXPECT_EQ((*catalog)->current().error().code, ErrorCode::catalogUnavailable);
  EXPECT_NE((*catalog)->snapshot(), nullptr);
  stopAll(SIGCONT);
  EXPECT_TRUE(within(std::chrono::seconds(30), [&] { return (*catalog)->current().ok(); }));
  // And killed: it is started again, and changes go through again.
  kill((*server)->processId(), SIGKILL);
  EXPECT_TRUE(within(std::chrono::seconds(30), [&] { return fill(**catalog).ok(); }));
}

}  // namespace
}  // namespace scrim::catalog
