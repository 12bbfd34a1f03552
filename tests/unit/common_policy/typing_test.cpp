// SPDX-License-Identifier: Apache-2.0
#include "common/policy/typing.h"

#include <gtest/gtest.h>

#include "common/policy/language.h"

namespace scrim::policy {
namespace {

std::vector<ResourceColumn> columns() {
  std::vector<ResourceColumn> out;
  for (const char* name : {"bool", "int4", "int8", "numeric", "float8", "text", "uuid", "date", "time", "timestamp",
                           "timestamptz", "interval", "bytea", "jsonb"}) {
    out.push_back({std::string("c_") + name, *schema::builtinType(name), {}});
  }
  out.push_back({"c_mood", {16400, -1, "mood"}, {}});
  return out;
}

std::string checked(const std::string& predicate) {
  const auto parsed = parseExpression(predicate);
  if (!parsed.ok()) return "parse: " + parsed.error().message;
  const std::vector<ResourceColumn> all = columns();
  const auto result = checkPredicate(**parsed, TypeScope{all});
  return result.ok() ? "ok" : result.error().message;
}

TEST(Typing, WhatMeetsWhat) {
  for (const char* good : {"c_int4 = 1",
                           "c_int8 > c_int4",
                           "c_numeric < c_int4",
                           "c_float8 >= c_numeric",
                           "c_text = 'x'",
                           "c_bool",
                           "c_bool = TRUE",
                           "c_uuid = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'",
                           "c_date < NOW",
                           "c_timestamp = c_date",
                           "c_timestamptz > TIMESTAMP '2024-01-01 00:00:00'",
                           "c_time = c_time",
                           "c_mood IS NULL",
                           "c_jsonb IS NOT NULL",
                           "CAST(c_mood AS text) = 'x'",
                           "CAST(c_int4 AS bigint) = 1",
                           "CAST(c_timestamptz AS date) = DATE '2024-01-01'",
                           "c_date + INTERVAL '1 day' > NOW",
                           "c_int4 / 2 = 1",
                           "c_float8 / 2 = 1",
                           "c_numeric * 2 > 1",
                           "coalesce(c_int4, 0) = 1",
                           "date_trunc('month', c_date) = c_date",
                           "substring(c_text, 1, 2) = 'x'",
                           "c_text LIKE 'x%\\\\'",
                           "c_int4 IN (1, c_int8)",
                           "c_text IN USER.GROUPS",
                           "lower(c_text) IN USER.GROUPS"}) {
    EXPECT_EQ(checked(good), "ok") << good;
  }
}

TEST(Typing, WhatDoesNot) {
  for (const char* bad : {"c_int4",
                          "c_int4 = 'x'",
                          "c_text = 1",
                          "c_bool > TRUE",
                          "c_uuid = 'x'",
                          "c_uuid = c_text",
                          "c_date = '2024-01-01'",
                          "c_text = NULL",
                          "c_text IN ('x', NULL)",
                          "c_mood = 'x'",
                          "c_jsonb = c_jsonb",
                          "c_bytea = c_bytea",
                          "c_interval > INTERVAL '1 day'",
                          "c_date + 1 > c_date",
                          "c_date - c_date > 1",
                          "c_numeric / 2 = 1",
                          "c_text + 'x' = 'y'",
                          "c_int4 LIKE 'x'",
                          "c_text LIKE c_text",
                          "c_text LIKE 'x\\'",
                          "lower(c_int4) = 'x'",
                          "mod(c_float8, 2) = 1",
                          "coalesce(c_int4, 'x') = 1",
                          "substring(c_text, 0) = 'x'",
                          "substring(c_text, c_int4) = 'x'",
                          "substring(c_text, 1, -1) = 'x'",
                          "date_trunc('week', c_date) = c_date",
                          "date_trunc('day', c_text) = c_date",
                          "CAST(c_text AS integer) = 1",
                          "CAST(c_int8 AS integer) = 1",
                          "CAST(c_float8 AS text) = '1'",
                          "CAST(c_jsonb AS text) = 'x'",
                          "CAST(c_text AS date) = c_date",
                          "c_int4 IN USER.GROUPS",
                          "missing = 1",
                          "C_INT4 = 1 AND \"C_INT4\" = 1",
                          "NOT c_int4",
                          "c_bool AND c_int4",
                          "abs(c_text) = 1",
                          "NULL IS NULL AND NULL"}) {
    EXPECT_NE(checked(bad), "ok") << bad;
  }
}

TEST(Typing, ColumnsAreSuggested) {
  const std::vector<ResourceColumn> all = columns();
  EXPECT_EQ(noSuchColumn(all, "c_txt").hint, "Did you mean c_text?");
  EXPECT_EQ(noSuchColumn(all, "C_TEXT").hint, "Did you mean c_text?");
  EXPECT_EQ(noSuchColumn(all, "something_else").hint, "");
}

TEST(Typing, TreesFromElsewhereAreChecked) {
  const std::vector<ResourceColumn> all = columns();
  const TypeScope scope{all};
  const Expression noChildren{.kind = ExpressionKind::compare, .name = "="};
  const Expression wrongSign{
      .kind = ExpressionKind::compare, .name = "OR", .children = {column("c_int4"), column("c_int4")}};
  const Expression nothing{.kind = ExpressionKind::logicalNot, .children = {nullptr}};
  const Expression otherFunction{.kind = ExpressionKind::call, .name = "pg_sleep", .children = {column("c_int4")}};
  for (const Expression& bad : {noChildren, wrongSign, nothing, otherFunction})
    EXPECT_FALSE(checkPredicate(bad, scope).ok());
}

}  // namespace
}  // namespace scrim::policy
