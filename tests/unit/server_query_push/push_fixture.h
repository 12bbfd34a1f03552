// SPDX-License-Identifier: Apache-2.0
// A Link over a private PostgreSQL, and a sink that remembers what a client would have been sent.
#pragma once

#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/query/push/link.h"
#include "tests/support/source_server.h"

namespace scrim::push {

using Row = std::vector<std::optional<std::string>>;

inline std::vector<Row> decodeRows(std::string_view bytes) {
  std::vector<Row> rows;
  while (!bytes.empty()) {
    const std::size_t whole = postgres::readU32(bytes.data() + 1) + 1;
    std::string_view body = bytes.substr(5, whole - 5);
    Row row;
    const int columns = postgres::readU16(body.data());
    body.remove_prefix(2);
    for (int i = 0; i < columns; ++i) {
      const auto length = static_cast<std::int32_t>(postgres::readU32(body.data()));
      body.remove_prefix(4);
      if (length < 0) {
        row.emplace_back(std::nullopt);
      } else {
        row.emplace_back(std::string(body.substr(0, static_cast<std::size_t>(length))));
        body.remove_prefix(static_cast<std::size_t>(length));
      }
    }
    rows.push_back(std::move(row));
    bytes.remove_prefix(whole);
  }
  return rows;
}

class TestSink : public ResultSink {
 public:
  bool mustAdmit() const override { return admits; }
  asio::awaitable<base::Result<void>> admit() override {
    ++admissions;
    if (onAdmit) co_return onAdmit();
    co_return base::Result<void>();
  }
  base::Result<void> stillValid() override { return onCheck ? onCheck() : base::Result<void>(); }
  void describe(const Description& description) override {
    described.clear();
    for (const ColumnDescription& column : description.columns()) described.push_back(column.name);
  }
  bool rows(std::string_view messages, std::uint64_t count) override {
    EXPECT_TRUE(admissions > 0 || !admits);
    rowCount += count;
    byteCount += messages.size();
    if (keep) bytes += messages;
    return drainAfter > 0 && (undrained += messages.size()) >= drainAfter;
  }
  asio::awaitable<base::Result<void>> drain() override {
    undrained = 0;
    ++drains;
    if (onDrain) co_return co_await onDrain();
    co_return base::Result<void>();
  }
  void notice(const postgres::SourceMessage& message) override { notices.push_back(message.message); }
  std::string auditId() override { return "a1-7"; }

  std::vector<Row> rows() const { return decodeRows(bytes); }
  std::string first() const { return rows().at(0).at(0).value_or("NULL"); }

  std::function<base::Result<void>()> onAdmit, onCheck;
  std::function<asio::awaitable<base::Result<void>>()> onDrain;
  bool admits = true;
  bool keep = true;
  std::size_t drainAfter = 0, undrained = 0;
  int admissions = 0, drains = 0;
  std::uint64_t rowCount = 0, byteCount = 0;
  std::string bytes;
  std::vector<std::string> described, notices;
};

/// Values of a Bind message, in the raw form that Arguments takes.
inline std::string sized(std::initializer_list<std::optional<std::string_view>> values) {
  std::string bytes;
  for (const auto& value : values) {
    postgres::appendU32(bytes, value ? static_cast<std::uint32_t>(value->size()) : 0xffffffff);
    if (value) bytes += *value;
  }
  return bytes;
}

class PushTest : public testing::Test {
 protected:
  static constexpr base::ConnectionId kSource{1};

  PushTest() { makeLink(); }
  ~PushTest() override {
    link.reset();
    pools.close();
    context.restart();
    context.run();
  }

  static std::shared_ptr<postgres::ConnectOptions> localOptions() {
    auto options = std::make_shared<postgres::ConnectOptions>();
    auto& server = test::SourceServer::shared();
    options->name = "retail";
    options->hosts = {server.socketFolder()};
    options->ports = {server.port()};
    options->database = options->user = "postgres";
    options->tls = postgres::TlsMode::disable;
    options->digest = "retail-1";
    return options;
  }

  void makeLink() {
    link = std::make_unique<Link>(context.get_executor(), pools, postgres::Holder{"alice"},
                                  [this](base::ConnectionId) -> base::Result<postgres::ConnectOptionsPtr> {
                                    return postgres::ConnectOptionsPtr(options);
                                  });
  }

  /// Runs a coroutine to its end.
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

  static std::shared_ptr<route::RoutedQuery> query(std::string sql, bool touchesProtected = false) {
    auto routed = std::make_shared<route::RoutedQuery>();
    routed->connection = kSource;
    routed->sql = std::move(sql);
    routed->touchesProtected = touchesProtected;
    return routed;
  }
  static StatementPtr statement(std::string sql, bool touchesProtected = false) {
    return prepare(query(std::move(sql), touchesProtected));
  }
  /// With that many client parameters of inferred type.
  static StatementPtr withParameters(std::string sql, int count) {
    auto routed = query(std::move(sql));
    routed->clientParameters = count;
    for (int i = 0; i < count; ++i) routed->parameters.push_back({route::ParameterOrigin::From::client, i});
    return prepare(routed);
  }

  Outcome run(const StatementPtr& what, TestSink& sink, bool sync = true) {
    return await(link->run(push::Run{.statement = what, .arguments = {}, .sync = sync}, sink));
  }
  /// The first column of the first row.
  std::string scalar(std::string sql) {
    TestSink sink;
    Outcome outcome = run(statement(std::move(sql)), sink);
    if (!outcome.ok()) return "error: " + outcome.failure->error.message;
    return sink.rowCount == 0 ? "no row" : sink.first();
  }

  asio::io_context context{1};
  postgres::Pools pools{context.get_executor(), std::make_shared<postgres::Budgets>()};
  std::shared_ptr<postgres::ConnectOptions> options = localOptions();
  std::unique_ptr<Link> link;
};

}  // namespace scrim::push
