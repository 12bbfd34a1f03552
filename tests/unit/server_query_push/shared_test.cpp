// SPDX-License-Identifier: Apache-2.0
// Short statements of several sessions on one connection: each gets its own answer, whatever becomes of the others.
#include <algorithm>
#include <asio/experimental/as_tuple.hpp>
#include <asio/steady_timer.hpp>

#include "tests/unit/server_query_push/push_fixture.h"

namespace scrim::push {
namespace {

/// A session that runs one statement, beside others.
struct Client {
  std::unique_ptr<Link> link;
  TestSink sink;
  std::string values;
  std::optional<Outcome> outcome;
  std::string said() const {
    if (!outcome) return "nothing";
    if (!outcome->ok()) return outcome->failure->error.message;
    return sink.rowCount == 0 ? "no row" : sink.first();
  }
};

class SharedTest : public PushTest {
 protected:
  SharedTest() { options->maxConnections = 2; }

  std::vector<std::unique_ptr<Client>> clients(std::size_t count) {
    std::vector<std::unique_ptr<Client>> made;
    for (std::size_t i = 0; i < count; ++i) {
      auto client = std::make_unique<Client>();
      client->sink.admits = false;
      client->link = std::make_unique<Link>(context.get_executor(), pools, postgres::Holder{"alice"},
                                            [this](base::ConnectionId) -> base::Result<postgres::ConnectOptionsPtr> {
                                              return postgres::ConnectOptionsPtr(options);
                                            });
      made.push_back(std::move(client));
    }
    return made;
  }

  void start(Client& client, const StatementPtr& what, std::string_view value) {
    client.values = sized({value});
    client.outcome.reset();
    client.sink.bytes.clear();
    client.sink.rowCount = 0;
    const auto work = [&client, what]() -> asio::awaitable<void> {
      push::Run run{.statement = what, .arguments = {.values = client.values, .valueCount = 1}};
      Outcome outcome = co_await client.link->run(run, client.sink);
      client.outcome = std::move(outcome);
    };
    asio::co_spawn(context, work, asio::detached);
  }

  template <typename Until>
  void runUntil(const Until& until) {
    context.restart();
    while (!until() && context.run_one() > 0) {
    }
  }
  void finishAll(const std::vector<std::unique_ptr<Client>>& all) {
    runUntil([&] { return std::ranges::all_of(all, [](const auto& client) { return client->outcome.has_value(); }); });
  }
  /// Until it is known to be short, and prepared on the connection that is used next.
  void learn(const StatementPtr& what, std::string_view value) {
    auto one = clients(1);
    for (int i = 0; i < 5; ++i) {
      start(*one[0], what, value);
      finishAll(one);
      ASSERT_TRUE(one[0]->outcome->ok()) << one[0]->said();
    }
  }
  std::size_t openConnections() { return pools.of(options)->open(); }
};

TEST_F(SharedTest, EachGetsItsOwnRowsOverOneConnection) {
  const StatementPtr echo = withParameters("SELECT $1::int, pg_backend_pid()", 1);
  learn(echo, "0");
  auto all = clients(8);
  int together = 0;
  for (int round = 0; round < 20; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) start(*all[i], echo, std::to_string(i + 10 * round));
    finishAll(all);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->said(), std::to_string(i + 10 * round));
    const auto backendOf = [](const auto& client) { return client->sink.rows()[0][1]; };
    together +=
        std::ranges::all_of(all, [&](const auto& each) { return backendOf(each) == backendOf(all[0]); }) ? 1 : 0;
  }
  // On a machine that stutters a round may take both connections; not every round.
  EXPECT_GT(together, 0);
  EXPECT_LE(openConnections(), 2U);
}

TEST_F(SharedTest, MoreThanTheConnectionsHoldAtOnceAreAllServed) {
  const StatementPtr echo = withParameters("SELECT $1::int", 1);
  learn(echo, "0");
  auto all = clients(100);
  for (std::size_t i = 0; i < all.size(); ++i) start(*all[i], echo, std::to_string(i));
  finishAll(all);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->said(), std::to_string(i));
  EXPECT_LE(openConnections(), 2U);
}

TEST_F(SharedTest, AnErrorIsItsOwners) {
  const StatementPtr divide = withParameters("SELECT 100 / $1::int", 1);
  learn(divide, "1");
  auto all = clients(6);
  for (std::size_t i = 0; i < all.size(); ++i) start(*all[i], divide, i % 2 == 0 ? "0" : "4");
  finishAll(all);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->said(), i % 2 == 0 ? "division by zero" : "25");
  EXPECT_LE(openConnections(), 2U);  // six on two: some answers stood behind an error
}

TEST_F(SharedTest, AGroupIsOneTransaction) {
  // What comes together leaves with one Sync: the source takes a transaction's time stamp once for all.
  const StatementPtr when = withParameters("SELECT $1::text || transaction_timestamp()", 1);
  learn(when, "");
  auto all = clients(4);
  bool together = false;
  for (int round = 0; round < 20 && !together; ++round) {
    for (const auto& client : all) start(*client, when, "at ");
    finishAll(all);
    together = std::ranges::all_of(all, [&](const auto& each) { return each->said() == all[0]->said(); });
  }
  EXPECT_TRUE(together);
}

TEST_F(SharedTest, WhatAnErrorKeptFromRunningIsRunElsewhere) {
  const StatementPtr divide = withParameters("SELECT 100 / $1::int", 1);
  for (std::size_t failing = 0; failing < 5; ++failing) {
    const StatementPtr fails = withParameters("SELECT 100 / $1::int AS f" + std::to_string(failing), 1);
    learn(divide, "1");
    learn(fails, "1");
    auto all = clients(5);
    for (std::size_t i = 0; i < all.size(); ++i) {
      start(*all[i], i == failing ? fails : divide, i == failing ? "0" : std::to_string(i + 1));
    }
    finishAll(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i]->said(), i == failing ? "division by zero" : std::to_string(100 / (i + 1)));
    }
  }
}

TEST_F(SharedTest, ASlowStatementBehindOthersHoldsNobodysAnswerBack) {
  const StatementPtr sleep = withParameters("SELECT $1::text FROM pg_sleep($1::float8)", 1);
  learn(sleep, "0");
  auto all = clients(4);
  for (std::size_t i = 0; i < all.size(); ++i) start(*all[i], sleep, i == 2 ? "30" : "0");
  const auto begun = std::chrono::steady_clock::now();
  runUntil([&] { return all[0]->outcome && all[1]->outcome && all[3]->outcome; });
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
  for (const std::size_t i : {0, 1, 3}) EXPECT_EQ(all[i]->said(), "0");
  EXPECT_FALSE(all[2]->outcome.has_value());
  all[2]->link->cancel();
  finishAll(all);
  EXPECT_EQ(all[2]->said(), "canceling statement due to user request");
}

TEST_F(SharedTest, NobodyWaitsBehindAStatementThatTurnsOutSlow) {
  const StatementPtr sleep = withParameters("SELECT $1::text FROM pg_sleep($1::float8)", 1);
  learn(sleep, "0");
  auto all = clients(4);
  start(*all[0], sleep, "30");
  for (std::size_t i = 1; i < all.size(); ++i) start(*all[i], sleep, "0");
  runUntil([&] {
    return std::all_of(all.begin() + 1, all.end(), [](const auto& client) { return client->outcome.has_value(); });
  });
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i]->said(), "0");
  EXPECT_FALSE(all[0]->outcome.has_value());
  all[0]->link->cancel();
  finishAll(all);
  EXPECT_EQ(all[0]->said(), "canceling statement due to user request");
  // From now on it runs on its own for a while: nobody is put behind it.
  start(*all[0], sleep, "30");
  for (std::size_t i = 1; i < all.size(); ++i) start(*all[i], sleep, "0");
  runUntil([&] { return all[1]->outcome && all[2]->outcome && all[3]->outcome; });
  all[0]->link->cancel();
  finishAll(all);
}

TEST_F(SharedTest, ACancelHitsOnlyTheStatementItIsFor) {
  const StatementPtr sleep = withParameters("SELECT $1::text FROM pg_sleep($1::float8)", 1);
  learn(sleep, "0");
  auto all = clients(5);
  start(*all[0], sleep, "30");
  for (std::size_t i = 1; i < all.size(); ++i) start(*all[i], sleep, "0");
  runUntil([&] { return all[0]->link->holdsConnections() || openConnections() > 0; });
  for (int i = 0; i < 20; ++i) context.poll_one();
  all[2]->link->cancel();
  all[0]->link->cancel();
  finishAll(all);
  EXPECT_EQ(all[0]->said(), "canceling statement due to user request");
  EXPECT_EQ(all[1]->said(), "0");
  // Cancelled while it stood behind another: either it was done already, or it says so.
  EXPECT_TRUE(all[2]->said() == "0" || all[2]->said() == "canceling statement due to user request") << all[2]->said();
  EXPECT_EQ(all[3]->said(), "0");
  EXPECT_EQ(all[4]->said(), "0");
}

TEST_F(SharedTest, ACancelThatComesBeforeTheTurnIsNotForgotten) {
  const StatementPtr sleep = withParameters("SELECT $1::text FROM pg_sleep($1::float8)", 1);
  learn(sleep, "0");
  auto all = clients(2);
  start(*all[0], sleep, "0");
  start(*all[1], sleep, "5");
  while (all[1]->sink.bytes.empty() && !all[1]->link->waitsForTurn()) context.run_one();
  all[1]->link->cancel();
  finishAll(all);
  EXPECT_EQ(all[0]->said(), "0");
  EXPECT_EQ(all[1]->said(), "canceling statement due to user request");
}

TEST_F(SharedTest, LinesMakeRoomForWhoWaitsForAConnection) {
  options->maxConnections = 1;
  const StatementPtr echo = withParameters("SELECT $1::int", 1);
  learn(echo, "0");
  auto all = clients(5);
  Client& waits = *all.back();
  ASSERT_TRUE(waits.link->begin(Isolation::repeatableRead, false).ok());
  for (std::size_t i = 0; i + 1 < all.size(); ++i) start(*all[i], echo, "1");
  start(waits, echo, "9");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  runUntil([&] {
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      if (all[i]->outcome && !waits.outcome) start(*all[i], echo, "1");
    }
    return waits.outcome.has_value() || std::chrono::steady_clock::now() > end;
  });
  EXPECT_EQ(waits.said(), "9");
  waits.link->reset();
  finishAll(all);
}

TEST_F(SharedTest, WhatALostConnectionOwedIsAskedAgain) {
  const StatementPtr echo = withParameters("SELECT $1::int, pg_backend_pid()", 1);
  learn(echo, "0");
  TestSink first;
  ASSERT_TRUE(run(statement("SELECT pg_backend_pid()"), first).ok());
  auto all = clients(6);
  for (std::size_t i = 0; i < all.size(); ++i) start(*all[i], echo, std::to_string(i));
  // The source ends the session before it has seen the statements.
  test::SourceServer::shared().sql("SELECT pg_terminate_backend(" + first.first() + ", 5000)");
  finishAll(all);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->said(), std::to_string(i));
}

TEST_F(SharedTest, ALargeResultKeepsNobodyWaiting) {
  const StatementPtr many = withParameters("SELECT g FROM generate_series(1, $1::int) g", 1);
  learn(many, "1");
  auto all = clients(4);
  bool released = false;
  asio::steady_timer gate(context, std::chrono::steady_clock::time_point::max());
  all[0]->sink.drainAfter = 1000;
  all[0]->sink.keep = false;
  all[0]->sink.onDrain = [&]() -> asio::awaitable<base::Result<void>> {
    while (!released) co_await gate.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
    co_return base::Result<void>();
  };
  start(*all[0], many, "50000");
  for (std::size_t i = 1; i < all.size(); ++i) start(*all[i], many, "1");
  runUntil([&] { return all[1]->outcome && all[2]->outcome && all[3]->outcome; });
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i]->said(), "1");
  EXPECT_FALSE(all[0]->outcome.has_value());
  released = true;
  gate.cancel();
  finishAll(all);
  ASSERT_TRUE(all[0]->outcome->ok()) << all[0]->said();
  EXPECT_EQ(all[0]->sink.rowCount, 50000U);
}

TEST_F(SharedTest, ARefusalOnTheWayIsItsOwners) {
  const StatementPtr echo = withParameters("SELECT $1::int", 1);
  learn(echo, "0");
  auto all = clients(5);
  all[1]->sink.onCheck = [] { return base::Error{base::ErrorCode::policyChanged, "the rules have changed"}; };
  for (std::size_t i = 0; i < all.size(); ++i) start(*all[i], echo, std::to_string(i));
  finishAll(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i]->said(), i == 1 ? "the rules have changed" : std::to_string(i));
  }
}

TEST_F(SharedTest, TransactionsAndOtherSettingsKeepTheirOwnConnection) {
  const StatementPtr where = withParameters("SELECT $1::text || current_setting('TimeZone')", 1);
  learn(where, "");
  auto all = clients(4);
  ASSERT_TRUE(all[0]->link->begin(Isolation::repeatableRead, false).ok());
  auto zone = postgres::SessionSettings::defaults()->with("TimeZone", "Europe/Berlin");
  ASSERT_TRUE(zone.ok());
  all[1]->link->setSettings(std::move(*zone));
  options->maxConnections = 4;
  for (const auto& client : all) start(*client, where, "in ");
  finishAll(all);
  EXPECT_EQ(all[0]->said(), "in UTC");
  EXPECT_EQ(all[1]->said(), "in Europe/Berlin");
  EXPECT_EQ(all[2]->said(), "in UTC");
  EXPECT_EQ(all[3]->said(), "in UTC");
  EXPECT_TRUE(all[0]->link->holdsConnections());
  EXPECT_FALSE(all[2]->link->holdsConnections());
}

}  // namespace
}  // namespace scrim::push
