// SPDX-License-Identifier: Apache-2.0
// Messages, error fields, travelling settings, the input buffer: no server needed.
#include "server/sources/postgres/wire.h"

#include <gtest/gtest.h>

#include "server/sources/postgres/input_buffer.h"
#include "server/sources/postgres/session_settings.h"

namespace scrim::postgres {
namespace {

TEST(MessageWriter, LengthsCountThemselves) {
  std::string out;
  MessageWriter writer(out);
  writer.query("SELECT 1");
  EXPECT_EQ(out, std::string("Q\0\0\0\x0dSELECT 1\0", 14));
  out.clear();
  writer.execute("p", 300);
  EXPECT_EQ(out, std::string("E\0\0\0\x0ap\0\0\0\1\x2c", 11));
  out.clear();
  writer.sync();
  writer.flush();
  EXPECT_EQ(out, std::string("S\0\0\0\4H\0\0\0\4", 10));
}

TEST(SourceMessage, FieldsAreReadAndUnknownOnesLeftOut) {
  const SourceMessage message = parseSourceMessage(
      std::string_view("SFEHLER\0VERROR\0C22012\0Mdivision by zero\0P17\0zfuture\0sprivate\0\0trailing", 70));
  EXPECT_EQ(message.severity, "ERROR");
  EXPECT_EQ(message.sqlstate, "22012");
  EXPECT_EQ(message.message, "division by zero");
  EXPECT_EQ(message.position, 17U);
  EXPECT_EQ(message.schema, "private");
  EXPECT_EQ(message.full(), "ERROR 22012: division by zero; schema: private; position: 17");
}

TEST(SourceMessage, BrokenBodiesStillYieldAnError) {
  for (const std::string_view body : {std::string_view(), std::string_view("M"), std::string_view("Mno end"),
                                      std::string_view("\0", 1), std::string_view("C1\0\0", 4)}) {
    const SourceMessage message = parseSourceMessage(body);
    EXPECT_EQ(message.sqlstate, "XX000");
    EXPECT_EQ(message.severity, "ERROR");
  }
  EXPECT_EQ(parseSourceMessage(std::string_view("P99999999999\0\0", 14)).position, std::nullopt);
}

TEST(SessionSettings, OnlyDifferencesTravel) {
  const SessionSettingsPtr start = SessionSettings::defaults();
  EXPECT_EQ(start->changesFrom(start.get()), "");
  const auto changed = start->with("EXTRA_FLOAT_DIGITS", "3");
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ((*changed)->changesFrom(start.get()), "SET extra_float_digits = '3'");
  EXPECT_EQ(start->changesFrom(changed->get()), "SET extra_float_digits = '1'");
  EXPECT_EQ(*(*changed)->find("extra_float_digits"), "3");
  EXPECT_NE(start->changesFrom(nullptr).find("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; "), std::string::npos);
}

TEST(SessionSettings, EqualOnesAreOneObject) {
  const SessionSettingsPtr start = SessionSettings::defaults();
  EXPECT_EQ(*start->with("bytea_output", "escape"), *start->with("bytea_output", "escape"));
  EXPECT_EQ(*start->with("bytea_output", "hex"), start);
}

TEST(SessionSettings, NothingElseTravels) {
  const SessionSettingsPtr start = SessionSettings::defaults();
  for (const char* name : {"search_path", "role", "session_authorization", "statement_timeout", "row_security", ""}) {
    EXPECT_FALSE(start->with(name, "x").ok()) << name;
    EXPECT_EQ(start->find(name), nullptr);
  }
  const std::vector<std::pair<const char*, std::string>> refused{{"TimeZone", "a\nb"},
                                                                 {"TimeZone", std::string("a\0b", 3)},
                                                                 {"TimeZone", ""},
                                                                 {"TimeZone", std::string(200, 'x')},
                                                                 {"DateStyle", "x"},
                                                                 {"DateStyle", ""},
                                                                 {"IntervalStyle", "p"},
                                                                 {"extra_float_digits", "4"},
                                                                 {"extra_float_digits", "1x"},
                                                                 {"bytea_output", "base64"}};
  for (const auto& [name, value] : refused) EXPECT_FALSE(start->with(name, value).ok()) << name << " " << value;
}

TEST(SessionSettings, ValuesAreQuoted) {
  const auto odd = SessionSettings::defaults()->with("TimeZone", "x'; DROP TABLE t; --");
  ASSERT_TRUE(odd.ok());
  EXPECT_EQ((*odd)->changesFrom(SessionSettings::defaults().get()), "SET TimeZone = 'x''; DROP TABLE t; --'");
}

TEST(InputBuffer, GrowsForAMessageAndShrinksAfterIt) {
  InputBuffer buffer;
  std::memcpy(buffer.freeSpace(), "abcdef", 6);
  buffer.filled(6);
  buffer.consume(2);
  buffer.makeRoom(1'000'000, false);
  EXPECT_EQ(buffer.view(), "cdef");
  EXPECT_GE(buffer.freeBytes() + 4, 1'000'000U);
  buffer.shrink();
  EXPECT_EQ(buffer.view(), "cdef");
  EXPECT_LE(buffer.freeBytes(), InputBuffer::kSmallest);
}

TEST(InputBuffer, BytesComeOutInTheOrderTheyCame) {
  InputBuffer buffer;
  unsigned char written = 0;
  unsigned char read = 0;
  for (int round = 0; round < 1000; ++round) {
    buffer.makeRoom(buffer.size() + 1, round % 100 == 0);
    ASSERT_GT(buffer.freeBytes(), 0U);
    const std::size_t take = std::min<std::size_t>(buffer.freeBytes(), 777);
    for (std::size_t i = 0; i < take; ++i) buffer.freeSpace()[i] = static_cast<char>(written++);
    buffer.filled(take);
    const std::size_t use = std::min<std::size_t>(buffer.size(), 700);
    for (const char byte : buffer.view().substr(0, use)) ASSERT_EQ(static_cast<unsigned char>(byte), read++);
    buffer.consume(use);
  }
}

}  // namespace
}  // namespace scrim::postgres
