// SPDX-License-Identifier: Apache-2.0
// Pools: reuse, limits over threads, waiting, back-off, what may be kept.
#include <algorithm>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <filesystem>
#include <optional>
#include <thread>

#include "tests/unit/server_sources_postgres/connection_fixture.h"

namespace scrim::postgres {
namespace {

using namespace std::chrono_literals;

class PoolTest : public ConnectionTest {
 protected:
  std::shared_ptr<Pool> makePool(const Options& options) {
    return std::make_shared<Pool>(context.get_executor(), options, budgets->of(*options));
  }
  base::Result<Lease> acquire(Pool& pool, std::chrono::milliseconds limit = 5s) {
    return await(pool.acquire(limit, waiting, share));
  }

  std::shared_ptr<Budgets> budgets = std::make_shared<Budgets>();
  Waiting waiting;
  BudgetPtr share = std::make_shared<Budget>(1000);
};

TEST_F(PoolTest, ACleanConnectionIsUsedAgain) {
  const auto pool = makePool(localOptions());
  int pid = 0;
  {
    auto lease = acquire(*pool);
    ASSERT_TRUE(lease.ok());
    pid = (*lease)->backendPid();
    EXPECT_EQ(ask(**lease, "SELECT 1"), "1");
  }
  EXPECT_EQ(pool->idle(), 1U);
  Lease again = pool->tryAcquire(share);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->backendPid(), pid);
}

TEST_F(PoolTest, AConnectionWithAnOpenEndIsClosed) {
  const auto pool = makePool(localOptions());
  const std::vector<std::function<void(UpstreamConnection&)>> openEnds{
      [&](UpstreamConnection& connection) { EXPECT_EQ(ask(connection, "BEGIN"), "no row"); },
      [&](UpstreamConnection& connection) { connection.writer().query("SELECT 1"); },
      [&](UpstreamConnection& connection) { connection.markBroken(); },
      [&](UpstreamConnection& connection) { connection.cancel(); },
      [&](UpstreamConnection& connection) {
        connection.writer().query("SELECT 1");
        EXPECT_TRUE(await(connection.send()).ok());
        EXPECT_TRUE(await(connection.receive()).ok());
      },
  };
  for (const auto& leaveOpen : openEnds) {
    auto lease = acquire(*pool);
    ASSERT_TRUE(lease.ok());
    leaveOpen(**lease);
    lease->giveBack();
    EXPECT_EQ(pool->idle(), 0U);
    EXPECT_EQ(pool->open(), 0U);
  }
}

TEST_F(PoolTest, TheLimitHoldsAndWaitersAreServedInTurn) {
  auto options = localOptions();
  options->maxConnections = 2;
  const auto pool = makePool(options);
  std::vector<int> order;
  std::size_t most = 0;
  int connected = 0;
  for (int i = 0; i < 6; ++i) {
    const auto use = [&, i]() -> asio::awaitable<void> {
      Waiting mine;
      auto lease = co_await pool->acquire(5s, mine, share);
      EXPECT_TRUE(lease.ok()) << lease.error().message;
      if (!lease.ok()) co_return;
      // The first two connect at the same time: whichever is ready first waits for the other.
      if (i < 2) ++connected;
      const auto executor = co_await asio::this_coro::executor;
      while (connected < 2) co_await asio::post(executor, asio::use_awaitable);
      most = std::max(most, pool->open());
      order.push_back(i);
      (*lease)->writer().query("SELECT 1");
      EXPECT_TRUE((co_await (*lease)->send()).ok());
      for (char seen = '\0'; seen != reply::kReady;) {
        seen = (*lease)->next().type;
        if (seen != '\0') continue;
        const auto received = co_await (*lease)->receive();
        EXPECT_TRUE(received.ok());
      }
    };
    asio::co_spawn(context, use, asio::detached);
  }
  context.run();
  ASSERT_EQ(order.size(), 6U);
  std::sort(order.begin(), order.begin() + 2);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(most, 2U);
  EXPECT_EQ(pool->idle(), 2U);
}

TEST_F(PoolTest, WaitingEndsByTimeOrCancel) {
  auto options = localOptions();
  options->maxConnections = 1;
  const auto pool = makePool(options);
  auto only = acquire(*pool);
  ASSERT_TRUE(only.ok());
  EXPECT_EQ(acquire(*pool, 10ms).error().code, base::ErrorCode::tooManyConnections);
  waiting.cancel();
  EXPECT_EQ(acquire(*pool, 5s).error().code, base::ErrorCode::queryCanceled);
  waiting.reset();
  only->giveBack();
  EXPECT_TRUE(acquire(*pool).ok());
}

TEST_F(PoolTest, OneHolderLeavesConnectionsToOthers) {
  auto options = localOptions();
  options->maxConnections = 5;
  const auto pool = makePool(options);
  const BudgetPtr others = budgets->shareOf(*options, {"bob", 50});
  share = budgets->shareOf(*options, {"alice", 50});
  EXPECT_EQ(share->limit(), 2);
  auto first = acquire(*pool);
  auto second = acquire(*pool);
  ASSERT_TRUE(first.ok() && second.ok());
  const base::Error full = acquire(*pool, 20ms).error();
  EXPECT_EQ(full.code, base::ErrorCode::tooManyConnections);
  EXPECT_NE(full.message.find("your sessions"), std::string::npos) << full.message;
  EXPECT_TRUE(await(pool->acquire(5s, waiting, others)).ok());
  EXPECT_EQ(pool->idle(), 1U);
  EXPECT_FALSE(pool->tryAcquire(share));  // idle, and not for them
  waiting.cancel();
  EXPECT_EQ(acquire(*pool).error().code, base::ErrorCode::queryCanceled);
  waiting.reset();
  first->giveBack();
  EXPECT_TRUE(pool->tryAcquire(share));
  EXPECT_EQ(share->used(), 1);
}

TEST_F(PoolTest, WhoWaitsForAPlaceInTheirShareIsCalled) {
  share = std::make_shared<Budget>(1);
  const auto pool = makePool(localOptions());
  auto lease = acquire(*pool);
  ASSERT_TRUE(lease.ok());
  int served = 0;
  const auto use = [&]() -> asio::awaitable<void> {
    Waiting mine;
    auto got = co_await pool->acquire(20s, mine, share);
    served += got.ok() ? 1 : 0;
  };
  for (int i = 0; i < 3; ++i) asio::co_spawn(context, use, asio::detached);
  asio::post(context, [&] { lease->giveBack(); });
  context.restart();
  context.run();
  EXPECT_EQ(served, 3);
  EXPECT_EQ(share->used(), 0);
}

TEST_F(PoolTest, AClosedPoolSendsAwayWhoWaitsForAPlace) {
  share = std::make_shared<Budget>(1);
  const auto pool = makePool(localOptions());
  auto lease = acquire(*pool);
  asio::post(context, [&] { pool->close(); });
  EXPECT_EQ(acquire(*pool, 20s).error().code, base::ErrorCode::shuttingDown);
  EXPECT_FALSE(share->hasWaiters());
}

TEST_F(PoolTest, ThreadsShareOneBudget) {
  auto options = localOptions();
  options->maxConnections = 1;
  const auto here = makePool(options);
  auto lease = acquire(*here);
  ASSERT_TRUE(lease.ok());
  std::atomic<bool> served = false;
  std::atomic<bool> started = false;
  std::thread other([&] {
    asio::io_context theirs{1};
    const auto pool = std::make_shared<Pool>(theirs.get_executor(), options, budgets->of(*options));
    const auto use = [&]() -> asio::awaitable<void> {
      Waiting mine;
      started = true;
      auto got = co_await pool->acquire(20s, mine, share);
      served = got.ok();
    };
    asio::co_spawn(theirs, use, asio::detached);
    theirs.run();
  });
  while (!started || !budgets->of(*options)->hasWaiters()) std::this_thread::yield();
  EXPECT_FALSE(served);
  lease->giveBack();  // not kept: the other thread waits for the place
  EXPECT_EQ(here->open(), 0U);
  other.join();
  EXPECT_TRUE(served);
  EXPECT_EQ(budgets->of(*options)->used(), 0);
}

TEST_F(PoolTest, WhatOneThreadDoesNotUseGoesToAnotherThatWaits) {
  auto options = localOptions();
  options->maxConnections = 1;
  const auto here = makePool(options);
  acquire(*here)->giveBack();
  EXPECT_EQ(here->idle(), 1U);
  bool served = false;
  std::atomic<bool> ended = false;
  std::thread other([&] {
    asio::io_context theirs{1};
    const auto pool = std::make_shared<Pool>(theirs.get_executor(), options, budgets->of(*options));
    const auto use = [&]() -> asio::awaitable<void> {
      Waiting mine;
      auto got = co_await pool->acquire(20s, mine, share);
      served = got.ok();
    };
    asio::co_spawn(theirs, use, asio::detached);
    theirs.run();
    ended = true;
  });
  while (!ended) {
    context.restart();
    context.run_for(1ms);
  }
  other.join();
  EXPECT_TRUE(served);
  EXPECT_EQ(here->idle(), 0U);
}

TEST_F(PoolTest, APlaceThatIsNotNeededAnyMoreGoesToTheNextWhoWaits) {
  auto options = localOptions();
  options->maxConnections = 1;
  const auto here = makePool(options);
  auto lease = acquire(*here);
  ASSERT_TRUE(lease.ok());
  asio::io_context theirs{1};
  const auto first = std::make_shared<Pool>(theirs.get_executor(), options, budgets->of(*options));
  const auto second = std::make_shared<Pool>(theirs.get_executor(), options, budgets->of(*options));
  Waiting givenUp;
  Waiting kept;
  std::optional<bool> served;
  const auto useFirst = [&]() -> asio::awaitable<void> {
    auto got = co_await first->acquire(20s, givenUp, share);
    EXPECT_EQ(got.error().code, base::ErrorCode::queryCanceled);
  };
  const auto useSecond = [&]() -> asio::awaitable<void> {
    auto got = co_await second->acquire(20s, kept, share);
    served = got.ok();
  };
  asio::co_spawn(theirs, useFirst, asio::detached);
  theirs.run_for(10ms);
  asio::co_spawn(theirs, useSecond, asio::detached);
  theirs.run_for(10ms);
  givenUp.cancel();
  theirs.run_for(10ms);
  lease->giveBack();  // calls the first pool, which has nobody waiting any more
  const auto begun = std::chrono::steady_clock::now();
  while (!served && std::chrono::steady_clock::now() - begun < 10s) theirs.run_for(10ms);
  EXPECT_TRUE(served.value_or(false));
}

TEST_F(PoolTest, ASourceThatIsDownFailsAtOnceAndIsTriedAgain) {
  auto options = localOptions();
  const std::string there = options->hosts.front();
  options->hosts = {there + "-later"};
  const auto pool = makePool(options);
  EXPECT_EQ(acquire(*pool).error().code, base::ErrorCode::sourceUnavailable);
  EXPECT_EQ(acquire(*pool).error().code, base::ErrorCode::sourceUnavailable);
  EXPECT_EQ(budgets->of(*options)->used(), 0);
  std::filesystem::create_symlink(there, there + "-later");
  const auto patience = std::chrono::steady_clock::now() + 30s;
  auto lease = acquire(*pool);
  while (!lease.ok() && std::chrono::steady_clock::now() < patience) lease = acquire(*pool);
  EXPECT_TRUE(lease.ok());
}

TEST_F(PoolTest, AClosedPoolKeepsAndOpensNothing) {
  const auto pool = makePool(localOptions());
  auto lease = acquire(*pool);
  ASSERT_TRUE(lease.ok());
  pool->close();
  lease->giveBack();
  EXPECT_EQ(pool->open(), 0U);
  EXPECT_EQ(acquire(*pool).error().code, base::ErrorCode::shuttingDown);
}

TEST_F(PoolTest, DeadIdleConnectionsAreDropped) {
  const auto pool = makePool(localOptions());
  auto lease = acquire(*pool);
  const std::string pid = std::to_string((*lease)->backendPid());
  lease->giveBack();
  test::SourceServer::shared().sql("SELECT pg_terminate_backend(" + pid + ", 5000)");
  EXPECT_EQ(pool->idle(), 1U);
  pool->dropDead();
  EXPECT_EQ(pool->idle(), 0U);
  EXPECT_EQ(budgets->of(*localOptions())->used(), 0);
}

TEST_F(PoolTest, OldIdleConnectionsAreClosed) {
  auto options = localOptions();
  options->idleTimeout = std::chrono::seconds(0);
  const auto pool = makePool(options);
  acquire(*pool)->giveBack();
  pool->trimIdle();
  EXPECT_EQ(pool->open(), 0U);
}

TEST_F(PoolTest, PoolsAreFoundByDigest) {
  Pools pools(context.get_executor(), budgets);
  const Options options = localOptions();
  const auto pool = pools.of(options);
  EXPECT_EQ(pools.of(localOptions()), pool);
  const Options changed = localOptions();
  changed->digest = "other";
  EXPECT_NE(pools.of(changed), pool);
  pools.close();
  context.restart();
  context.run();
}

}  // namespace
}  // namespace scrim::postgres
