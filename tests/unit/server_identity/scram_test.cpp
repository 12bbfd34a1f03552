// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/hash.h"
#include "server/catalog/snapshot_builder.h"
#include "server/identity/authenticator.h"

namespace scrim::identity {
namespace {

using base::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;

std::string exclusiveOr(std::string_view left, std::string_view right) {
  std::string result(left);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<char>(result[i] ^ right[i]);
  return result;
}

/// The client's side, written from the RFC and not from the server.
struct Client {
  std::string password;
  std::string gs2 = "n,,";
  std::string nonce = "rOprNGfwEbeRWgbNEkqO";
  std::string binding;  // what follows the gs2 header in c=
  std::string first() const { return gs2 + "n=,r=" + nonce; }

  std::string finalFor(const std::string& serverFirst, const std::string& nonceSent = {}) const {
    std::size_t saltAt = serverFirst.find(",s=") + 3;
    std::size_t countAt = serverFirst.find(",i=");
    std::string fullNonce = nonceSent.empty() ? serverFirst.substr(2, saltAt - 5) : nonceSent;
    std::string salt = *base::fromBase64(serverFirst.substr(saltAt, countAt - saltAt));
    int iterations = std::stoi(serverFirst.substr(countAt + 3));
    // SaltedPassword by its definition: U1 = HMAC(password, salt || 1), Un = HMAC(password, Un-1), all xor-ed.
    std::string u(base::asBytes(base::hmacSha256(password, salt + std::string("\0\0\0\1", 4))));
    std::string salted = u;
    for (int i = 1; i < iterations; ++i) {
      u = std::string(base::asBytes(base::hmacSha256(password, u)));
      salted = exclusiveOr(salted, u);
    }
    auto clientKey = base::hmacSha256(salted, "Client Key");
    auto storedKey = base::sha256(base::asBytes(clientKey));
    std::string withoutProof = "c=" + base::toBase64(gs2 + binding) + ",r=" + fullNonce;
    std::string message = first().substr(gs2.size()) + "," + serverFirst + "," + withoutProof;
    auto signature = base::hmacSha256(base::asBytes(storedKey), message);
    return withoutProof + ",p=" + base::toBase64(exclusiveOr(base::asBytes(clientKey), base::asBytes(signature)));
  }
};

ScramOptions optionsFor(const std::string& password) { return {makeVerifier(password), true, std::nullopt, {}}; }

TEST(Scram, FollowsTheExampleOfRfc7677) {
  ScramOptions options;
  options.verifier = deriveVerifier("pencil", *base::fromBase64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
  options.nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  ScramServer server(std::move(options));
  auto first = server.start("SCRAM-SHA-256", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*first, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  auto last = server.finish(
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  ASSERT_TRUE(last.ok()) << last.error().message;
  EXPECT_EQ(*last, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  EXPECT_TRUE(server.authenticated());
}

TEST(Scram, AcceptsTheRightPasswordOnly) {
  for (const auto& [password, right] : std::vector<std::pair<std::string, bool>>{
           {"secret", true}, {"Secret", false}, {"", false}, {"secret ", false}}) {
    ScramServer server(optionsFor("secret"));
    Client client{password};
    auto first = server.start(kScramSha256, client.first());
    ASSERT_TRUE(first.ok());
    auto last = server.finish(client.finalFor(*first));
    EXPECT_EQ(last.ok(), right) << password;
    EXPECT_EQ(server.authenticated(), right);
    if (!right) {
      EXPECT_EQ(last.error().code, ErrorCode::invalidPassword);
    }
  }
}

TEST(Scram, BindsTheChannel) {
  auto options = optionsFor("secret");
  options.endPoint = std::string(32, 'E');
  ScramServer server(options);
  EXPECT_THAT(server.mechanisms(), ElementsAre("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"));
  Client client{"secret", "p=tls-server-end-point,,", "abc", std::string(32, 'E')};
  auto first = server.start(kScramSha256Plus, client.first());
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_TRUE(server.finish(client.finalFor(*first)).ok());

  ScramServer between(options);  // another certificate: somebody sits in the middle
  client.binding = std::string(32, 'X');
  first = between.start(kScramSha256Plus, client.first());
  EXPECT_THAT(between.finish(client.finalFor(*first)).error().message, HasSubstr("channel binding check failed"));
  EXPECT_FALSE(between.authenticated());
}

TEST(Scram, RefusesADowngradedChannelBinding) {
  auto options = optionsFor("secret");
  options.endPoint = std::string(32, 'E');
  Client client{"secret", "y,,"};
  EXPECT_THAT(ScramServer(options).start(kScramSha256, client.first()).error().message, HasSubstr("negotiation error"));
  ScramServer plain(optionsFor("secret"));  // without TLS we offer no -PLUS, and 'y' is right
  auto first = plain.start(kScramSha256, client.first());
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(plain.finish(client.finalFor(*first)).ok());
  EXPECT_FALSE(ScramServer(optionsFor("secret")).start(kScramSha256Plus, "p=tls-server-end-point,,n=,r=a").ok());
  EXPECT_FALSE(ScramServer(options).start(kScramSha256Plus, "n,,n=,r=a").ok());
  EXPECT_FALSE(ScramServer(options).start(kScramSha256, "p=tls-server-end-point,,n=,r=a").ok());
  EXPECT_FALSE(ScramServer(options).start(kScramSha256Plus, "p=tls-unique,,n=,r=a").ok());
  // The header in c= must be the one that was sent first.
  ScramServer swapped(optionsFor("secret"));
  Client honest{"secret", "n,,"};
  first = swapped.start(kScramSha256, honest.first());
  Client lying = client;
  EXPECT_FALSE(swapped.finish(lying.finalFor(*first)).ok());
}

TEST(Scram, RefusesReplayedAndForeignNonces) {
  Client client{"secret"};
  ScramServer first(optionsFor("secret"));
  auto challenge = first.start(kScramSha256, client.first());
  std::string recorded = client.finalFor(*challenge);
  ScramServer second(optionsFor("secret"));
  ASSERT_TRUE(second.start(kScramSha256, client.first()).ok());
  EXPECT_THAT(second.finish(recorded).error().detail, HasSubstr("Nonce"));
  ScramServer third(optionsFor("secret"));
  challenge = third.start(kScramSha256, client.first());
  EXPECT_FALSE(third.finish(client.finalFor(*challenge, client.nonce)).ok()) << "the client's own nonce alone";
}

TEST(Scram, RefusesMalformedMessages) {
  const std::string firsts[] = {"",
                                "n",
                                "n,",
                                "n,,",
                                "n,,n=",
                                "n,,n=,",
                                "n,,n=,r=",
                                "n,,r=abc",
                                "x,,n=,r=abc",
                                "n,a=other,n=,r=abc",
                                "n,,m=ext,n=,r=abc",
                                "n,,n=a=b,r=abc",
                                "n,,n=a=2c,r=abc",
                                "n,,n=,r=ab c",
                                "n,,n=,r=ab\x7f",
                                "n,,n=\xff,r=abc",
                                std::string("n,,n=,r=a\0b", 11),
                                "p=,,n=,r=a",
                                "n=,r=abc",
                                "nn,,n=,r=abc",
                                "n,,n=,r=" + std::string(5000, 'a')};
  for (const std::string& message : firsts) {
    ScramServer server(optionsFor("secret"));
    EXPECT_FALSE(server.start(kScramSha256, message).ok()) << message;
    EXPECT_FALSE(server.start(kScramSha256, "n,,n=,r=abc").ok()) << "a failed exchange went on";
  }
  EXPECT_FALSE(ScramServer(optionsFor("secret")).start("SCRAM-SHA-1", "n,,n=,r=abc").ok());
  Client client{"secret"};
  auto good = [&](ScramServer& server) { return client.finalFor(*server.start(kScramSha256, client.first())); };
  using Edit = std::function<std::string(std::string)>;
  const Edit edits[] = {
      [](const std::string&) { return std::string(); },
      [](const std::string& m) { return m.substr(0, m.find(",p=")); },
      [](const std::string& m) { return m.substr(0, m.size() - 4); },
      [](const std::string& m) { return m + "="; },
      [](const std::string& m) { return m + ",x=1"; },
      [](const std::string& m) { return "c=," + m; },
      [](const std::string& m) { return m.substr(m.find(",r=") + 1); },
      [](std::string m) {
        m.replace(0, 6, "c=eSws");
        return m;
      },
      [](std::string m) {
        m.insert(m.find(",p="), ",x=ignored");
        return m;
      },  // part of what is signed
      [](const std::string& m) { return m + std::string(1, '\0'); },
  };
  for (const Edit& edit : edits) {
    ScramServer server(optionsFor("secret"));
    std::string message = edit(good(server));
    EXPECT_FALSE(server.finish(message).ok()) << message;
    EXPECT_FALSE(server.authenticated());
    EXPECT_FALSE(server.finish(message).ok());
  }
  ScramServer early(optionsFor("secret"));
  EXPECT_FALSE(early.finish("c=biws,r=a,p=AA==").ok()) << "finished before it started";
}

TEST(Scram, ReadsVerifiersStrictly) {
  auto verifier = makeVerifier("secret");
  auto again = parseVerifier(print(verifier));
  ASSERT_TRUE(again);
  EXPECT_EQ(print(*again), print(verifier));
  EXPECT_TRUE(checkPassword(*again, "secret"));
  EXPECT_FALSE(checkPassword(*again, "other"));
  EXPECT_TRUE(checkPassword(makeVerifier("\xC3\xA9t\xC3\xA9"), "\xC3\xA9t\xC3\xA9"));
  for (const char* bad : {"", "secret", "md5abc", "SCRAM-SHA-256$", "SCRAM-SHA-256$0:c2FsdHNhbHQ=$AA==:AA==",
                          "SCRAM-SHA-256$4096:c2FsdHNhbHQ=$AA==:AA==", "SCRAM-SHA-256$-1:c2FsdHNhbHQ=$AA==:AA=="}) {
    EXPECT_FALSE(parseVerifier(bad)) << bad;
  }
  EXPECT_EQ(print(mockVerifier("eve", "s")), print(mockVerifier("eve", "s")));
  EXPECT_NE(mockVerifier("eve", "s").salt, mockVerifier("mallory", "s").salt);
  EXPECT_NE(mockVerifier("eve", "s").salt, mockVerifier("eve", "t").salt);
}

// --- Authenticator -------------------------------------------------------------------------------------------------

class FakeClock : public base::Clock {
 public:
  base::WallTime wall() const override { return base::WallTime(now.time_since_epoch()); }
  base::MonotonicTime monotonic() const override { return now; }
  base::MonotonicTime now{std::chrono::hours(1)};
};

catalog::SnapshotPtr people() {
  catalog::SnapshotBuilder builder;
  catalog::User alice;
  alice.id = {1};
  alice.name = "alice";
  alice.scramVerifier = print(makeVerifier("secret"));
  alice.groups = {"Toys"};
  catalog::User dora;
  dora.id = {2};
  dora.name = "dora";
  dora.scramVerifier = alice.scramVerifier;
  dora.disabled = true;
  catalog::User nopass;
  nopass.id = {3};
  nopass.name = "nopass";
  return builder.put(std::move(alice)).put(std::move(dora)).put(std::move(nopass)).build({1});
}

struct Attempt {
  bool ok = false;
  std::string message;
  std::string_view reason;
  std::string salt;
};

Attempt tryLogin(Authenticator& authenticator, const catalog::Snapshot& snapshot, const std::string& name,
                 const std::string& password) {
  Login login = authenticator.begin(snapshot, name, std::nullopt);
  Client client{password};
  auto first = login.start(kScramSha256, client.first());
  EXPECT_TRUE(first.ok());
  auto last = login.finish(client.finalFor(*first));
  return {last.ok(), last.ok() ? "" : last.error().message, login.reason(), first->substr(first->find(",s="))};
}

TEST(Authenticator, TellsNothingApartButForTheOperator) {
  FakeClock clock;
  auto snapshot = people();
  Authenticator authenticator(base::Secret("server secret"), {}, clock);
  EXPECT_TRUE(tryLogin(authenticator, *snapshot, "Alice", "secret").ok);
  auto wrong = tryLogin(authenticator, *snapshot, "alice", "bad");
  EXPECT_EQ(wrong.message, "password authentication failed for user \"alice\"");
  EXPECT_EQ(wrong.reason, "wrong password");
  auto unknown = tryLogin(authenticator, *snapshot, "eve", "bad");
  EXPECT_EQ(unknown.message, "password authentication failed for user \"eve\"");
  EXPECT_EQ(unknown.reason, "unknown user");
  EXPECT_EQ(unknown.salt, tryLogin(authenticator, *snapshot, "eve", "bad").salt) << "a salt that changes tells";
  EXPECT_EQ(tryLogin(authenticator, *snapshot, "dora", "secret").reason, "disabled");
  EXPECT_EQ(tryLogin(authenticator, *snapshot, "nopass", "").reason, "no usable password");
  for (const char* password : {"", "x"})
    EXPECT_FALSE(authenticator.checkPassword(*snapshot, "nopass", password).session);
  EXPECT_FALSE(authenticator.checkPassword(*snapshot, "alice", "").session);
  EXPECT_TRUE(authenticator.checkPassword(*snapshot, "alice", "secret").session);
  EXPECT_EQ(authenticator.checkPassword(*snapshot, "eve", "x").error.message, unknown.message);
}

TEST(Authenticator, LocksANameOutForAWhile) {
  FakeClock clock;
  auto snapshot = people();
  Authenticator authenticator(base::Secret("s"), {3, std::chrono::seconds(300), std::chrono::seconds(60), 100}, clock);
  for (const char* name : {"alice", "ALICE", "Alice"}) EXPECT_FALSE(tryLogin(authenticator, *snapshot, name, "bad").ok);
  auto locked = tryLogin(authenticator, *snapshot, "alice", "secret");
  EXPECT_FALSE(locked.ok);
  EXPECT_EQ(locked.reason, "locked out");
  EXPECT_EQ(locked.message, "password authentication failed for user \"alice\"");
  clock.now += std::chrono::seconds(59);
  EXPECT_FALSE(authenticator.checkPassword(*snapshot, "alice", "secret").session);
  clock.now += std::chrono::seconds(2);
  EXPECT_TRUE(tryLogin(authenticator, *snapshot, "alice", "secret").ok);
}

TEST(Authenticator, LocksOutLoginsThatBeganBefore) {
  FakeClock clock;
  auto snapshot = people();
  Authenticator authenticator(base::Secret("s"), {3, std::chrono::seconds(300), std::chrono::seconds(60), 100}, clock);
  struct Begun {
    Login login;
    Client client;
    std::string answer;
  };
  std::vector<Begun> begun;
  for (const char* password : {"a", "b", "c", "d", "secret"}) {
    begun.push_back({authenticator.begin(*snapshot, "alice", std::nullopt), Client{password}, {}});
    Begun& last = begun.back();
    last.answer = last.client.finalFor(*last.login.start(kScramSha256, last.client.first()));
  }
  for (Begun& one : begun) EXPECT_FALSE(one.login.finish(one.answer).ok());
  EXPECT_EQ(begun[2].login.reason(), "wrong password");
  EXPECT_EQ(begun[3].login.reason(), "locked out");
  EXPECT_EQ(begun[4].login.reason(), "locked out") << "though the password was right";
  clock.now += std::chrono::seconds(61);
  EXPECT_TRUE(tryLogin(authenticator, *snapshot, "alice", "secret").ok);
}

TEST(Authenticator, StaysLockedWhileStrangersFail) {
  FakeClock clock;
  auto snapshot = people();
  Authenticator authenticator(base::Secret("s"), {2, std::chrono::seconds(300), std::chrono::seconds(60), 3}, clock);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(tryLogin(authenticator, *snapshot, "alice", "bad").ok);
  for (const char* name : {"a", "b", "c", "d", "e"}) EXPECT_FALSE(tryLogin(authenticator, *snapshot, name, "bad").ok);
  EXPECT_EQ(tryLogin(authenticator, *snapshot, "alice", "secret").reason, "locked out");
}

TEST(Authenticator, ForgetsFailuresAndBoundsItsMemory) {
  FakeClock clock;
  auto snapshot = people();
  Lockout lockout({2, std::chrono::seconds(10), std::chrono::seconds(60), 3}, clock);
  lockout.failed("alice");
  clock.now += std::chrono::seconds(11);
  lockout.failed("alice");
  EXPECT_FALSE(lockout.isLocked("alice")) << "the first failure is too old to count";
  lockout.failed("alice");
  EXPECT_TRUE(lockout.isLocked("alice"));
  for (const char* name : {"a", "b", "c"}) lockout.failed(name);
  EXPECT_FALSE(lockout.isLocked("alice")) << "the list is longer than allowed";
  lockout.failed("c");
  EXPECT_TRUE(lockout.isLocked("c"));
  lockout.succeeded("c");
  EXPECT_FALSE(lockout.isLocked("c"));
}

TEST(Session, FollowsTheCatalog) {
  FakeClock clock;
  auto snapshot = people();
  Authenticator authenticator(base::Secret("s"), {}, clock);
  auto checked = authenticator.checkPassword(*snapshot, "ALICE", "secret");
  ASSERT_TRUE(checked.session);
  Session& session = *checked.session;
  EXPECT_EQ(session.user(), "alice");
  EXPECT_EQ(session.method(), "password");
  auto subject = session.subject(*snapshot);
  ASSERT_TRUE(subject.ok());
  EXPECT_EQ((*subject)->groups, std::set<std::string>{"Toys"});
  EXPECT_EQ(*session.subject(*snapshot), *subject) << "the same pointer while nothing changed";

  catalog::SnapshotBuilder builder(*snapshot);
  catalog::User changed;
  changed.id = {1};
  changed.name = "alice";
  auto without = builder.put(std::move(changed)).build({2});
  EXPECT_TRUE((*session.subject(*without))->groups.empty());
  catalog::User other;
  other.id = {9};
  other.name = "alice";
  auto replaced = builder.remove(base::UserId{1}).put(std::move(other)).build({3});
  EXPECT_EQ(session.subject(*replaced).error().code, ErrorCode::invalidAuthorization) << "another account of that name";
  auto gone = builder.remove(base::UserId{9}).build({4});
  EXPECT_FALSE(session.subject(*gone).ok());
}

}  // namespace
}  // namespace scrim::identity
