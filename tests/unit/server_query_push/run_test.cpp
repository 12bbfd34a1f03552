// SPDX-License-Identifier: Apache-2.0
// Statements through Link against a real server: values, formats, streaming, errors, staleness, cancel.
#include <set>

#include "tests/unit/server_query_push/push_fixture.h"

namespace scrim::push {
namespace {

using From = route::ParameterOrigin::From;

TEST_F(PushTest, RunsAStatementAndDescribesIt) {
  TestSink sink;
  Outcome outcome =
      await(link->run(push::Run{.statement = statement("SELECT g AS n, 'x' || g AS t FROM generate_series(1, 3) g"),
                                .arguments = {},
                                .wantsDescription = true},
                      sink));
  ASSERT_TRUE(outcome.ok()) << outcome.failure->error.message;
  EXPECT_EQ(outcome.tag, "SELECT 3");
  EXPECT_EQ(outcome.rows, 3U);
  EXPECT_EQ(outcome.bytes, sink.bytes.size());
  EXPECT_GT(outcome.backendPid, 0);
  EXPECT_EQ(sink.described, (std::vector<std::string>{"n", "t"}));
  EXPECT_EQ(sink.rows(), (std::vector<Row>{{"1", "x1"}, {"2", "x2"}, {"3", "x3"}}));
  EXPECT_EQ(sink.admissions, 1);
  EXPECT_FALSE(link->holdsConnections());
}

TEST_F(PushTest, ATextIsForgottenWithItsLastStatement) {
  const std::size_t before = textsInUse();
  {
    const StatementPtr one = statement("SELECT 4711 AS forgotten");
    const StatementPtr other = statement("SELECT 4711 AS forgotten");
    EXPECT_EQ(one->id(), other->id());
    EXPECT_EQ(textsInUse(), before + 1);
  }
  EXPECT_EQ(textsInUse(), before);
}

TEST_F(PushTest, SessionIsPinned) {
  EXPECT_EQ(scalar("SELECT current_setting('search_path')"), "pg_catalog");
  EXPECT_EQ(scalar("SELECT current_setting('transaction_read_only')"), "on");
  EXPECT_EQ(scalar("SELECT current_setting('application_name')"), "scrim");
  EXPECT_EQ(scalar("SELECT current_setting('TimeZone')"), "UTC");
  EXPECT_EQ(scalar("SELECT current_setting('client_encoding')"), "UTF8");
  EXPECT_EQ(scalar("CREATE TABLE public.never (a int)"),
            "error: cannot execute CREATE TABLE in a read-only transaction");
}

TEST_F(PushTest, OneConnectionIsUsedAgainAndStatementsStayPrepared) {
  const StatementPtr pid = statement("SELECT pg_backend_pid()");
  std::set<std::string> pids;
  for (int i = 0; i < 5; ++i) {
    TestSink sink;
    ASSERT_TRUE(run(i % 2 == 0 ? pid : statement("SELECT pg_backend_pid()"), sink).ok());
    pids.insert(sink.first());
  }
  EXPECT_EQ(pids.size(), 1U);
  EXPECT_EQ(scalar("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT pg_backend_pid()'"), "1");
}

TEST_F(PushTest, ClientLiftedAndPolicyValuesMeet) {
  auto routed = query("SELECT $1::int + $2::int, $3::text, sha256($4::bytea)::text");
  routed->clientParameters = 1;
  routed->parameters = {{From::client, 0}, {From::lifted, 1}, {From::lifted, 0}, {From::policy, 0}};
  routed->policyValues.emplace_back(std::string("\0\xff", 2));
  const std::string values = sized({std::string_view("\0\0\0\x28", 4)});
  const std::string binary("\0\1", 2);
  const std::string_view lifted[] = {"it's", "2"};
  push::Run run{.statement = prepare(routed),
                .arguments = {.formats = binary, .values = values, .valueCount = 1, .lifted = lifted}};
  TestSink sink;
  Outcome outcome = await(link->run(run, sink));
  ASSERT_TRUE(outcome.ok()) << outcome.failure->error.message;
  EXPECT_EQ(sink.rows().at(0).at(0), "42");
  EXPECT_EQ(sink.rows().at(0).at(1), "it's");
  EXPECT_EQ(sink.rows().at(0).at(2), scalar("SELECT sha256('\\x00ff'::bytea)::text"));
}

TEST_F(PushTest, BinaryResultsAndNulls) {
  const std::string formats("\0\1\0\0", 4);
  TestSink sink;
  push::Run run{.statement = statement("SELECT 258::int4, NULL::text"), .arguments = {.resultFormats = formats}};
  ASSERT_TRUE(await(link->run(run, sink)).ok());
  EXPECT_EQ(sink.rows(), (std::vector<Row>{{std::string("\0\0\1\2", 4), std::nullopt}}));
}

TEST_F(PushTest, ValuesThatDoNotFitNeverReachTheSource) {
  const StatementPtr two = withParameters("SELECT $1::text || $2::text", 2);
  const std::string one = sized({"a"});
  std::string shifted = sized({"a", "b"});
  shifted[3] = 9;  // a length that runs over the end
  const std::string surplus = sized({"a", "b", "c"});
  for (const auto& [values, count] : {std::pair{one, 1}, {shifted, 2}, {surplus, 2}, {std::string(), 2}}) {
    TestSink sink;
    Outcome outcome = await(link->run(
        push::Run{.statement = two, .arguments = {.values = values, .valueCount = static_cast<std::uint16_t>(count)}},
        sink));
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.failure->error.code, base::ErrorCode::protocolViolation);
    EXPECT_EQ(sink.admissions, 0);
  }
}

TEST_F(PushTest, RowsLargerThanAnyBuffer) {
  TestSink sink;
  Outcome outcome = run(statement("SELECT repeat('a', 3000000) FROM generate_series(1, 3)"), sink);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.rows, 3U);
  EXPECT_EQ(sink.first().size(), 3'000'000U);
}

TEST_F(PushTest, AMillionRowsStreamThroughASmallBuffer) {
  TestSink sink;
  sink.keep = false;
  sink.drainAfter = 64 * 1024;
  Outcome outcome = run(statement("SELECT g, repeat('x', 40) FROM generate_series(1, 1000000) g"), sink);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(sink.rowCount, 1'000'000U);
  EXPECT_EQ(outcome.tag, "SELECT 1000000");
  EXPECT_GT(sink.drains, 100);
}

TEST_F(PushTest, ASlowClientStopsTheSource) {
  TestSink sink;
  sink.keep = false;
  sink.drainAfter = 64 * 1024;
  int polls = 0;
  std::uint64_t seen = 0;
  sink.onDrain = [&]() -> asio::awaitable<base::Result<void>> {
    if (sink.drains == 1) {
      // While the client does not drain, nothing more is read: the source blocks in its write.
      seen = sink.byteCount;
      asio::steady_timer timer(context);
      for (; polls < 200; ++polls) {
        if (test::SourceServer::shared().sql(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite'") == "1")
          break;
        timer.expires_after(std::chrono::milliseconds(10));
        co_await timer.async_wait(asio::use_awaitable);
      }
      EXPECT_EQ(sink.byteCount, seen);
    }
    co_return base::Result<void>();
  };
  Outcome outcome = run(statement("SELECT g, repeat('x', 1000) FROM generate_series(1, 20000) g"), sink);
  ASSERT_TRUE(outcome.ok());
  EXPECT_LT(polls, 200);
  EXPECT_EQ(sink.rowCount, 20'000U);
}

TEST_F(PushTest, NothingIsHandedOverWithoutAdmission) {
  TestSink sink;
  sink.onAdmit = [] { return base::Error{base::ErrorCode::auditUnavailable, "no audit"}; };
  Outcome outcome = run(statement("SELECT 1"), sink);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure->error.code, base::ErrorCode::auditUnavailable);
  EXPECT_EQ(sink.rowCount, 0U);
  sink.onAdmit = nullptr;
  EXPECT_TRUE(run(statement("SELECT 1"), sink).ok());
}

TEST_F(PushTest, AChangedPolicyStopsARunningResult) {
  TestSink sink;
  sink.keep = false;
  int checks = 0;
  sink.onCheck = [&]() -> base::Result<void> {
    if (++checks < 5) return {};
    return base::Error{base::ErrorCode::policyChanged, "policy changed"};
  };
  Outcome outcome = run(statement("SELECT g FROM generate_series(1, 10000000) g"), sink);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure->error.code, base::ErrorCode::policyChanged);
  EXPECT_LT(sink.rowCount, 1'000'000U);
  EXPECT_EQ(scalar("SELECT 1"), "1");
}

TEST_F(PushTest, ACancelStandsThoughThePolicyChangesMeanwhile) {
  TestSink sink;
  sink.onCheck = [&]() -> base::Result<void> {
    link->cancel();
    return base::Error{base::ErrorCode::policyChanged, "policy changed"};
  };
  Outcome outcome = run(statement("SELECT g FROM generate_series(1, 10) g"), sink);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure->error.code, base::ErrorCode::queryCanceled);
  EXPECT_EQ(sink.rowCount, 0U);
  EXPECT_EQ(scalar("SELECT 1"), "1");
}

TEST_F(PushTest, AnErrorAmidRows) {
  TestSink sink;
  Outcome outcome = run(statement("SELECT 1 / (50000 - g) FROM generate_series(1, 100000) g", true), sink);
  ASSERT_FALSE(outcome.ok());
  EXPECT_GT(sink.rowCount, 0U);
  EXPECT_EQ(outcome.failure->error.message, "division by zero (audit id a1-7)");
  EXPECT_EQ(base::sqlstateOf(outcome.failure->error), "22012");
  EXPECT_NE(outcome.failure->sourceText.find("division by zero"), std::string::npos);
  EXPECT_EQ(scalar("SELECT 1"), "1");
}

TEST_F(PushTest, DescribeIsCachedForAllWithTheSameText) {
  const StatementPtr first = withParameters("SELECT $1::int8 AS v, typname FROM pg_type WHERE oid = $2", 2);
  auto described = await(link->describe(first, ""));
  ASSERT_TRUE(described.ok());
  EXPECT_EQ((*described)->parameterTypes(), (std::vector<std::uint32_t>{20, 26}));
  EXPECT_EQ((*described)->columns().at(0).type, 20U);
  EXPECT_EQ((*described)->columns().at(1).name, "typname");
  const StatementPtr second = withParameters("SELECT $1::int8 AS v, typname FROM pg_type WHERE oid = $2", 2);
  EXPECT_EQ(second->description(), *described);
  EXPECT_EQ(second->id(), first->id());
  const std::string message = (*described)->rowDescription();
  EXPECT_EQ(message.find(std::string("\0\0\4\xdf", 4)), std::string::npos) << "OID of pg_type must not be told";
}

TEST_F(PushTest, ARowDescriptionTakesResultFormats) {
  auto described = await(link->describe(statement("SELECT 1 AS a, 2 AS b"), ""));
  ASSERT_TRUE(described.ok());
  std::string out;
  (*described)->appendRowDescription(out, std::string_view("\0\1\0\0", 4));
  EXPECT_NE(out, (*described)->rowDescription());
  EXPECT_EQ(out.substr(out.size() - 2), std::string("\0\0", 2));
  EXPECT_EQ(out.substr(out.size() - 2 - 2 - 18, 2), std::string("\0\1", 2));
}

TEST_F(PushTest, ATableThatChangesItsTypeIsPreparedAgain) {
  auto& server = test::SourceServer::shared();
  server.sql("DROP TABLE IF EXISTS shifting; CREATE TABLE shifting AS SELECT 1::int4 AS a");
  const StatementPtr read = statement("SELECT * FROM public.shifting");
  TestSink sink;
  ASSERT_TRUE(run(read, sink).ok());
  const DescriptionPtr before = read->description();
  server.sql("ALTER TABLE shifting ALTER a TYPE text");
  ASSERT_TRUE(run(read, sink).ok());
  EXPECT_EQ(read->description()->columns().at(0).type, 25U);
  Outcome told = await(link->run(push::Run{.statement = read, .arguments = {}, .described = before}, sink));
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(base::sqlstateOf(told.failure->error), "0A000");
}

TEST_F(PushTest, ManyStatementsKeepTheNewestPrepared) {
  for (int i = 0; i < 600; ++i) ASSERT_EQ(scalar("SELECT " + std::to_string(i) + " AS lru"), std::to_string(i));
  EXPECT_EQ(scalar("SELECT count(*) <= 512 AND count(*) > 500 FROM pg_prepared_statements"), "t");
  EXPECT_EQ(scalar("SELECT 0 AS lru"), "0");
  EXPECT_EQ(scalar("SELECT 599 AS lru"), "599");
}

TEST_F(PushTest, SettingsTravelWithTheSession) {
  auto tokyo = postgres::SessionSettings::defaults()->with("timezone", "Asia/Tokyo");
  ASSERT_TRUE(tokyo.ok());
  const std::string pid = scalar("SELECT pg_backend_pid()");
  Link other(context.get_executor(), pools, postgres::Holder{"alice"},
             [this](base::ConnectionId) -> base::Result<postgres::ConnectOptionsPtr> {
               return postgres::ConnectOptionsPtr(options);
             });
  other.setSettings(*tokyo);
  const StatementPtr show = statement("SELECT current_setting('TimeZone') || pg_backend_pid()");
  for (int i = 0; i < 2; ++i) {
    TestSink sink;
    ASSERT_TRUE(await(other.run(push::Run{.statement = show, .arguments = {}}, sink)).ok());
    EXPECT_EQ(sink.first(), "Asia/Tokyo" + pid);
    EXPECT_EQ(scalar("SELECT current_setting('TimeZone') || pg_backend_pid()"), "UTC" + pid);
  }
}

TEST_F(PushTest, AnUnknownTimeZoneFailsAndDoesNotStick) {
  auto nowhere = postgres::SessionSettings::defaults()->with("TimeZone", "Mars/Olympus");
  link->setSettings(*nowhere);
  EXPECT_EQ(scalar("SELECT 1"), "error: invalid value for parameter \"TimeZone\": \"Mars/Olympus\"");
  link->setSettings(postgres::SessionSettings::defaults());
  EXPECT_EQ(scalar("SELECT current_setting('TimeZone')"), "UTC");
}

TEST_F(PushTest, ARestartedSourceIsNotNoticed) {
  ASSERT_EQ(scalar("SELECT 1"), "1");
  test::SourceServer::shared().restart();
  EXPECT_EQ(scalar("SELECT 1"), "1");
  ASSERT_EQ(scalar("SELECT 2"), "2");
  test::SourceServer::shared().killHard();
  test::SourceServer::shared().start();
  EXPECT_EQ(scalar("SELECT 1"), "1");
}

TEST_F(PushTest, ASourceThatIsDownIsAClearErrorAndComesBack) {
  auto& server = test::SourceServer::shared();
  ASSERT_EQ(scalar("SELECT 1"), "1");
  server.killHard();
  const std::string words = "error: cannot reach data source connection \"retail\"; try again later, or ask its owner";
  EXPECT_EQ(scalar("SELECT 1"), words);
  EXPECT_EQ(scalar("SELECT 1"), words);
  server.start();
  std::string answer = words;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (answer == words && std::chrono::steady_clock::now() < patience) answer = scalar("SELECT 1");
  EXPECT_EQ(answer, "1");
}

TEST_F(PushTest, AKilledBackendAmidRowsIsAnErrorNotARetry) {
  TestSink sink;
  sink.keep = false;
  sink.drainAfter = 64 * 1024;
  sink.onDrain = [&]() -> asio::awaitable<base::Result<void>> {
    if (sink.drains == 1)
      test::SourceServer::shared().sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'scrim'");
    co_return base::Result<void>();
  };
  Outcome outcome = run(statement("SELECT g, repeat('x', 100) FROM generate_series(1, 1000000) g", true), sink);
  ASSERT_FALSE(outcome.ok());
  EXPECT_LT(sink.rowCount, 1'000'000U);
  EXPECT_EQ(sink.admissions, 1);
  EXPECT_EQ(scalar("SELECT 1"), "1");
}

TEST_F(PushTest, CancelFromAnotherThread) {
  auto canceller = link->canceller();
  TestSink sink;
  std::thread other([canceller] {
    auto& server = test::SourceServer::shared();
    while (server.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") != "1") {
    }
    canceller->request();
  });
  Outcome outcome = run(statement("SELECT pg_sleep(60)"), sink);
  other.join();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure->error.message, "canceling statement due to user request");
  EXPECT_EQ(base::sqlstateOf(outcome.failure->error), "57014");
  EXPECT_EQ(scalar("SELECT 1"), "1");
  link.reset();
  canceller->request();  // of a session that has gone: nothing happens
  context.restart();
  context.poll();
}

TEST_F(PushTest, WaitingForAConnectionEnds) {
  options->maxConnections = 1;
  options->digest = "retail-small";
  Link other(context.get_executor(), pools, postgres::Holder{"alice"},
             [this](base::ConnectionId) -> base::Result<postgres::ConnectOptionsPtr> {
               return postgres::ConnectOptionsPtr(options);
             });
  ASSERT_TRUE(link->begin(Isolation::readCommitted, false).ok());
  ASSERT_EQ(scalar("SELECT 1"), "1");
  other.setAcquireLimit(std::chrono::milliseconds(20));
  TestSink sink;
  const StatementPtr one = statement("SELECT 1");
  Outcome full = await(other.run(push::Run{.statement = one, .arguments = {}}, sink));
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.failure->error.code, base::ErrorCode::tooManyConnections);
  ASSERT_TRUE(await(link->commit()).ok());
  EXPECT_TRUE(await(other.run(push::Run{.statement = one, .arguments = {}}, sink)).ok());
}

}  // namespace
}  // namespace scrim::push
