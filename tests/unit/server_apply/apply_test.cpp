// SPDX-License-Identifier: Apache-2.0
#include "server/apply/apply.h"

#include "server/catalog/drift.h"
#include "tests/unit/server_apply/apply_world.h"

namespace scrim::apply {
namespace {

TEST_F(Apply, BuildsTheWorldOnceAndOnlyOnce) {
  ASSERT_EQ(apply(kWorld), "version 1");
  auto snapshot = catalog_->snapshot();
  auto purchases = dataSource("customer_purchases");
  ASSERT_NE(purchases, nullptr);
  ASSERT_EQ(purchases->columns.size(), 3u);
  EXPECT_EQ(purchases->columns[1].tags, std::vector<std::string>{"PII.SSN"});
  EXPECT_EQ(purchases->columns[1].type.name, "character varying");
  EXPECT_EQ(purchases->columns[1].type.modifier, 15);
  EXPECT_EQ(purchases->owners, std::vector<std::string>{"olivia"});
  EXPECT_EQ(purchases->remoteTables.size(), 2u);
  EXPECT_EQ(purchases->definition.back(), 'd') << "the semicolon stays out";
  auto plain = snapshot->dataSource(schema::QualifiedName{"other", "plain"});
  EXPECT_EQ(snapshot->resource(*plain).columns.size(), 2u);
  EXPECT_TRUE(plain->columns[0].notNull);
  ASSERT_EQ(snapshot->rulesFor(purchases->id).size(), 2u);
  EXPECT_EQ(snapshot->rulesFor(purchases->id)[0]->text, "MASK COLUMN ssn USING HASHING FOR EVERYONE");
  EXPECT_EQ(snapshot->rulesFor(purchases->id)[0]->author, "olivia");
  auto alice = snapshot->user("alice");
  EXPECT_TRUE(identity::checkPassword(*identity::parseVerifier(alice->scramVerifier), "secret"));
  EXPECT_EQ(alice->attributes.at("Country").size(), 2u);
  policy::Subject subject;
  subject.groups = {"HR"};
  EXPECT_TRUE(snapshot->subscribed(subject, purchases->id));

  EXPECT_EQ(apply(kWorld), "version 1") << "the same file made a new version";
  EXPECT_EQ(apply(replaced(kWorld, "secret", "changed")), "version 2");
  EXPECT_EQ(apply(replaced(kWorld, "password: secret, ", "")), "version 2") << "no password: the old one stays";
  EXPECT_EQ(apply("{}"), "version 2");
  EXPECT_EQ(apply(""), "version 2");
}

TEST_F(Apply, ChangesNothingWhenOneThingIsWrong) {
  ASSERT_EQ(apply(kConnection), "version 1");
  std::string broken =
      std::string(kWorld) + "  - {data_source: customer_purchases, rule: MASK COLUMN snn USING NULL FOR EVERYONE}\n";
  EXPECT_THAT(apply(broken), HasSubstr("snn"));
  EXPECT_EQ(catalog_->snapshot()->version().value, 1);
  EXPECT_EQ(catalog_->snapshot()->user("alice"), nullptr);
}

TEST_F(Apply, RemovesWhatIsNotNamedOnlyWhenAsked) {
  ASSERT_EQ(apply(kWorld), "version 1");
  EXPECT_EQ(apply(kConnection), "version 1");
  EXPECT_EQ(apply(std::string("prune: true\n") + kConnection), "version 2");
  EXPECT_EQ(catalog_->snapshot()->user("alice"), nullptr);
  EXPECT_TRUE(catalog_->snapshot()->dataSources().empty());
  EXPECT_EQ(apply("prune: true"), "version 3");
}

TEST_F(Apply, TakesPasswordsFromWhoeverBringsTheFile) {
  setenv("SCRIM_TEST_PASSWORD", "from our own environment", 1);
  const std::string text =
      "users:\n  - {name: a, password_env: SCRIM_TEST_PASSWORD}\n  - {name: b, password_file: B}\n";
  passwords_ = {{{PasswordSource::Kind::environment, "SCRIM_TEST_PASSWORD"}, "sent"},
                {{PasswordSource::Kind::file, "B"}, "sent, too"}};
  ASSERT_EQ(apply(text), "version 1");
  auto check = [&](const char* user, const char* password) {
    return identity::checkPassword(*identity::parseVerifier(catalog_->snapshot()->user(user)->scramVerifier), password);
  };
  EXPECT_TRUE(check("a", "sent"));
  EXPECT_TRUE(check("b", "sent, too"));
  passwords_.clear();
  EXPECT_EQ(apply(text), "file.yaml:2:29: SCRIM_TEST_PASSWORD was not sent\nfile.yaml:3:30: B was not sent\n");
  passwords_ = {{{PasswordSource::Kind::environment, "SCRIM_TEST_PASSWORD"}, std::string("a\0b", 3)},
                {{PasswordSource::Kind::file, "B"}, "sent, too"}};
  EXPECT_EQ(apply(text), "file.yaml:2:29: the password holds a zero byte\n");
  unsetenv("SCRIM_TEST_PASSWORD");
}

TEST_F(Apply, LeavesNoPasswordInTheDatabase) {
  Scratch scratch;
  ASSERT_EQ(apply(replaced(kWorld, "secret", "canary-login")), "version 1");
  auto link = store::Link::open({(*SharedServer::get()).catalogDsn(), {}});
  ASSERT_TRUE(link->script("CHECKPOINT").ok());
  fs::path data = fs::path((*SharedServer::get()).socketFolder()).parent_path() / "data";
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(data)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::string content = textOf(entry.path());
    EXPECT_EQ(content.find("canary-password"), std::string::npos) << entry.path();
    EXPECT_EQ(content.find("canary-login"), std::string::npos) << entry.path();
  }
  EXPECT_GT(files, 100);
}

TEST_F(Apply, HidesNewColumnsAndDegradesOnVanishedOnes) {
  ASSERT_EQ(apply(kWorld), "version 1");
  auto plain = catalog_->snapshot()->dataSource(schema::QualifiedName{"other", "plain"});
  auto refresh = [&] { return catalog::refreshRemoteSchema(*catalog_, plain->id, tablesOf); };
  auto now = [&] { return catalog_->snapshot()->dataSource(plain->id); };
  EXPECT_FALSE(refresh()->any());
  EXPECT_EQ(catalog_->snapshot()->version().value, 1);

  source("ALTER TABLE customer ADD COLUMN salary int");
  EXPECT_EQ(refresh()->appeared, std::vector<std::string>{"salary"});
  EXPECT_EQ(catalog_->snapshot()->resource(*now()).columns.size(), 2u);
  EXPECT_FALSE(now()->degraded);
  EXPECT_EQ(apply(kWorld), "version 2") << "applying the same file does not accept the new column";
  EXPECT_EQ(catalog_->snapshot()->resource(*now()).columns.size(), 2u);
  EXPECT_EQ(apply(replaced(kWorld, "[id, age]", "[id, age, salary]")), "version 3");
  EXPECT_EQ(catalog_->snapshot()->resource(*now()).columns.size(), 3u);

  source("ALTER TABLE customer RENAME age TO years; ALTER TABLE customer ALTER salary TYPE text");
  auto drift = refresh();
  EXPECT_EQ(drift->vanished, std::vector<std::string>{"age"});
  EXPECT_EQ(drift->changed, std::vector<std::string>{"salary"});
  EXPECT_TRUE(now()->degraded);
  const auto hasHidden = [&](const std::string& name) {
    const auto& columns = now()->columns;
    return std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return c.name == name && !c.exposed; });
  };
  EXPECT_TRUE(hasHidden("years"));
  source("ALTER TABLE customer RENAME years TO age; ALTER TABLE customer ALTER salary TYPE int USING 1");
  EXPECT_FALSE(refresh()->any() && now()->degraded);
  EXPECT_FALSE(now()->degraded);
  EXPECT_FALSE(hasHidden("years")) << "a hidden column that is gone is gone for rules, too";
  source("ALTER TABLE customer ALTER first_name TYPE varchar(40)");
  EXPECT_FALSE(refresh()->any()) << "nobody sees it";
  EXPECT_FALSE(now()->degraded);
  const auto hidden = catalog_->snapshot()->resource(*now()).hidden;
  const auto first = std::find_if(hidden.begin(), hidden.end(), [](auto& h) { return h.column.name == "first_name"; });
  ASSERT_NE(first, hidden.end());
  EXPECT_EQ(first->column.type.modifier, 44);
}

TEST_F(Apply, AcceptsAStarWhereItsNamesAreClear) {
  std::string world = std::string(kConnection) + R"(
data_sources:
  - name: joined
    connection: retail
    definition: SELECT * FROM customer JOIN purchase ON customer.id = purchase.customer_id
    expose: [EXPOSED]
)";
  EXPECT_EQ(apply(replaced(world, "EXPOSED", "ssn, department")), "version 1");
  EXPECT_EQ(catalog_->snapshot()->resource(*dataSource("joined")).columns.size(), 2u);
  EXPECT_THAT(apply(replaced(world, "EXPOSED", "id, ssn")),
              HasSubstr("file.yaml:8:17: the definition returns several columns named id"));
}

TEST_F(Apply, SaysWhenTheSourceIsAway) {
  std::string away = replaced(kWorld, "@SOCKET@", "/nonexistent");
  EXPECT_THAT(apply(away), HasSubstr("cannot be reached"));
  EXPECT_EQ(catalog_->snapshot()->version().value, 0);
  ASSERT_EQ(apply(kWorld), "version 1");
  EXPECT_EQ(apply(away), "version 2") << "known data sources need no source to be there";
}

TEST_F(Apply, TakesTheExampleOfThePage) {
  std::string page = textOf(fs::path(SCRIM_SOURCE_DIR) / "docs/admin/configuration.md");
  EXPECT_EQ(apply(exampleOf(page, "apply")), "version 1");
  EXPECT_EQ(apply(exampleOf(page, "apply")), "version 1");
  EXPECT_EQ(catalog_->snapshot()->rulesFor(dataSource("customer_purchases")->id).size(), 4u);
}

TEST_F(Apply, TakesTheDirectoriesOfTheHandbook) {
  const std::string page = textOf(fs::path(SCRIM_SOURCE_DIR) / "docs/admin/directories.md");
  const std::string example =
      replaced(exampleOf(page, "identity_providers"), "password_file: /etc/scrim/corp-password", "password: canary");
  EXPECT_EQ(apply(example), "version 1");
  EXPECT_EQ(apply(example), "version 1");
  ASSERT_EQ(catalog_->snapshot()->identityProviders().size(), 1u);
  const catalog::IdentityProvider& corp = *catalog_->snapshot()->identityProviders().front();
  EXPECT_EQ(corp.directory.servers.size(), 2u);
  EXPECT_EQ(corp.directory.servers[1].port, 636);
  EXPECT_EQ(corp.directory.bindPassword.reveal(), "canary");
  EXPECT_EQ(corp.directory.users.attributes.at(0).to, "Department");
  EXPECT_EQ(corp.groupPrefix, "corp/");
  EXPECT_EQ(apply(replaced(example, "password: canary", "password: other")), "version 2");
  EXPECT_EQ(apply("prune: true\nusers: [{name: alice, password: x}]"), "version 3");
  EXPECT_TRUE(catalog_->snapshot()->identityProviders().empty());
}

TEST_F(Apply, LeavesAnAccountToTheDirectoryItComesFrom) {
  ASSERT_EQ(apply("identity_providers: [{name: corp, kind: openldap, hosts: [ldap.example], users: {base: dc=x}}]"),
            "version 1");
  catalog::User dora;
  dora.name = "dora";
  dora.provider = catalog_->snapshot()->identityProviders().front()->id;
  dora.externalId = "an-id";
  dora.groups = {"Staff"};
  const auto keep = [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(dora.id, save(writer, dora));
    return {};
  };
  ASSERT_TRUE(catalog_->change("test", keep).ok());
  EXPECT_EQ(apply("users: [{name: Dora, permissions: [GOVERNOR]}]"), "version 3");
  const catalog::UserPtr after = catalog_->snapshot()->user("dora");
  EXPECT_EQ(after->provider, dora.provider);
  EXPECT_EQ(after->externalId, "an-id");
  EXPECT_EQ(after->groups, dora.groups);
  EXPECT_EQ(after->permissions.count("GOVERNOR"), 1u);
  for (const char* own : {"password: x", "groups: [Staff]", "attributes: {Level: 3}"}) {
    EXPECT_NE(apply("users: [{name: dora, " + std::string(own) + "}]").find("file.yaml:1:9: "), std::string::npos);
  }
  EXPECT_EQ(catalog_->snapshot()->version().value, 3);
}

// bad/*.yaml and what must be said of each, in a .txt beside it (SCRIM_UPDATE_GOLDEN=1 writes them anew).
TEST_F(Apply, ReportsEveryProblemAtItsPlace) {
  fs::path folder = fs::path(SCRIM_SOURCE_DIR) / "tests/unit/server_apply/bad";
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    std::string text = textOf(entry.path());
    fs::path golden = fs::path(entry.path()).replace_extension(".txt");
    std::string said = apply(text);
    said = replaced(said, (*SharedServer::get()).socketFolder(), "@SOCKET@");
    if (std::getenv("SCRIM_UPDATE_GOLDEN") != nullptr && textOf(golden) != said) std::ofstream(golden) << said;
    EXPECT_EQ(said, textOf(golden)) << entry.path();
    EXPECT_EQ(catalog_->snapshot()->version().value, 0) << entry.path();
  }
  EXPECT_GT(files, 10);
}

}  // namespace
}  // namespace scrim::apply
