// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/identity_provider_store.h"

#include <gtest/gtest.h>

#include "server/catalog/catalog.h"
#include "server/catalog/user_store.h"
#include "tests/support/store_scratch.h"

namespace scrim::catalog {
namespace {

using store::SharedServer;

std::unique_ptr<Catalog> openAt(const std::string& dsn) {
  auto catalog = Catalog::open({dsn}, store::SecretBox(base::Secret(std::string(store::kKeyBytes, 'k'))));
  EXPECT_TRUE(catalog.ok()) << (catalog.ok() ? "" : catalog.error().message);
  return catalog.ok() ? std::move(catalog).value() : nullptr;
}

IdentityProvider directory() {
  IdentityProvider provider;
  provider.name = "corp";
  provider.position = 3;
  provider.groupPrefix = "corp/";
  provider.refresh = std::chrono::seconds(7);
  provider.lease = std::chrono::seconds(70);
  provider.sync = std::chrono::seconds(700);
  ldap::DirectoryOptions& options = provider.directory;
  options = ldap::defaultsFor(ldap::Kind::activeDirectory);
  options.servers = {{"dc1.example", 0}, {"::1", 6360}};
  options.transport = ldap::Transport::startTls;
  options.caFile = "/etc/ca.pem";
  options.bindDn = "cn=scrim,dc=x";
  options.bindPassword = base::Secret("canary-directory-password");
  options.users.base = "dc=x";
  options.users.attributes = {{"department", "Department"}, {"c", "Country, \"or so\""}};
  options.groups.base = "ou=groups,dc=x";
  options.groups.lookup = ldap::GroupLookup::memberOf;
  options.groups.depth = 4;
  options.groups.nested = false;
  options.callTimeout = std::chrono::milliseconds(1234);
  return provider;
}

TEST(IdentityProviders, AreKeptWholeAndTheirPasswordsSealed) {
  auto catalog = openAt(SharedServer::get().newDatabase());
  ASSERT_NE(catalog, nullptr);
  IdentityProvider wanted = directory();
  ASSERT_TRUE(catalog
                  ->change("test",
                           [&](Writer& writer) -> base::Result<void> {
                             SCRIM_TRY(wanted.id, save(writer, wanted));
                             return {};
                           })
                  .ok());
  const auto stored = catalog->snapshot()->identityProvider(wanted.id);
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->digest, digestOf(wanted)) << "something was lost on the way";
  EXPECT_EQ(stored->directory.bindPassword.reveal(), "canary-directory-password");
  EXPECT_EQ(stored->directory.servers[1].host, "::1");
  EXPECT_EQ(stored->directory.users.attributes[1].to, "Country, \"or so\"");
  const auto version = catalog->snapshot()->version();
  ASSERT_TRUE(catalog
                  ->change("test",
                           [&](Writer& writer) -> base::Result<void> {
                             SCRIM_TRY(wanted.id, save(writer, wanted));
                             SCRIM_TRY(auto rows, writer.link().run(
                                                      "SELECT identity_provider::text FROM scrim.identity_provider"));
                             EXPECT_EQ(rows.text(0, 0).find("canary"), std::string_view::npos);
                             return {};
                           })
                  .ok());
  EXPECT_EQ(catalog->snapshot()->version(), version) << "nothing differed";
}

TEST(IdentityProviders, ThatCannotBeReadKeepTheirPlaceAndHaveNoServers) {
  auto catalog = openAt(SharedServer::get().newDatabase());
  ASSERT_NE(catalog, nullptr);
  IdentityProvider provider = directory();
  const auto spoil = [&](Writer& writer) -> base::Result<void> {
    SCRIM_TRY(provider.id, save(writer, provider));
    SCRIM_CHECK_OK(writer.link().run("UPDATE scrim.identity_provider SET bind_password = '\\x00'::bytea"));
    return {};
  };
  ASSERT_TRUE(catalog->change("test", spoil).ok());
  const auto stored = catalog->snapshot()->identityProvider(provider.id);
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->position, 3);
  EXPECT_TRUE(stored->directory.servers.empty());
  EXPECT_FALSE(ldap::check(stored->directory).ok());
  const auto mend = [&](Writer& writer) -> base::Result<void> {
    SCRIM_TRY(provider.id, save(writer, provider));
    return {};
  };
  ASSERT_TRUE(catalog->change("test", mend).ok());
  EXPECT_EQ(catalog->snapshot()->identityProvider(provider.id)->directory.servers.size(), 2u);
}

TEST(IdentityProviders, TakeTheirAccountsAlong) {
  auto catalog = openAt(SharedServer::get().newDatabase());
  ASSERT_NE(catalog, nullptr);
  IdentityProvider provider = directory();
  User alice;
  alice.name = "alice";
  alice.externalId = "an-id";
  alice.directoryState = "locked";
  ASSERT_TRUE(catalog
                  ->change("test",
                           [&](Writer& writer) -> base::Result<void> {
                             SCRIM_TRY(provider.id, save(writer, provider));
                             alice.provider = provider.id;
                             SCRIM_TRY(alice.id, save(writer, alice));
                             SCRIM_TRY(const auto found, loadUser(writer.link(), "ALICE"));
                             EXPECT_TRUE(found && found->id == alice.id);
                             SCRIM_TRY(const auto nobody, loadUser(writer.link(), "eve"));
                             EXPECT_FALSE(nobody);
                             return {};
                           })
                  .ok());
  const auto stored = catalog->snapshot()->user("alice");
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->provider, provider.id);
  EXPECT_EQ(stored->externalId, "an-id");
  EXPECT_FALSE(stored->mayLogIn());
  ASSERT_TRUE(
      catalog->change("test", [&](Writer& writer) { return removeIdentityProvider(writer, provider.id); }).ok());
  EXPECT_EQ(catalog->snapshot()->user("alice"), nullptr);
  EXPECT_TRUE(catalog->snapshot()->identityProviders().empty());
}

}  // namespace
}  // namespace scrim::catalog
