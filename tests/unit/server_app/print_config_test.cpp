// SPDX-License-Identifier: Apache-2.0
#include "server/app/print_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/app/masked.h"
#include "server/app/settings.h"

namespace scrim::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Another value than the default, for every setting.
Values otherThan(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::number:
      return {std::to_string(setting.least + 7)};
    case SettingKind::truth:
      return {"true"};
    case SettingKind::choice:
      return {setting.words.back()};
    case SettingKind::addresses:
      return {"[::1]:0", "10.0.0.1:7"};
    case SettingKind::host:
      return {"::1"};
    case SettingKind::names:
      return {"a.example", "::1", "*.b"};
    default:
      return {"a \\ \"quoted\" # 'ünïcödé': {x}, [y]"};
  }
}

TEST(PrintConfig, IsAFileThatSaysTheSame) {
  Options options;
  options.dataFolder = "/d";
  for (const Setting& setting : settings()) {
    if (setting.kind != SettingKind::dsn) setting.set(options, otherThan(setting));
    options.origins[setting.key] = {Origin::Kind::file, "evil\nlisten: 1", {3, 1}};
  }
  options.catalogDsn = "host=a dbname='my base'";
  Options again;
  Problems problems("printed.yaml");
  readConfig(printedConfig(options), again, problems);
  EXPECT_THAT(problems.lines(), ElementsAre());
  for (const Setting& setting : settings()) EXPECT_EQ(setting.get(again), setting.get(options)) << setting.key;
}

TEST(PrintConfig, SaysWhereAValueComesFrom) {
  Options options;
  options.origins["threads"] = {Origin::Kind::file, "/etc/scrim/scrimd.yaml", {7, 3}};
  options.origins["limits.cursors"] = {Origin::Kind::variable, "SCRIMD_LIMITS_CURSORS", {}};
  options.origins["tls.names"] = {Origin::Kind::flag, "--tls-names", {}};
  EXPECT_THAT(printedConfig(options), HasSubstr("\nthreads: 0  # /etc/scrim/scrimd.yaml:7\n"));
  EXPECT_THAT(printedConfig(options), HasSubstr("\n  cursors: 1000  # environment SCRIMD_LIMITS_CURSORS\n"));
  EXPECT_THAT(printedConfig(options), HasSubstr("\n  names: []  # flag --tls-names\n"));
  EXPECT_THAT(printedConfig(options), HasSubstr("\nlog_level: info  # default\n"));
}

TEST(PrintConfig, AMaskedFileIsNotTakenForARealOne) {
  Options options;
  options.dataFolder = "/d";
  options.catalogDsn = "host=a password=tiger";
  EXPECT_THAT(printedConfig(options), Not(HasSubstr("tiger")));
  Problems problems("printed.yaml");
  readConfig(printedConfig(options), options, problems);
  EXPECT_THAT(problems.lines(), ElementsAre(HasSubstr("catalog.dsn holds a masked value")));
}

TEST(Masked, Keywords) {
  EXPECT_EQ(maskedDsn(""), "");
  EXPECT_EQ(maskedDsn("host=a,b  port = 5 dbname='my base' passfile=/p"),
            "host=a,b port=5 dbname='my base' passfile=/p");
  EXPECT_EQ(maskedDsn("password=tiger host=a"), "password=******** host=a");
  EXPECT_EQ(maskedDsn("password='ti\\' ger' host=a"), "password=******** host=a");
  EXPECT_EQ(maskedDsn("password=ti\\ ger host=a"), "password=******** host=a");
  EXPECT_EQ(maskedDsn("sslpassword=tiger options=tiger new_thing=tiger"),
            "sslpassword=******** options=******** new_thing=********");
  EXPECT_EQ(maskedDsn("dbname='host=a password=tiger'"), "dbname=********");
  EXPECT_EQ(maskedDsn("dbname=postgresql://u:tiger@h"), "dbname=********");
  for (const char* doubtful : {"password='tiger", "tiger", "host=a tiger", "host=a pass word=tiger", "host=a =tiger"}) {
    EXPECT_THAT(maskedDsn(doubtful), Not(HasSubstr("tiger"))) << doubtful;
  }
}

TEST(Masked, Uris) {
  EXPECT_EQ(maskedDsn("postgresql://h1:1,[::1]:2/db?sslmode=require"), "postgresql://h1:1,[::1]:2/db?sslmode=require");
  EXPECT_EQ(maskedDsn("postgres://u@h/db"), "postgres://u@h/db");
  EXPECT_EQ(maskedDsn("postgresql://u:tiger@h:1/db"), "postgresql://u:********@h:1/db");
  EXPECT_EQ(maskedDsn("postgresql://:tiger@h"), "postgresql://:********@h");
  EXPECT_EQ(maskedDsn("postgresql://h?user=u&password=tiger&p%61ssword=tiger&sslkey=/k"),
            "postgresql://h?user=u&password=********&p%61ssword=********&sslkey=/k");
  for (const char* doubtful : {"postgresql://u:ti/tiger@h", "postgresql://u:t@tiger@h", "postgresql://u:tiger",
                               "postgresql://u:t?tiger@h", "postgresql://h?tiger", "POSTGRESQL://u:tiger@h"}) {
    EXPECT_THAT(maskedDsn(doubtful), Not(HasSubstr("tiger"))) << doubtful;
  }
}

TEST(Settings, HaveNamesOfTheirOwn) {
  std::vector<std::string> names;
  for (const Setting& setting : settings()) {
    EXPECT_FALSE(setting.meaning.empty()) << setting.key;
    names.insert(names.end(), {setting.key, setting.variable(), setting.flag()});
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace scrim::app
