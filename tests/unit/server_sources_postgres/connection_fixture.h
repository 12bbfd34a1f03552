// SPDX-License-Identifier: Apache-2.0
// Runs coroutines of the room to their end, against a private PostgreSQL.
#pragma once

#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include "server/sources/postgres/pool.h"
#include "tests/support/source_server.h"

namespace scrim::postgres {

class ConnectionTest : public testing::Test {
 protected:
  using Options = std::shared_ptr<ConnectOptions>;

  /// Over the UNIX socket, as the superuser.
  static Options localOptions() {
    auto options = std::make_shared<ConnectOptions>();
    auto& server = test::SourceServer::shared();
    options->name = "retail";
    options->hosts = {server.socketFolder()};
    options->ports = {server.port()};
    options->database = options->user = "postgres";
    options->tls = TlsMode::disable;
    options->digest = "local";
    return options;
  }
  /// Over TLS, as an account with a password.
  static Options secureOptions() {
    auto options = localOptions();
    test::SourceServer::shared().sql("DROP ROLE IF EXISTS secure; CREATE ROLE secure LOGIN PASSWORD 'pass ''word'''");
    options->hosts = {"localhost"};
    options->user = "secure";
    options->password = base::Secret("pass 'word'");
    options->tls = TlsMode::verifyFull;
    options->caFile = test::SourceServer::shared().authorityFile();
    return options;
  }

  template <typename T>
  T await(asio::awaitable<T> work) {
    std::optional<T> result;
    const auto keep = [&]() -> asio::awaitable<void> { result.emplace(co_await std::move(work)); };
    asio::co_spawn(context, keep, [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    context.restart();
    while (!result && context.run_one() > 0) {
    }
    return std::move(*result);
  }

  std::unique_ptr<UpstreamConnection> connected(const Options& options) {
    auto connection = await(UpstreamConnection::connect(options));
    EXPECT_TRUE(connection.ok()) << connection.error().message;
    return connection.ok() ? std::move(*connection) : nullptr;
  }
  base::Error refusal(const Options& options) {
    auto connection = await(UpstreamConnection::connect(options));
    EXPECT_FALSE(connection.ok());
    return connection.ok() ? base::Error{} : connection.error();
  }

  /// The first column of the first row, by the simple protocol.
  std::string ask(UpstreamConnection& connection, std::string_view sql) {
    connection.writer().query(sql);
    EXPECT_TRUE(await(connection.send()).ok());
    std::string answer = "no row";
    while (true) {
      const MessageView message = connection.next();
      if (message.type == reply::kReady) return answer;
      if (message.type == reply::kError) answer = "error: " + parseSourceMessage(message.body).message;
      if (message.type == reply::kDataRow) answer = message.body.substr(6, readU32(message.body.data() + 2));
      if (message.type == 0 && !await(connection.receive()).ok()) return "lost";
    }
  }

  asio::io_context context{1};
};

}  // namespace scrim::postgres
