// SPDX-License-Identifier: Apache-2.0
// What directories mean for accounts and sessions; the directories themselves are real in tests/directory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/catalog/snapshot_builder.h"
#include "server/identity/confirmation.h"
#include "server/identity/directory_accounts.h"
#include "server/identity/directory_logins.h"
#include "server/identity/session_factory.h"

namespace scrim::identity {
namespace {

using testing::ElementsAre;

class FakeClock : public base::Clock {
 public:
  base::WallTime wall() const override { return base::WallTime(now.time_since_epoch()); }
  base::MonotonicTime monotonic() const override { return now; }
  base::MonotonicTime now{std::chrono::hours(1)};
};

catalog::IdentityProvider provider(std::int64_t id, int position) {
  catalog::IdentityProvider provider;
  provider.id = {id};
  provider.position = position;
  provider.name = "directory " + std::to_string(id);
  provider.groupPrefix = "corp/";
  return provider;
}

ldap::DirectoryUser person() {
  ldap::DirectoryUser user;
  user.id = "an-id";
  user.login = "alice";
  user.state = ldap::AccountState::active;
  user.groups = {"Analysts", "Staff"};
  user.attributes = {{"Department", {"7"}}};
  return user;
}

catalog::User account(std::int64_t id, const std::string& name, std::int64_t from) {
  catalog::User user;
  user.id = {id};
  user.name = name;
  user.provider = {from};
  user.externalId = "an-id";
  return user;
}

TEST(DirectoryAccounts, TakesGroupsAndAttributesFromTheDirectoryAndTheRestFromUs) {
  catalog::User present = account(7, "alice", 1);
  present.permissions = {"GOVERNOR"};
  present.disabled = true;
  present.groups = {"corp/Old"};
  present.attributes = {{"Country", {"DE"}}};
  const catalog::User wanted = accountOf(provider(1, 0), person(), &present);
  EXPECT_EQ(wanted.id.value, 7);
  EXPECT_THAT(wanted.groups, ElementsAre("corp/Analysts", "corp/Staff"));
  EXPECT_EQ(wanted.attributes, person().attributes);
  EXPECT_THAT(wanted.permissions, ElementsAre("GOVERNOR"));
  EXPECT_TRUE(wanted.disabled) << "a directory does not undo what an administrator did";
  EXPECT_TRUE(wanted.directoryState.empty());
}

TEST(DirectoryAccounts, AStateThatIsNotActiveKeepsThemOut) {
  ldap::DirectoryUser user = person();
  user.state = ldap::AccountState::locked;
  const catalog::User wanted = accountOf(provider(1, 0), user, nullptr);
  EXPECT_EQ(wanted.directoryState, "locked");
  EXPECT_FALSE(wanted.mayLogIn());
}

TEST(DirectoryLogins, TakesNamesThatAreNoBuiltInUsers) {
  catalog::SnapshotBuilder builder;
  catalog::User olivia;
  olivia.id = {1};
  olivia.name = "olivia";
  builder.put(std::move(olivia));
  EXPECT_FALSE(DirectoryLogins::takes(*builder.build({1}), "somebody")) << "no directory";
  builder.put(provider(1, 0)).put(account(2, "alice", 1));
  const auto snapshot = builder.build({2});
  EXPECT_TRUE(DirectoryLogins::takes(*snapshot, "somebody"));
  EXPECT_TRUE(DirectoryLogins::takes(*snapshot, "ALICE"));
  EXPECT_FALSE(DirectoryLogins::takes(*snapshot, "Olivia"));
  const auto without = builder.remove(base::IdentityProviderId{1}).build({3});
  EXPECT_TRUE(DirectoryLogins::takes(*without, "alice")) << "asked and refused, as before";
}

TEST(Snapshot, KeepsIdentityProvidersInTheirOrder) {
  catalog::SnapshotBuilder builder;
  builder.put(provider(1, 2)).put(provider(2, 0)).put(provider(3, 1)).put(provider(4, 0));
  const auto order = [](const catalog::Snapshot& snapshot) {
    std::vector<std::int64_t> ids;
    for (const auto& each : snapshot.identityProviders()) ids.push_back(each->id.value);
    return ids;
  };
  const auto first = builder.build({1});
  EXPECT_THAT(order(*first), ElementsAre(2, 4, 3, 1));
  const auto moved = builder.put(provider(2, 9)).build({2});
  EXPECT_THAT(order(*moved), ElementsAre(4, 3, 1, 2));
  EXPECT_THAT(order(*first), ElementsAre(2, 4, 3, 1)) << "a snapshot does not change";
  EXPECT_EQ(moved->identityProvider(base::IdentityProviderId{2})->position, 9);
  EXPECT_EQ(moved->identityProvider(base::IdentityProviderId{5}), nullptr);
}

TEST(Session, OfADirectoryUserEndsWithItsLeaseAndWithItsState) {
  FakeClock clock;
  auto confirmation = std::make_shared<Confirmation>(std::chrono::seconds(300), clock);
  catalog::User alice = account(2, "alice", 1);
  const Session session = SessionFactory::make(alice, clock, "directory", confirmation);
  catalog::SnapshotBuilder builder;
  EXPECT_TRUE(session.subject(*builder.put(alice).build({1})).ok());
  clock.now += std::chrono::seconds(300);
  EXPECT_TRUE(session.confirmed().ok());
  clock.now += std::chrono::milliseconds(1);
  EXPECT_EQ(session.confirmed().error().code, base::ErrorCode::invalidAuthorization);
  confirmation->renew(clock.now);
  EXPECT_TRUE(session.confirmed().ok());
  alice.directoryState = "disabled";
  EXPECT_EQ(session.subject(*builder.put(alice).build({2})).error().code, base::ErrorCode::invalidAuthorization);
}

TEST(Authenticator, LetsNoDirectoryUserInByScram) {
  FakeClock clock;
  catalog::User alice = account(2, "alice", 1);
  alice.scramVerifier = print(makeVerifier("secret"));  // left over: it must be of no use
  catalog::SnapshotBuilder builder;
  const auto snapshot = builder.put(std::move(alice)).build({1});
  Authenticator authenticator(base::Secret("server secret"), {}, clock);
  const auto checked = authenticator.checkPassword(*snapshot, "alice", "secret");
  EXPECT_FALSE(checked.session);
  EXPECT_EQ(checked.error.message, "password authentication failed for user \"alice\"");
  EXPECT_EQ(checked.reason, "directory password without TLS");
}

}  // namespace
}  // namespace scrim::identity
