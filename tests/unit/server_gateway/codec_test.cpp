// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/gateway/message_reader.h"
#include "server/gateway/message_writer.h"
#include "server/gateway/protocol.h"

namespace scrim::gateway {
namespace {

std::string int32(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
          static_cast<char>(value)};
}
std::string int16(std::uint16_t value) { return {static_cast<char>(value >> 8U), static_cast<char>(value)}; }
std::string zero(std::string text) { return text + '\0'; }
std::string message(char type, const std::string& body) {
  return std::string(1, type) + int32(static_cast<std::uint32_t>(body.size()) + 4) + body;
}

constexpr Phase kAllPhases[] = {Phase::saslInitial, Phase::saslResponse, Phase::password, Phase::ready,
                                Phase::skipping};

TEST(Protocol, EveryPhaseAndTypeIsDecided) {
  const std::string query = "QPBDECFH";
  for (const Phase phase : kAllPhases) {
    for (int type = 0; type < 256; ++type) {
      const char c = static_cast<char>(type);
      Verdict expected = Verdict::refuse;
      if (phase == Phase::ready || phase == Phase::skipping) {
        if (c == 'S' || c == 'X') expected = Verdict::accept;
        if (c == 'd' || c == 'c' || c == 'f') expected = Verdict::drop;
        if (c != 0 && query.find(c) != std::string::npos) {
          expected = phase == Phase::ready ? Verdict::accept : Verdict::drop;
        }
      } else if (c == 'p' || c == 'X') {
        expected = Verdict::accept;
      }
      EXPECT_EQ(ruleFor(phase, static_cast<std::uint8_t>(type)).verdict, expected)
          << static_cast<int>(phase) << " " << type;
    }
  }
}

TEST(Frame, LengthFieldSweep) {
  const MessageLimits limits;
  for (const Phase phase : kAllPhases) {
    for (int type = 0; type < 256; ++type) {
      for (const std::uint32_t length : {0U, 1U, 3U, 4U, 5U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
        const std::string input = std::string(1, static_cast<char>(type)) + int32(length);
        const auto result = readFrame(input, phase, limits);
        const MessageRule& rule = ruleFor(phase, static_cast<std::uint8_t>(type));
        const bool fits = rule.verdict != Verdict::refuse && length >= 4 && length - 4 <= bodyLimit(rule.size, limits);
        ASSERT_EQ(result.ok(), fits) << type << " " << length;  // none of these can be skipped
        if (!fits) {
          EXPECT_EQ(result.error().code, base::ErrorCode::protocolViolation);
        } else if (length == 4) {
          EXPECT_TRUE(result->frame);
        } else {
          EXPECT_EQ(result->wanted, length + 1);
        }
      }
    }
  }
}

TEST(Frame, NeedsTheHeaderFirst) {
  const std::string whole = message('Q', zero("SELECT 1"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto result = readFrame(std::string_view(whole).substr(0, size), Phase::ready, {});
    ASSERT_TRUE(result.ok());
    EXPECT_FALSE(result->frame);
    EXPECT_EQ(result->wanted, size < 5 ? 5 : whole.size());
  }
  const std::string longer = whole + "Q";
  const auto result = readFrame(longer, Phase::ready, {});
  ASSERT_TRUE(result.ok() && result->frame);
  EXPECT_EQ(result->frame->size, whole.size());
  EXPECT_EQ(*readQuery(result->frame->body), "SELECT 1");
}

TEST(Frame, WhatIsTooLongIsSkippedAsSoonAsItsLengthIsKnown) {
  const MessageLimits limits{.statementBytes = 10, .dataBytes = 20};
  for (const auto& [type, limit] : {std::pair{'Q', 10U}, {'P', 10U}, {'B', 20U}, {'D', 1024U}, {'d', 20U}}) {
    for (const Phase phase : {Phase::ready, Phase::skipping}) {
      const auto fits = readFrame(type + int32(limit + 4), phase, limits);
      ASSERT_TRUE(fits.ok());
      EXPECT_FALSE(fits->frame) << type;
      for (const std::uint32_t length : {limit + 5, static_cast<std::uint32_t>(kMaxSkippedBytes) + 4}) {
        const auto longer = readFrame(type + int32(length), phase, limits);
        ASSERT_TRUE(longer.ok() && longer->frame) << type << length;
        EXPECT_EQ(longer->frame->verdict, Verdict::skip);
        EXPECT_EQ(longer->frame->size, length + 1);
        EXPECT_TRUE(longer->frame->body.empty());
      }
      EXPECT_FALSE(readFrame(type + int32(kMaxSkippedBytes + 5), phase, limits).ok()) << type;
    }
  }
  EXPECT_FALSE(readFrame('p' + int32(kMaxAuthBytes + 5), Phase::password, limits).ok());
  EXPECT_FALSE(readFrame('S' + int32(5), Phase::ready, limits).ok());
}

TEST(Messages, QueryMustBeOneText) {
  EXPECT_FALSE(readQuery("").ok());
  EXPECT_FALSE(readQuery("SELECT 1").ok());
  EXPECT_FALSE(readQuery(zero("SELECT 1") + "x").ok());
  EXPECT_FALSE(readQuery(zero("a") + zero("b")).ok());
}

TEST(Messages, ParseWithTypes) {
  const std::string body = zero("s1") + zero("SELECT $1") + int16(2) + int32(23) + int32(0);
  const auto parsed = readParse(body);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->name, "s1");
  EXPECT_EQ(parsed->types, (std::vector<std::uint32_t>{23, 0}));
  for (std::size_t size = 0; size < body.size(); ++size) EXPECT_FALSE(readParse(body.substr(0, size)).ok()) << size;
  EXPECT_FALSE(readParse(body + "x").ok());
  EXPECT_FALSE(readParse(zero("s") + zero("t") + int16(0xffff)).ok());
}

TEST(Messages, BindWithNullsAndFormats) {
  const std::string body = zero("p") + zero("s") + int16(2) + int16(0) + int16(1) + int16(2) + int32(3) + "abc" +
                           int32(0xffffffff) + int16(1) + int16(1);
  BindMessage bound;
  ASSERT_TRUE(readBind(body, bound).ok());
  EXPECT_EQ(bound.portal, "p");
  EXPECT_EQ(bound.statement, "s");
  ASSERT_EQ(bound.parameters.size(), 2U);
  EXPECT_EQ(bound.parameters[0], "abc");
  EXPECT_FALSE(bound.parameters[1]);
  EXPECT_EQ(bound.resultFormats, (std::vector<std::int16_t>{1}));
  EXPECT_EQ(bound.rawParameterFormats, int16(0) + int16(1));
  EXPECT_EQ(bound.rawParameters, int32(3) + "abc" + int32(0xffffffff));
  EXPECT_EQ(bound.rawResultFormats, int16(1));
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_FALSE(readBind(body.substr(0, size), bound).ok()) << size;
}

TEST(Messages, BindRefusesWhatContradictsItself) {
  BindMessage bound;
  const std::string names = zero("") + zero("");
  const auto format2 = readBind(names + int16(1) + int16(2) + int16(0) + int16(0), bound);
  ASSERT_FALSE(format2.ok());
  EXPECT_EQ(format2.error().code, base::ErrorCode::invalidParameter);
  EXPECT_FALSE(readBind(names + int16(2) + int16(0) + int16(0) + int16(1) + int32(0) + int16(0), bound).ok());
  EXPECT_FALSE(readBind(names + int16(0) + int16(1) + int32(0xfffffffe) + int16(0), bound).ok()) << "length -2";
  EXPECT_FALSE(readBind(names + int16(0) + int16(1) + int32(0x7fffffff) + int16(0), bound).ok());
}

TEST(Messages, DescribeCloseExecuteSasl) {
  EXPECT_TRUE(readNamed("P" + zero("x"))->portal);
  EXPECT_FALSE(readNamed("S" + zero(""))->portal);
  EXPECT_FALSE(readNamed("Q" + zero("")).ok());
  EXPECT_FALSE(readNamed("").ok());
  EXPECT_EQ(readExecute(zero("c") + int32(7))->maxRows, 7);
  EXPECT_EQ(readExecute(zero("c") + int32(0xffffffff))->maxRows, -1);
  EXPECT_FALSE(readExecute(zero("c")).ok());
  const std::string body = zero("SCRAM-SHA-256") + int32(3) + "n,,";
  const auto sasl = readSaslInitial(body);
  ASSERT_TRUE(sasl.ok());
  EXPECT_EQ(sasl->response, "n,,");
  EXPECT_FALSE(readSaslInitial(zero("SCRAM-SHA-256") + int32(0xffffffff)).ok());
  EXPECT_FALSE(readSaslInitial(zero("SCRAM-SHA-256") + int32(0x80000000)).ok());
  EXPECT_FALSE(readSaslInitial(zero("SCRAM-SHA-256") + int32(2) + "n,,").ok());
}

TEST(Writer, TextEndsAtItsFirstZeroByte) {
  OutBuffer out;
  writeCommandComplete(out, std::string_view("a\0b", 3));
  EXPECT_EQ(out, message('C', zero("a")));
}

TEST(Writer, ErrorPositionIsInCharacters) {
  base::Error error{base::ErrorCode::undefinedColumn, "column \"x\" does not exist"};
  error.position = 9;
  OutBuffer out;
  writeError(out, error, Severity::error, "SELECT é, x");
  const std::string expected =
      zero("SERROR") + zero("VERROR") + zero("C42703") + zero("Mcolumn \"x\" does not exist") + zero("P9") + '\0';
  EXPECT_EQ(out, message('E', expected));
}

}  // namespace
}  // namespace scrim::gateway
