// SPDX-License-Identifier: Apache-2.0
// Sources that do not keep to the protocol: a clear error, no byte to the client that was not allowed, no reuse.
#include <random>

#include "tests/support/hostile_server.h"
#include "tests/unit/server_query_push/push_fixture.h"

namespace scrim::push {
namespace {

std::string message(char type, std::string_view body) {
  std::string bytes;
  postgres::MessageWriter writer(bytes);
  writer.begin(type);
  writer.bytes(body);
  writer.end();
  return bytes;
}

const std::string kPrepared =
    message('1', "") + message('t', std::string_view("\0\0", 2)) +
    message('T', std::string_view("\0\1a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0", 22)) + message('2', "");
const std::string kRow = message('D', std::string_view("\0\1\0\0\0\1x", 7));
const std::string kEnd = message('C', std::string_view("SELECT 1\0", 9)) + message('Z', "I");

class HostileSource : public PushTest {
 protected:
  Outcome against(const std::string& bytes, TestSink& sink, bool wantsDescription = true) {
    static int number = 0;
    test::HostileServer server(bytes);
    options = localOptions();
    options->hosts = {"127.0.0.1"};
    options->ports = {server.port()};
    options->digest = "hostile-" + std::to_string(++number);
    Outcome outcome = await(link->run(push::Run{.statement = statement("SELECT " + std::to_string(number)),
                                                .arguments = {},
                                                .wantsDescription = wantsDescription},
                                      sink));
    EXPECT_FALSE(link->holdsConnections());
    link->reset();
    return outcome;
  }
};

TEST_F(HostileSource, TheRightBytesAreTaken) {
  TestSink sink;
  Outcome outcome = against(kPrepared + kRow + kEnd, sink);
  ASSERT_TRUE(outcome.ok()) << outcome.failure->error.message;
  EXPECT_EQ(sink.first(), "x");
}

TEST_F(HostileSource, WhatIsOutOfPlaceIsRefused) {
  const std::vector<std::pair<const char*, std::string>> cases{
      {"copy in", kPrepared + message('G', std::string_view("\0\0\0", 3)) + kEnd},
      {"copy out", kPrepared + message('H', std::string_view("\0\0\0", 3)) + kEnd},
      {"authentication again", message('R', std::string_view("\0\0\0\3", 4)) + kPrepared + kRow + kEnd},
      {"function result", kPrepared + message('V', "x") + kEnd},
      {"unknown type", kPrepared + message('~', "x") + kEnd},
      {"zero type", kPrepared + message('\0', "x") + kEnd},
      {"row description cut",
       message('1', "") + message('t', std::string_view("\0\0", 2)) + message('T', std::string_view("\0\5a\0", 4))},
      {"row description without a body", message('1', "") + message('t', std::string_view("\0\0", 2)) +
                                             message('T', "") + message('2', "") + kRow + kEnd},
      {"parameter description cut", message('1', "") + message('t', std::string_view("\0\1", 2)) + message('n', "")},
      {"no parameter description", message('1', "") + message('n', "")},
      {"rows without a description", message('1', "") + message('2', "") + kRow + kEnd},
      {"nothing", ""},
      {"half a row", kPrepared + kRow.substr(0, 8)},
      {"another transaction state", kPrepared + kRow + message('C', std::string_view("SELECT 1\0", 9)) + "X"},
  };
  for (const auto& [name, bytes] : cases) {
    TestSink sink;
    Outcome outcome = against(bytes, sink);
    ASSERT_FALSE(outcome.ok()) << name;
    EXPECT_TRUE(outcome.failure->error.code == base::ErrorCode::protocolViolation ||
                outcome.failure->error.code == base::ErrorCode::connectionLost ||
                outcome.failure->error.code == base::ErrorCode::notSupported)
        << name << ": " << outcome.failure->error.message;
  }
}

TEST_F(HostileSource, ErrorsWithoutFieldsAreErrors) {
  for (const std::string& body :
       {std::string(), std::string(1, '\0'), std::string("M"), std::string("Cshort\0\0", 8)}) {
    TestSink sink;
    Outcome outcome = against(kPrepared + message('E', body) + message('Z', "I"), sink);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(base::sqlstateOf(outcome.failure->error), "XX000");
  }
}

TEST_F(HostileSource, BytesAfterTheEndAreNobodys) {
  TestSink sink;
  ASSERT_TRUE(against(kPrepared + kRow + kEnd + kRow, sink).ok());
  EXPECT_EQ(sink.rowCount, 1U);
  auto pool = pools.of(options);
  EXPECT_EQ(pool->idle(), 0U);
}

TEST_F(HostileSource, ATransactionNobodyBeganIsNotKept) {
  TestSink sink;
  ASSERT_TRUE(
      against(kPrepared + kRow + message('C', std::string_view("SELECT 1\0", 9)) + message('Z', "T"), sink).ok());
  EXPECT_EQ(pools.of(options)->idle(), 0U);
}

TEST_F(HostileSource, RandomChangesNeverBreakUs) {
  std::mt19937 random(7);
  const std::string good = kPrepared + kRow + kRow + kEnd;
  for (int round = 0; round < 300; ++round) {
    std::string bytes = good;
    for (int change = 0; change < 1 + round % 4; ++change) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (round % 3 == 0) bytes.resize(random() % bytes.size());
    TestSink sink;
    Outcome outcome = against(bytes, sink);
    EXPECT_LE(outcome.rows, 3U);
  }
}

}  // namespace
}  // namespace scrim::push
