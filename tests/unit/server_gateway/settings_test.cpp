// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/gateway/setting_table.h"
#include "server/gateway/setting_types.h"
#include "server/gateway/settings.h"

namespace scrim::gateway {
namespace {

std::string shown(const Settings& settings, std::string_view name) { return settings.show(name).value(); }

TEST(SettingTypes, Milliseconds) {
  struct Case {
    const char* text;
    std::int64_t value;
    const char* printed;
  };
  for (const Case& c :
       {Case{"0", 0, "0"}, Case{"500", 500, "500ms"}, Case{"5s", 5000, "5s"}, Case{" 1.5 min ", 90000, "90s"},
        Case{"2h", 7200000, "2h"}, Case{"1d", 86400000, "1d"}, Case{"1500us", 2, "2ms"}}) {
    EXPECT_EQ(readMilliseconds(c.text), c.value) << c.text;
    EXPECT_EQ(printMilliseconds(c.value), c.printed);
  }
  for (const char* bad : {"", "x", "-1", "5 parsecs", "1e300", "nan", "inf", "2147483648", "5s5", "30d"}) {
    EXPECT_FALSE(readMilliseconds(bad)) << bad;
  }
}

TEST(SettingTypes, Booleans) {
  for (const char* yes : {"on", "TRUE", "t", "yes", "y", "1", " tr "}) EXPECT_EQ(readBoolean(yes), true) << yes;
  for (const char* no : {"off", "of", "False", "n", "0"}) EXPECT_EQ(readBoolean(no), false) << no;
  for (const char* bad : {"", "o", "2", "maybe", "truee"}) EXPECT_FALSE(readBoolean(bad)) << bad;
}

TEST(SettingTypes, DateStyles) {
  EXPECT_EQ(readDateStyle("German", "ISO, MDY"), "German, DMY");
  EXPECT_EQ(readDateStyle("sql, european", "ISO, MDY"), "SQL, DMY");
  EXPECT_EQ(readDateStyle("YMD", "SQL, DMY"), "SQL, YMD");
  EXPECT_EQ(readDateStyle("default", "SQL, DMY"), "ISO, MDY");
  EXPECT_FALSE(readDateStyle("", "ISO, MDY"));
  EXPECT_FALSE(readDateStyle("ISO, SQL", "ISO, MDY"));
  EXPECT_FALSE(readDateStyle("MDY, DMY", "ISO, MDY"));
  EXPECT_EQ(readDateStyle("German, default", "ISO, MDY"), "German, MDY");
  EXPECT_FALSE(readDateStyle("ISO,", "ISO, MDY"));
}

TEST(SettingTypes, TimeZones) {
  EXPECT_EQ(readTimeZone("utc"), "UTC");
  EXPECT_EQ(readTimeZone("europe/berlin"), "Europe/Berlin");
  EXPECT_EQ(readTimeZone("-7"), "<-07>+07");
  EXPECT_EQ(readTimeZone("+5.5"), "<+05:30>-05:30");
  for (const char* bad : {"", "Nowhere", "../etc/passwd", "Europe/../Europe/Berlin", "99", "posix/UTC"}) {
    EXPECT_FALSE(readTimeZone(bad)) << bad;
  }
}

TEST(SettingTypes, SearchPaths) {
  EXPECT_EQ(readSearchPath("\"$user\", public"), "\"$user\", public");
  EXPECT_EQ(readSearchPath("public,pg_catalog"), "public, pg_catalog");
  EXPECT_EQ(readSearchPath(""), "\"\"");
  EXPECT_FALSE(readSearchPath("public, secret"));
  EXPECT_FALSE(readSearchPath("\"Public\""));
}

TEST(Settings, RollBackWithTheirTransaction) {
  Settings settings;
  settings.begin();
  ASSERT_TRUE(settings.set("timezone", "Asia/Tokyo", false).ok());
  ASSERT_TRUE(settings.set("DateStyle", "German", true).ok());
  settings.rollback();
  EXPECT_EQ(shown(settings, "TimeZone"), "UTC");
  settings.begin();
  ASSERT_TRUE(settings.set("timezone", "Asia/Tokyo", false).ok());
  ASSERT_TRUE(settings.set("DateStyle", "German", true).ok());
  EXPECT_EQ(shown(settings, "DateStyle"), "German, DMY");
  settings.commit();
  EXPECT_EQ(shown(settings, "TimeZone"), "Asia/Tokyo");
  EXPECT_EQ(shown(settings, "DateStyle"), "ISO, MDY");
}

TEST(Settings, SavepointsNest) {
  Settings settings;
  settings.begin();
  settings.savepoint("a");
  ASSERT_TRUE(settings.set("bytea_output", "escape", false).ok());
  settings.savepoint("b");
  ASSERT_TRUE(settings.set("extra_float_digits", "3", false).ok());
  settings.rollbackTo("b");
  EXPECT_EQ(shown(settings, "extra_float_digits"), "1");
  EXPECT_EQ(shown(settings, "bytea_output"), "escape");
  settings.rollbackTo("b");  // it is still there
  settings.rollbackTo("a");
  EXPECT_EQ(shown(settings, "bytea_output"), "hex");
  settings.release("a");
  EXPECT_FALSE(settings.hasSavepoints());
}

TEST(Settings, ResetGoesBackToTheStart) {
  Settings settings;
  settings.describeSession("alice");
  ASSERT_TRUE(settings.setAtStart("TimeZone", "Asia/Tokyo").ok());
  ASSERT_TRUE(settings.set("TimeZone", "UTC", false).ok());
  ASSERT_TRUE(settings.reset("timezone").ok());
  EXPECT_EQ(shown(settings, "TimeZone"), "Asia/Tokyo");
  EXPECT_EQ(shown(settings, "session_authorization"), "alice");
  EXPECT_FALSE(settings.reset("server_version").ok());
  EXPECT_FALSE(settings.reset("nope").ok());
}

TEST(Settings, ReportsEachChangeOnce) {
  Settings settings;
  EXPECT_GE(settings.unreported().size(), 12U);
  EXPECT_TRUE(settings.unreported().empty());
  ASSERT_TRUE(settings.set("application_name", "a\tb\xc3\xa9", false).ok());
  ASSERT_TRUE(settings.set("bytea_output", "escape", false).ok());
  const auto changes = settings.unreported();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].second, "a?b??");
}

TEST(Settings, EveryRowHoldsItsInitialValue) {
  for (const SettingRow& row : settingTable()) {
    if (row.kind == SettingKind::fixed) {
      EXPECT_EQ(canonicalValue(row, "x", "").error().sqlstate, "55P02") << row.name;
    } else {
      EXPECT_EQ(canonicalValue(row, row.initial, row.initial).value(), row.initial) << row.name;
    }
  }
}

}  // namespace
}  // namespace scrim::gateway
