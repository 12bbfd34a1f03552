// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <optional>

#include "server/gateway/command.h"
#include "server/gateway/copy_encoder.h"

namespace scrim::gateway {
namespace {

using Row = std::vector<std::optional<std::string>>;

std::string dataRow(const Row& values) {
  OutBuffer out;
  MessageWriter message(out, 'D');
  message.int16(static_cast<std::uint16_t>(values.size()));
  for (const auto& value : values) {
    message.int32(value ? static_cast<std::uint32_t>(value->size()) : 0xffffffffU);
    if (value) message.bytes(*value);
  }
  message.end();
  return out;
}

/// What stands in the CopyData messages.
std::string encoded(const CopyCommand& copy, const Row& values) {
  const std::vector<std::string> names(values.size(), "c");
  CopyEncoder encoder = CopyEncoder::make(copy, names).value();
  OutBuffer out;
  encoder.rows(dataRow(values), out);
  EXPECT_EQ(out[0], 'd');
  return out.substr(5);
}

CopyCommand optionsOf(const std::string& options) {
  const parse::ParsedQuery statement = parse::parseOne("COPY t TO STDOUT " + options).value();
  const auto kind = resolve::classify(statement).value();
  return std::get<CopyCommand>(readCommand(statement, kind).value());
}

TEST(Copy, TextEscapes) {
  const CopyCommand text = optionsOf("");
  EXPECT_EQ(encoded(text, {"a", std::nullopt, ""}), "a\t\\N\t\n");
  EXPECT_EQ(encoded(text, {"\b\f\n\r\t\v\\"}), "\\b\\f\\n\\r\\t\\v\\\\\n");
  EXPECT_EQ(encoded(text, {"\x01\x1f"}), "\x01\x1f\n");
  EXPECT_EQ(encoded(optionsOf("(DELIMITER '|', NULL 'nil')"), {"a|b", std::nullopt, "c\td"}), "a\\|b|nil|c\\td\n");
}

TEST(Copy, CsvQuotes) {
  const CopyCommand csv = optionsOf("(FORMAT csv)");
  EXPECT_EQ(encoded(csv, {"a", std::nullopt, ""}), "a,,\"\"\n");
  EXPECT_EQ(encoded(csv, {"a,b", "c\"d", "e\nf", "g\rh", "\\."}), "\"a,b\",\"c\"\"d\",\"e\nf\",\"g\rh\",\\.\n");
  EXPECT_EQ(encoded(csv, {"\\."}), "\"\\.\"\n") << "alone on its line it would end the data";
  EXPECT_EQ(encoded(optionsOf("(FORMAT csv, FORCE_QUOTE *)"), {"a", std::nullopt}), "\"a\",\n");
  EXPECT_EQ(encoded(optionsOf("(FORMAT csv, ESCAPE '\\')"), {"a\"b\\c"}), "\"a\\\"b\\\\c\"\n");
}

TEST(Copy, BinaryKeepsTheRow) {
  const CopyCommand binary = optionsOf("(FORMAT binary)");
  const std::string row = encoded(binary, {std::string("\0\0\0\7", 4), std::nullopt});
  EXPECT_EQ(row, std::string("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19) +
                     std::string("\0\2\0\0\0\4\0\0\0\7\xff\xff\xff\xff", 14));
}

TEST(Copy, BegunOnceMoreItIsWholeAgain) {
  const std::vector<std::string> names{"c"};
  CopyEncoder encoder = CopyEncoder::make(optionsOf("(FORMAT binary)"), names).value();
  OutBuffer dropped, kept;
  encoder.begin(dropped);
  encoder.rows(dataRow({"x"}), dropped);
  encoder.begin(kept);
  encoder.rows(dataRow({"x"}), kept);
  EXPECT_EQ(kept, dropped);
}

TEST(Copy, WhatIsNoRowOfTheResultIsRefused) {
  const std::vector<std::string> names{"a", "b"};
  const std::string good = dataRow({"x", std::nullopt});
  const std::string cut = [&] {
    OutBuffer out;
    MessageWriter(out, 'D').int16(2).int32(1).bytes("x").int32(9).bytes("y");
    return out;
  }();
  for (const std::string& bad : {cut, dataRow({"x"}), dataRow({"x", "y", "z"}), dataRow({})}) {
    CopyEncoder encoder = CopyEncoder::make(optionsOf(""), names).value();
    OutBuffer messages = good;
    messages.append(bad).append(good);
    OutBuffer out;
    encoder.rows(messages, out);
    EXPECT_FALSE(encoder.intact().ok());
    EXPECT_EQ(out.substr(5), "x\t\\N\n") << "only what came before";
  }
}

TEST(Copy, OptionsThatContradictEachOther) {
  for (const char* options : {"(FORMAT binary, DELIMITER '|')", "(FORMAT binary, HEADER)", "(QUOTE 'x')",
                              "(FORCE_QUOTE *)", "(DELIMITER 'a')", "(FORMAT csv, DELIMITER '\"')", "(NULL E'a\\nb')",
                              "(NULL E'a\\tb')", "(FORMAT xml)", "(HEADER match)", "(nope 1)"}) {
    const parse::ParsedQuery statement = parse::parseOne(std::string("COPY t TO STDOUT ") + options).value();
    EXPECT_FALSE(readCommand(statement, resolve::classify(statement).value()).ok()) << options;
  }
}

TEST(Copy, UnknownColumnToQuote) {
  const std::vector<std::string> names{"a"};
  EXPECT_EQ(CopyEncoder::make(optionsOf("(FORMAT csv, FORCE_QUOTE (b))"), names).error().code,
            base::ErrorCode::undefinedColumn);
}

}  // namespace
}  // namespace scrim::gateway
