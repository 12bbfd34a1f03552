// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "server/gateway/admission.h"
#include "server/gateway/buffer_pool.h"
#include "server/gateway/cancel_registry.h"
#include "server/gateway/statement_cache.h"
#include "server/gateway/user_memory.h"

namespace scrim::gateway {
namespace {

TEST(CancelRegistry, OnlyTheKeyCancels) {
  CancelRegistry registry;
  int called = 0;
  auto key = registry.add(32, [&] { ++called; });
  EXPECT_EQ(key->secret().size(), 32U);
  const std::uint32_t id = key->processId();
  const std::string secret = key->secret();
  registry.cancel(id, std::string(32, 'x'));
  registry.cancel(id, secret.substr(0, 31));
  registry.cancel(id + 1, secret);
  EXPECT_EQ(called, 0);
  registry.cancel(id, secret);
  EXPECT_EQ(called, 1);
  key.reset();
  registry.cancel(id, secret);
  EXPECT_EQ(called, 1);
}

TEST(Admission, CountsByAddressAndUser) {
  Limits limits;
  limits.connections = 3;
  limits.connectionsPerAddress = 2;
  limits.connectionsPerUser = 1;
  Admission admission(limits);
  auto first = admission.enter("10.0.0.1");
  auto second = admission.enter("10.0.0.1");
  EXPECT_EQ(admission.enter("10.0.0.1"), nullptr);
  auto third = admission.enter("10.0.0.2");
  EXPECT_EQ(admission.enter("10.0.0.3"), nullptr);
  ASSERT_TRUE(first && second && third);
  EXPECT_TRUE(first->loggedIn("alice").ok());
  EXPECT_EQ(second->loggedIn("alice").error().code, base::ErrorCode::tooManyConnections);
  first.reset();
  EXPECT_TRUE(second->loggedIn("alice").ok());
  second.reset();
  third.reset();
  EXPECT_EQ(admission.connections(), 0U);
}

TEST(Admission, SilentOnesLeaveRoomForOthers) {
  Limits limits;
  limits.connectionsLoggingIn = 1;
  Admission admission(limits);
  auto silent = admission.enter("a");
  EXPECT_EQ(admission.enter("b"), nullptr);
  ASSERT_TRUE(silent->loggedIn("alice").ok());
  EXPECT_NE(admission.enter("b"), nullptr);
}

void fill(InputBuffer& buffer, const std::string& bytes) {
  buffer.reserve(buffer.view().size() + bytes.size());
  ASSERT_GE(buffer.roomBytes(), bytes.size());
  bytes.copy(buffer.room(), bytes.size());
  buffer.filled(bytes.size());
}

TEST(InputBuffer, KeepsItsBytesWhenItGrowsAndMoves) {
  BufferPool pool;
  InputBuffer buffer(pool);
  const std::string block(BufferPool::kBlockBytes - 10, 'a');
  fill(buffer, block);
  buffer.consume(100);
  fill(buffer, std::string(50, 'b'));
  EXPECT_EQ(buffer.view(), block.substr(100) + std::string(50, 'b'));
  fill(buffer, std::string(100'000, 'c'));
  EXPECT_EQ(buffer.view().size(), block.size() - 100 + 50 + 100'000);
  EXPECT_TRUE(buffer.view().ends_with('c'));
  buffer.consume(buffer.view().size());
  buffer.release();
  EXPECT_TRUE(buffer.empty());
  fill(buffer, "again");
  EXPECT_EQ(buffer.view(), "again");
}

CachedStatementPtr cached(std::size_t bytes) {
  auto statement = std::make_shared<CachedStatement>();
  statement->bytes = bytes;
  return statement;
}

TEST(StatementCache, ForgetsWhatWasUsedLeastRecently) {
  StatementCache cache(10'000);
  cache.insert("a", cached(4000));
  cache.insert("b", cached(4000));
  EXPECT_NE(cache.find("a"), nullptr);
  cache.insert("c", cached(4000));
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_NE(cache.find("c"), nullptr);
  cache.insert("c", cached(100));
  EXPECT_LE(cache.bytes(), 10'000U);
  EXPECT_EQ(cache.entries(), 2U);
}

TEST(Holding, SessionsOfAUserShareTheirMemory) {
  const auto memory = std::make_shared<UserMemory>(0);
  constexpr std::size_t kMost = 100'000;
  {
    Holding first(memory);
    Holding second(memory);
    EXPECT_TRUE(first.hold(60'000, kMost));
    EXPECT_FALSE(second.hold(60'000, kMost));
    EXPECT_TRUE(second.hold(30'000, kMost));
    EXPECT_FALSE(first.hold(90'000, kMost));
    EXPECT_TRUE(first.hold(10'000, kMost));
    EXPECT_TRUE(second.hold(60'000, kMost));
    EXPECT_TRUE(second.hold(60'001, 1));  // not more than before: a limit that was lowered takes nothing away
  }
  EXPECT_EQ(memory->load(), 0U);
}

}  // namespace
}  // namespace scrim::gateway
