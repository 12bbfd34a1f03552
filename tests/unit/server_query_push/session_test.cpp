// SPDX-License-Identifier: Apache-2.0
// What ties a session to its connections: batches, portals, transactions, savepoints, cursors.
#include "tests/unit/server_query_push/push_fixture.h"

namespace scrim::push {
namespace {

class SessionTest : public PushTest {
 protected:
  const StatementPtr numbers_ = statement("SELECT g FROM generate_series(1, 10) g");

  Outcome portalRun(std::string_view portal, std::uint32_t maxRows, bool sync, TestSink& sink) {
    return await(link->run(
        push::Run{.statement = numbers_, .arguments = {}, .portal = portal, .maxRows = maxRows, .sync = sync}, sink));
  }
  Outcome declare(std::string_view name, const CursorOptions& cursor, const StatementPtr& what, bool sync = true) {
    TestSink sink;
    return await(link->declare(name, cursor, push::Run{.statement = what, .arguments = {}, .sync = sync}, sink));
  }
  std::string fetched(std::string_view name, FetchDirection direction) {
    TestSink sink;
    Outcome outcome = await(link->fetch(name, direction, {}, true, true, sink));
    if (!outcome.ok()) return "error: " + outcome.failure->error.message;
    std::string text = outcome.tag + ":";
    for (const Row& row : sink.rows()) text += " " + row.at(0).value_or("NULL");
    return text;
  }
};

TEST_F(SessionTest, ABatchSharesOneTransactionUntilSync) {
  const StatementPtr now = statement("SELECT now()::text || ' ' || pg_backend_pid()");
  TestSink first;
  TestSink second;
  ASSERT_TRUE(run(now, first, false).ok());
  EXPECT_TRUE(link->holdsConnections());
  ASSERT_TRUE(run(now, second, false).ok());
  EXPECT_EQ(first.first(), second.first());
  ASSERT_TRUE(await(link->sync()).ok());
  EXPECT_FALSE(link->holdsConnections());
  TestSink third;
  ASSERT_TRUE(run(now, third).ok());
  EXPECT_NE(first.first(), third.first());
}

TEST_F(SessionTest, AFailedBatchIgnoresTheRestUntilSync) {
  TestSink sink;
  ASSERT_TRUE(run(statement("SELECT 1"), sink, false).ok());
  EXPECT_FALSE(run(statement("SELECT 1/0"), sink, false).ok());
  Outcome ignored = run(statement("SELECT 2"), sink, false);
  ASSERT_FALSE(ignored.ok());
  EXPECT_EQ(ignored.failure->error.code, base::ErrorCode::inFailedTransaction);
  ASSERT_TRUE(await(link->sync()).ok());
  EXPECT_EQ(scalar("SELECT 2"), "2");
}

TEST_F(SessionTest, ALastSyncedRunEndsTheBatch) {
  TestSink sink;
  ASSERT_TRUE(run(statement("SELECT 1"), sink, false).ok());
  ASSERT_TRUE(run(statement("SELECT 2"), sink, true).ok());
  EXPECT_FALSE(link->holdsConnections());
}

TEST_F(SessionTest, PortalsSuspendAndGoOn) {
  TestSink sink;
  Outcome outcome = portalRun("", 4, false, sink);
  EXPECT_EQ(outcome.kind, Outcome::Kind::suspended);
  EXPECT_EQ(outcome.rows, 4U);
  EXPECT_TRUE(link->hasPortal(""));
  EXPECT_EQ(await(link->resume("", 4, false, sink)).kind, Outcome::Kind::suspended);
  outcome = await(link->resume("", 4, false, sink));
  EXPECT_EQ(outcome.kind, Outcome::Kind::complete);
  EXPECT_EQ(outcome.rows, 2U);
  EXPECT_EQ(await(link->resume("", 4, false, sink)).rows, 0U);
  EXPECT_EQ(sink.rowCount, 10U);
  ASSERT_TRUE(await(link->sync()).ok());
  EXPECT_FALSE(link->hasPortal(""));
  EXPECT_FALSE(link->holdsConnections());
  EXPECT_EQ(base::sqlstateOf(await(link->resume("", 4, true, sink)).failure->error), "34000");
}

TEST_F(SessionTest, PortalsOfATransactionInterleave) {
  ASSERT_TRUE(link->begin(Isolation::repeatableRead, false).ok());
  TestSink sink;
  EXPECT_EQ(portalRun("a", 3, true, sink).kind, Outcome::Kind::suspended);
  EXPECT_EQ(portalRun("b", 5, true, sink).kind, Outcome::Kind::suspended);
  EXPECT_EQ(scalar("SELECT 1"), "1");
  EXPECT_EQ(await(link->resume("a", 0, true, sink)).rows, 7U);
  link->closePortal("b");
  EXPECT_FALSE(link->hasPortal("b"));
  EXPECT_EQ(scalar("SELECT count(*) FROM pg_cursors WHERE name LIKE 'p%'"), "0");
  ASSERT_TRUE(await(link->commit()).ok());
  EXPECT_FALSE(link->hasPortal("a"));
  EXPECT_FALSE(link->holdsConnections());
}

TEST_F(SessionTest, TransactionsBeginWithTheirFirstStatement) {
  ASSERT_TRUE(link->begin(Isolation::serializable, true).ok());
  EXPECT_FALSE(link->holdsConnections());
  EXPECT_EQ(link->begin(Isolation::serializable, true).error().code, base::ErrorCode::activeTransaction);
  EXPECT_EQ(scalar("SELECT current_setting('transaction_isolation')"), "serializable");
  EXPECT_EQ(scalar("SELECT current_setting('transaction_deferrable')"), "on");
  EXPECT_EQ(scalar("SELECT current_setting('transaction_read_only')"), "on");
  const std::string now = scalar("SELECT now()");
  EXPECT_EQ(scalar("SELECT now()"), now);
  ASSERT_TRUE(await(link->commit()).ok());
  EXPECT_FALSE(link->holdsConnections());
  EXPECT_NE(scalar("SELECT now()"), now);
}

TEST_F(SessionTest, AFailureFailsTheTransactionAndSavepointsMendIt) {
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  ASSERT_TRUE(link->savepoint("before").ok());
  EXPECT_EQ(scalar("SELECT 1"), "1");
  ASSERT_TRUE(link->savepoint("The \"second\"").ok());
  EXPECT_EQ(scalar("SELECT 1/0"), "error: division by zero");
  EXPECT_TRUE(link->failed());
  EXPECT_EQ(scalar("SELECT 1"),
            "error: current transaction is aborted, commands ignored until end of transaction block");
  ASSERT_TRUE(link->rollbackTo("The \"second\"").ok());
  EXPECT_FALSE(link->failed());
  EXPECT_EQ(scalar("SELECT 2"), "2");
  ASSERT_TRUE(link->release("The \"second\"").ok());
  EXPECT_EQ(base::sqlstateOf(link->rollbackTo("The \"second\"").error()), "3B001");
  EXPECT_EQ(scalar("SELECT 1/0"), "error: division by zero");
  ASSERT_TRUE(link->rollbackTo("before").ok());
  EXPECT_EQ(scalar("SELECT 3"), "3");
  ASSERT_TRUE(await(link->rollback()).ok());
  EXPECT_FALSE(link->inTransaction());
  EXPECT_EQ(scalar("SELECT 4"), "4");
}

TEST_F(SessionTest, ManySavepointsBetweenStatementsCostNothing) {
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  EXPECT_EQ(scalar("SELECT 1"), "1");
  ASSERT_TRUE(link->savepoint("kept").ok());
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(link->savepoint("s").ok());
    ASSERT_TRUE((i % 2 == 0 ? link->release("s") : link->rollbackTo("kept")).ok());
  }
  EXPECT_EQ(scalar("SELECT 1"), "1");
  ASSERT_TRUE(await(link->commit()).ok());
}

TEST_F(SessionTest, SettingsChangedInsideATransactionFollowItsEnd) {
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  EXPECT_EQ(scalar("SELECT current_setting('TimeZone')"), "UTC");
  link->setSettings(*postgres::SessionSettings::defaults()->with("TimeZone", "Asia/Tokyo"));
  EXPECT_EQ(scalar("SELECT current_setting('TimeZone')"), "Asia/Tokyo");
  ASSERT_TRUE(await(link->rollback()).ok());
  EXPECT_EQ(scalar("SELECT current_setting('TimeZone')"), "Asia/Tokyo");
  link->setSettings(postgres::SessionSettings::defaults());
  EXPECT_EQ(scalar("SELECT current_setting('TimeZone')"), "UTC");
}

TEST_F(SessionTest, ALostConnectionLosesTheTransaction) {
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  ASSERT_TRUE(link->savepoint("s").ok());
  const std::string pid = scalar("SELECT pg_backend_pid()");
  test::SourceServer::shared().sql("SELECT pg_terminate_backend(" + pid + ", 5000)");
  TestSink sink;
  Outcome outcome = run(numbers_, sink);
  ASSERT_FALSE(outcome.ok());
  EXPECT_TRUE(outcome.failure->transactionLost);
  EXPECT_TRUE(link->failed());
  EXPECT_FALSE(link->rollbackTo("s").ok());
  ASSERT_TRUE(await(link->rollback()).ok());
  EXPECT_EQ(scalar("SELECT 1"), "1");
}

TEST_F(SessionTest, CursorsBindTheirParametersAndScroll) {
  auto routed = query("SELECT g AS n FROM generate_series($1::int, $2::int) g");
  routed->clientParameters = 1;
  routed->parameters = {{route::ParameterOrigin::From::client, 0}, {route::ParameterOrigin::From::lifted, 0}};
  const std::string values = sized({"3"});
  const std::string_view lifted[] = {"9"};
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  TestSink sink;
  push::Run what{.statement = prepare(routed), .arguments = {.values = values, .valueCount = 1, .lifted = lifted}};
  Outcome declared = await(link->declare("My Cursor", {.scroll = CursorOptions::Scroll::yes}, what, sink));
  ASSERT_TRUE(declared.ok()) << declared.failure->error.message;
  EXPECT_EQ(declared.tag, "DECLARE CURSOR");
  using enum FetchDirection::Kind;
  EXPECT_EQ(fetched("My Cursor", {}), "FETCH 1: 3");
  EXPECT_EQ(fetched("My Cursor", {forward, false, 2}), "FETCH 2: 4 5");
  EXPECT_EQ(fetched("My Cursor", {backward, false, 1}), "FETCH 1: 4");
  EXPECT_EQ(fetched("My Cursor", {absolute, false, -1}), "FETCH 1: 9");
  EXPECT_EQ(fetched("My Cursor", {relative, false, -2}), "FETCH 1: 7");
  EXPECT_EQ(await(link->move("My Cursor", {absolute, false, 0}, true, sink)).tag, "MOVE 0");
  EXPECT_EQ(fetched("My Cursor", {forward, true}), "FETCH 7: 3 4 5 6 7 8 9");
  ASSERT_TRUE(await(link->closeCursor("My Cursor")).ok());
  EXPECT_EQ(fetched("My Cursor", {}), "error: cursor \"My Cursor\" does not exist");
  ASSERT_TRUE(await(link->rollback()).ok());
}

TEST_F(SessionTest, CursorsNeedATransactionUnlessTheyHold) {
  EXPECT_EQ(declare("c", {}, numbers_).failure->error.code, base::ErrorCode::noActiveTransaction);
  ASSERT_TRUE(declare("c", {.hold = true}, numbers_).ok());
  EXPECT_EQ(declare("c", {.hold = true}, numbers_).failure->error.code, base::ErrorCode::duplicateCursor);
  EXPECT_TRUE(link->holdsConnections());
  EXPECT_EQ(fetched("c", {}), "FETCH 1: 1");
  EXPECT_EQ(scalar("SELECT 5"), "5");
  ASSERT_TRUE(await(link->closeCursor("c")).ok());
  EXPECT_FALSE(link->holdsConnections());
}

TEST_F(SessionTest, HeldCursorsOutliveCommitAndOthersDoNot) {
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  ASSERT_TRUE(declare("kept", {.hold = true}, numbers_).ok());
  ASSERT_TRUE(declare("gone", {}, numbers_).ok());
  ASSERT_TRUE(await(link->commit()).ok());
  EXPECT_EQ(link->cursorNames(), std::vector<std::string>{"kept"});
  EXPECT_EQ(fetched("kept", {.count = 2}), "FETCH 2: 1 2");
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  EXPECT_EQ(fetched("kept", {}), "FETCH 1: 3");
  ASSERT_TRUE(await(link->rollback()).ok());
  EXPECT_TRUE(link->holdsConnections());
  link->reset();
  EXPECT_FALSE(link->holdsConnections());
  EXPECT_EQ(fetched("kept", {}), "error: cursor \"kept\" does not exist");
}

TEST_F(SessionTest, ACursorOfARolledBackSavepointIsGone) {
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  ASSERT_TRUE(link->savepoint("s").ok());
  ASSERT_TRUE(declare("c", {}, numbers_).ok());
  ASSERT_TRUE(link->rollbackTo("s").ok());
  EXPECT_EQ(fetched("c", {}), "error: cursor \"c\" does not exist");
  ASSERT_TRUE(await(link->rollback()).ok());
}

TEST_F(SessionTest, BinaryCursorsYieldBinary) {
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  ASSERT_TRUE(declare("b", {.binary = true}, numbers_).ok());
  EXPECT_TRUE(link->cursorIsBinary("b"));
  EXPECT_EQ(fetched("b", {}), std::string("FETCH 1: ") + std::string("\0\0\0\1", 4));
  ASSERT_TRUE(await(link->commit()).ok());
}

TEST_F(SessionTest, ErrorsInACursorsStatementPointIntoTheUsersText) {
  auto routed = query("SELECT nosuch(1)", true);
  routed->positions = {{7, 16, 21}};
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  Outcome outcome = declare("c", {}, prepare(routed));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure->error.position, 21U);
  ASSERT_TRUE(await(link->rollback()).ok());
}

TEST_F(SessionTest, ASessionThatEndsInsideATransactionLeavesNothingBehind) {
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  const std::string pid = scalar("SELECT pg_backend_pid()");
  makeLink();
  EXPECT_NE(scalar("SELECT pg_backend_pid()"), pid);
  EXPECT_EQ(scalar("SELECT count(*) FROM pg_cursors WHERE name <> ''"), "0");
}

}  // namespace
}  // namespace scrim::push
