// SPDX-License-Identifier: Apache-2.0
// Rows as table, JSON, CSV and YAML, and the place of an error, without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "server/cli/exit_codes.h"
#include "server/cli/gateway.h"
#include "server/cli/rows_out.h"

namespace scrim::cli {
namespace {

using sql::Column;
using sql::Values;

constexpr unsigned kText = 25;
constexpr unsigned kNumeric = 1700;
constexpr unsigned kBool = 16;

std::string written(Format format, bool toTerminal, const std::vector<Column>& columns,
                    const std::vector<Values>& rows) {
  std::ostringstream out;
  const auto writer = rowWriter(format, out, toTerminal);
  EXPECT_TRUE(writer->columns(columns).ok());
  for (const Values& row : rows) EXPECT_TRUE(writer->row(row).ok());
  EXPECT_TRUE(writer->end("SELECT").ok());
  return out.str();
}

const std::vector<Column> kColumns{{"n", kNumeric}, {"t", kText}, {"b", kBool}};
const std::vector<Values> kRows{{"1.10", "", "t"}, {std::nullopt, std::nullopt, "f"}, {"NaN", "a\x1b[1m,\"", "t"}};

TEST(Rows, AsTable) {
  EXPECT_EQ(written(Format::table, false, kColumns, kRows),
            "n     t           b\n"
            "1.10              t\n"
            "NULL  NULL        f\n"
            "NaN   a\\x1b[1m,\"  t\n");
}

TEST(Rows, AsJson) {
  EXPECT_EQ(written(Format::json, false, kColumns, kRows),
            "[\n  {\"n\": 1.10, \"t\": \"\", \"b\": true},\n  {\"n\": null, \"t\": null, \"b\": false},\n"
            "  {\"n\": \"NaN\", \"t\": \"a\\u001b[1m,\\\"\", \"b\": true}\n]\n");
  EXPECT_EQ(written(Format::json, false, kColumns, {}), "[]\n");
}

TEST(Rows, AsYaml) {
  EXPECT_EQ(written(Format::yaml, false, kColumns, {kRows[0], kRows[1]}),
            "- \"n\": 1.10\n  \"t\": \"\"\n  \"b\": true\n- \"n\": null\n  \"t\": null\n  \"b\": false\n");
  EXPECT_EQ(written(Format::yaml, false, kColumns, {}), "[]\n");
}

TEST(Rows, AsCsv) {
  EXPECT_EQ(written(Format::csv, false, kColumns, kRows), "n,t,b\r\n1.10,\"\",t\r\n,,f\r\nNaN,\"a\x1b[1m,\"\"\",t\r\n");
  EXPECT_EQ(written(Format::csv, true, {{"t", kText}}, {{"a\x1b\nb"}}), "t\r\na\\x1b\\nb\r\n");
}

TEST(Rows, NameColumnsOnceInObjects) {
  EXPECT_EQ(written(Format::json, false, {{"a", kText}, {"a", kText}, {"a_2", kText}}, {{"1", "2", "3"}}),
            "[\n  {\"a\": \"1\", \"a_3\": \"2\", \"a_2\": \"3\"}\n]\n");
}

TEST(Rows, StopWhereNothingIsTaken) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  for (const Format format : {Format::csv, Format::json, Format::yaml}) {
    const auto writer = rowWriter(format, out, false);
    (void)writer->columns(kColumns);
    EXPECT_FALSE(writer->row(kRows[0]).ok());
  }
}

TEST(Rows, KnowNumbersOfJson) {
  for (const char* good : {"0", "-1", "10.50", "1e+300", "-0.1E-7", "123456789012345678901234567890"}) {
    EXPECT_TRUE(isJsonNumber(good)) << good;
  }
  for (const char* bad : {"", "-", "01", "1.", ".5", "+1", "NaN", "Infinity", "1e", "0x1", "1 "}) {
    EXPECT_FALSE(isJsonNumber(bad)) << bad;
  }
}

TEST(Places, AreShownWithACaret) {
  EXPECT_EQ(placeLines("SELECT x", 7), "line 1, column 8\nSELECT x\n       ^\n");
  EXPECT_EQ(placeLines("SELECT\n\t\xc3\xa4, y\nFROM t", 12), "line 2, column 5\n\\t\xc3\xa4, y\n     ^\n");
  EXPECT_EQ(placeLines("SELECT", 99), "line 1, column 7\nSELECT\n      ^\n");
  const std::string longLine = std::string(200, 'a') + "!" + std::string(300, 'b');
  EXPECT_EQ(placeLines(longLine, 200), "line 1, column 201\n.." + std::string(60, 'a') + "!" + std::string(159, 'b') +
                                           "..\n" + std::string(62, ' ') + "^\n");
}

TEST(Errors, TellTheirState) {
  base::Error error{base::ErrorCode::sourceError, "no", "a\nb", "try"};
  error.sqlstate = "42501";
  EXPECT_EQ(shownError(toldError(error, "SELECT")), "scrim: no\n  hint: try\n  sqlstate: 42501\n  detail: a\\nb\n");
  EXPECT_EQ(exitCodeOf({base::ErrorCode::queryCanceled, "", {}, {}}), kBrokenOff);
}

}  // namespace
}  // namespace scrim::cli
