// SPDX-License-Identifier: Apache-2.0
// Connecting, logging in and moving bytes, with real and with hostile servers.
#include <asio/ip/tcp.hpp>

#include "tests/support/hostile_server.h"
#include "tests/unit/server_sources_postgres/connection_fixture.h"

namespace scrim::postgres {
namespace {

using asio::ip::tcp;

TEST_F(ConnectionTest, LogsInAndPinsTheSession) {
  auto options = localOptions();
  options->statementTimeout = std::chrono::seconds(7);
  const auto connection = connected(options);
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(ask(*connection, "SELECT current_setting('search_path')"), "pg_catalog");
  EXPECT_EQ(ask(*connection, "SELECT current_setting('statement_timeout')"), "7s");
  EXPECT_EQ(ask(*connection, "SELECT current_setting('default_transaction_read_only')"), "on");
  EXPECT_EQ(ask(*connection, "SELECT pg_backend_pid()"), std::to_string(connection->backendPid()));
  EXPECT_TRUE(connection->clean());
}

TEST_F(ConnectionTest, TlsIsVerifiedInFull) {
  const auto connection = connected(secureOptions());
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(ask(*connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "t");
  EXPECT_EQ(ask(*connection, "SELECT length(repeat('x', 3000000))"), "3000000");
  EXPECT_EQ(ask(*connection, "SELECT repeat('x', 3000000)").size(), 3'000'000U);
  EXPECT_FALSE(connection->looksDead());
}

TEST_F(ConnectionTest, AWrongCertificateIsRefused) {
  auto options = secureOptions();
  options->caFile = test::SourceServer::shared().strangerFile();
  EXPECT_EQ(refusal(options).code, base::ErrorCode::sourceUnavailable);
  options->tls = TlsMode::verifyCa;
  EXPECT_EQ(refusal(options).code, base::ErrorCode::sourceUnavailable);
  options->caFile.clear();
  EXPECT_EQ(refusal(options).code, base::ErrorCode::sourceUnavailable);
  options->tls = TlsMode::require;
  EXPECT_NE(connected(options), nullptr);
}

TEST_F(ConnectionTest, ACertificateForAnotherHostIsRefused) {
  auto options = secureOptions();
  options->hosts = {"127.0.0.1"};
  EXPECT_EQ(refusal(options).code, base::ErrorCode::sourceUnavailable);
  options->tls = TlsMode::verifyCa;
  EXPECT_NE(connected(options), nullptr);
}

TEST_F(ConnectionTest, AnErrorNamesTheConnectionAndNothingElse) {
  auto options = secureOptions();
  options->password = base::Secret("wrong");
  const base::Error error = refusal(options);
  EXPECT_EQ(error.message, "cannot reach data source connection \"retail\"; try again later, or ask its owner");
  EXPECT_TRUE(error.detail.empty());
}

TEST_F(ConnectionTest, HostsAreTriedInTheirOrder) {
  auto options = localOptions();
  options->hosts = {"/nowhere", "no.such.host.invalid", options->hosts[0]};
  EXPECT_NE(connected(options), nullptr);
  options->ports = {1, 2, options->ports[0]};
  EXPECT_NE(connected(options), nullptr);
  options->anyPrimary = true;
  EXPECT_EQ(refusal(options).code, base::ErrorCode::sourceUnavailable) << "sessions are read-only: none accepts writes";
}

TEST_F(ConnectionTest, HostsThatAreListsAreRefused) {
  for (const auto& hosts : std::vector<std::vector<std::string>>{{}, {""}, {"a,b"}}) {
    auto options = localOptions();
    options->hosts = hosts;
    EXPECT_EQ(refusal(options).code, base::ErrorCode::configInvalid);
  }
}

TEST_F(ConnectionTest, ValuesAreNeverReadAsConnectionStrings) {
  auto options = localOptions();
  options->database = "host=elsewhere user=other";
  EXPECT_EQ(refusal(options).code, base::ErrorCode::sourceUnavailable);
  options = localOptions();
  options->user = "postgres' options='-c search_path=public";
  EXPECT_EQ(refusal(options).code, base::ErrorCode::sourceUnavailable);
}

TEST_F(ConnectionTest, AServerThatSaysNothingIsGivenUp) {
  tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
  auto options = localOptions();
  options->hosts = {"127.0.0.1"};
  options->ports = {silent.local_endpoint().port()};
  options->connectTimeout = std::chrono::seconds(1);
  EXPECT_EQ(refusal(options).code, base::ErrorCode::sourceUnavailable);
}

TEST_F(ConnectionTest, BothSidesMaySendMuchAtOnce) {
  const auto connection = connected(localOptions());
  // The source answers each statement before it reads the next: without reading, the sender would block for ever.
  for (int i = 0; i < 200; ++i)
    connection->writer().query("SELECT repeat('x', 100000), '" + std::string(20'000, 'y') + "'");
  ASSERT_TRUE(await(connection->send()).ok());
  int ready = 0;
  while (ready < 200) {
    const MessageView message = connection->next();
    if (message.type == reply::kReady) ++ready;
    if (message.type == 0) {
      ASSERT_TRUE(await(connection->receive()).ok());
    }
  }
  EXPECT_TRUE(connection->clean());
}

TEST_F(ConnectionTest, PreparedStatementsAreForgottenOldestFirst) {
  const auto connection = connected(localOptions());
  for (std::uint64_t id = 1; id <= kMaxPreparedStatements; ++id) EXPECT_FALSE(connection->notePrepared(id));
  EXPECT_TRUE(connection->isPrepared(1));
  EXPECT_TRUE(connection->notePrepared(1'000));
  EXPECT_TRUE(connection->isPrepared(1));
  EXPECT_FALSE(connection->isPrepared(2));
  EXPECT_EQ(connection->out(), std::string("C\0\0\0\x08Ss2\0", 9));
  connection->forgetPrepared(connection->preparedAs(1));
  EXPECT_FALSE(connection->isPrepared(1));
  // Under other settings it is another statement.
  const auto known = connection->preparedCount();
  EXPECT_TRUE(connection->isPrepared(1'000));
  connection->rememberSettings(*SessionSettings::defaults()->with("TimeZone", "Asia/Tokyo"));
  EXPECT_FALSE(connection->isPrepared(1'000));
  std::string name;
  connection->appendStatementName(name, 1'000);
  EXPECT_NE(name, "s1000");
  connection->rememberSettings(SessionSettings::defaults());
  EXPECT_TRUE(connection->isPrepared(1'000));
  EXPECT_EQ(connection->preparedCount(), known);
}

TEST_F(ConnectionTest, ImpossibleLengthsEndTheConnection) {
  for (const std::uint32_t length : {0U, 1U, 3U, 0x40000000U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    std::string bytes = "D";
    appendU32(bytes, length);
    test::HostileServer server(bytes + "abc");
    auto options = localOptions();
    options->hosts = {"127.0.0.1"};
    options->ports = {server.port()};
    const auto connection = connected(options);
    ASSERT_NE(connection, nullptr);
    connection->writer().query("SELECT 1");
    ASSERT_TRUE(await(connection->send()).ok());
    base::Result<void> received;
    while (received.ok() && !connection->broken()) {
      const char type = connection->next().type;
      EXPECT_TRUE(type == 0 || type == reply::kMalformed);
      std::uint64_t rows = 0;
      EXPECT_TRUE(connection->nextRows(rows).empty());
      received = await(connection->receive());
    }
    EXPECT_TRUE(connection->broken()) << length;
  }
}

TEST_F(ConnectionTest, AnEndAmidAMessageIsALoss) {
  std::string bytes = "D";
  appendU32(bytes, 100);
  test::HostileServer server(bytes + "abc");
  auto options = localOptions();
  options->hosts = {"127.0.0.1"};
  options->ports = {server.port()};
  const auto connection = connected(options);
  EXPECT_EQ(ask(*connection, "SELECT 1"), "lost");
  EXPECT_FALSE(connection->clean());
}

}  // namespace
}  // namespace scrim::postgres
