// SPDX-License-Identifier: Apache-2.0
#include "server/app/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "server/app/data_folder.h"
#include "server/app/port_check.h"
#include "server/app/print_config.h"
#include "server/app/settings.h"
#include "tests/support/store_scratch.h"

namespace scrim::app {
namespace {

using store::Scratch;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> problemsOf(const std::string& text, Options& options) {
  Problems problems("scrim.yaml");
  readConfig(text, options, problems);
  return problems.lines();
}

std::string pageText() {
  std::ifstream stream(std::string(SCRIM_SOURCE_DIR) + "/docs/admin/configuration.md");
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// What scrimd reads when it is started with these.
ReadOptions read(std::vector<const char*> words, std::vector<const char*> environment = {},
                 const std::filesystem::path& defaultFile = "/nonexistent/scrimd.yaml") {
  words.insert(words.begin(), "scrimd");
  environment.push_back(nullptr);
  return readOptions({static_cast<int>(words.size()), words.data(), environment.data(), defaultFile});
}

TEST(Config, TakesTheExampleOfThePage) {
  std::string page = pageText();
  std::size_t start = page.find("```yaml\n", page.find("<!-- example: config -->")) + 8;
  Options options;
  EXPECT_THAT(problemsOf(page.substr(start, page.find("```", start) - start), options), ElementsAre());
  EXPECT_THAT(conflictsIn(options), ElementsAre());
  ASSERT_EQ(options.listen.size(), 2u);
  EXPECT_EQ(options.listen[1].host, "::1");
  EXPECT_EQ(options.limits.connections, 20000);
  EXPECT_EQ(options.lease, std::chrono::seconds(10));
  EXPECT_FALSE(options.strictAudit);
  for (const Setting& setting : settings()) EXPECT_EQ(options.origins.count(setting.key), 1u) << setting.key;
}

TEST(Config, ThePageHasTheTableOfAllSettings) {
  EXPECT_NE(pageText().find(settingsTable()), std::string::npos) << "the page needs this table:\n" << settingsTable();
}

TEST(Config, ReportsEveryProblemAtItsPlace) {
  Options options;
  EXPECT_THAT(problemsOf("listen: [localhost:x, db.example:1, 127.0.0.1:70000, '[::1]:1']\n"
                         "audit: {mode: sometimes}\n"
                         "tls: {certificate: [a], require_client_certificate: 'true', names: ['a b']}\n"
                         "limits: {connections: 0, conections: 5}\n"
                         "catalog: {lease_seconds: 0}\n"
                         "log_level: loud\n"
                         "threads: '3'\n"
                         "api:\n"
                         "advertised_host: \"a\\nb\"\n"
                         "verbose: true\n",
                         options),
              ElementsAre(HasSubstr("scrim.yaml:1:10: localhost:x is no address"), HasSubstr("1:23: db.example:1"),
                          HasSubstr("1:37: 127.0.0.1:70000"), HasSubstr("2:15: audit.mode must be default or strict"),
                          HasSubstr("3:20: tls.certificate must be a text"),
                          HasSubstr("3:53: tls.require_client_certificate must be true or false"),
                          HasSubstr("3:69: tls.names holds a b"),
                          HasSubstr("4:23: limits.connections must be a whole number from 1 to"),
                          HasSubstr("4:26: limits has no key conections; did you mean connections?"),
                          HasSubstr("5:26: catalog.lease_seconds"), HasSubstr("6:12: log_level must be debug, info"),
                          HasSubstr("7:10: threads"), HasSubstr("9:1: api must be a map"),
                          HasSubstr("9:18: advertised_host must not hold line breaks"),
                          HasSubstr("10:1: the file has no key verbose")));
  EXPECT_THAT(problemsOf("listen: []\ndata_dir: ''\ntls: {names: [a, a]}\n", options),
              ElementsAre(HasSubstr("1:9: listen must name at least one"),
                          HasSubstr("2:11: data_dir must not be empty"), HasSubstr("3:14: tls.names holds a twice")));
}

TEST(Config, ReportsWhatDoesNotGoTogether) {
  Scratch scratch;
  std::string file = (scratch.path() / "scrim.yaml").string();
  std::ofstream(file) << "tls:\n  certificate: a\n";
  ReadOptions found = read({"--config", file.c_str()}, {"SCRIMD_TLS_REQUIRE_CLIENT_CERTIFICATE=true"});
  EXPECT_THAT(found.problems,
              ElementsAre(file + ":2:16: tls needs certificate and key together, or neither for the private CA's",
                          "SCRIMD_TLS_REQUIRE_CLIENT_CERTIFICATE: tls.require_client_certificate needs tls.client_ca"));
  EXPECT_EQ(found.exitCode, 1);
  EXPECT_EQ(read({"--config", file.c_str(), "--tls-key", "k"}).exitCode, std::nullopt);
}

TEST(Order, TheFileThenTheEnvironmentThenTheCommandLine) {
  Scratch scratch;
  std::string file = (scratch.path() / "scrim.yaml").string();
  std::ofstream(file) << "listen: 127.0.0.1:1111\naudit: {mode: strict}\nthreads: 3\ndata_dir: /from/file\n"
                         "limits:\n  cursors: 1\n";
  const std::string variable = "SCRIMD_CONFIG=" + file;
  ReadOptions found = read({"--listen", "[::1]:0", "--plaintext"},
                           {variable.c_str(), "SCRIMD_LISTEN=1,2", "SCRIMD_THREADS=4", "SCRIMD_TLS_NAMES=a.example,*.b",
                            "SCRIM_URL=https://elsewhere", "SCRIM_PRESET=dev"});
  EXPECT_THAT(found.problems, ElementsAre());
  const Options& options = found.options;
  EXPECT_EQ(options.listen.size(), 1u);
  EXPECT_EQ(options.listen[0].host, "::1");
  EXPECT_EQ(options.threads, 4u);
  EXPECT_EQ(options.dataFolder, "/from/file");
  EXPECT_TRUE(options.plainText);
  EXPECT_TRUE(options.strictAudit);
  EXPECT_THAT(options.certificateNames, ElementsAre("a.example", "*.b"));
  EXPECT_EQ(options.origins.at("listen").text(), "flag --listen");
  EXPECT_EQ(options.origins.at("threads").text(), "environment SCRIMD_THREADS");
  EXPECT_EQ(options.origins.at("limits.cursors").text(), file + ":6");
  EXPECT_EQ(options.origins.count("log_level"), 0u);
}

TEST(Order, TheFileIsTheOneNamedFirst) {
  Scratch scratch;
  std::string file = (scratch.path() / "scrim.yaml").string();
  std::ofstream(file) << "threads: 3\n";
  EXPECT_EQ(read({}, {}, file).options.threads, 3u);
  EXPECT_EQ(read({"--config", ""}, {}, file).options.threads, 0u);
  EXPECT_EQ(read({}, {"SCRIMD_CONFIG="}, file).options.threads, 0u);
  EXPECT_EQ(read({"--config", file.c_str()}, {"SCRIMD_CONFIG=/nonexistent.yaml"}).options.threads, 3u);
  EXPECT_EQ(read({}, {"SCRIMD_CONFIG=/nonexistent.yaml"}, file).exitCode, 1);
  EXPECT_EQ(read({"--config", scratch.path().c_str()}).exitCode, 1) << "a folder";
}

TEST(Environment, RefusesWhatItDoesNotKnow) {
  ReadOptions found = read({}, {"SCRIMD_LISTN=1", "SCRIMD_THREADS=many", "SCRIMD_LISTEN=1,", "SCRIMD_PLAINTEXT=yes",
                                "SCRIMD_LOG_LEVEL=\xff", "SCRIMD_API_THREADS=1", "SCRIMD_API_THREADS=2"});
  EXPECT_THAT(found.problems,
              ElementsAre("environment SCRIMD_LISTN: no setting has this variable; did you mean SCRIMD_LISTEN?",
                          "environment SCRIMD_THREADS: threads must be a whole number from 0 to 1024",
                          HasSubstr("environment SCRIMD_LISTEN:  is no address and port"),
                          "environment SCRIMD_PLAINTEXT: plaintext must be true or false",
                          "environment SCRIMD_LOG_LEVEL: log_level must be UTF-8 text",
                          "environment SCRIMD_API_THREADS: the variable is set twice"));
  EXPECT_EQ(found.exitCode, 1);
}

TEST(CommandLine, IsStrict) {
  EXPECT_EQ(read({"--listen", "example.com:1"}).exitCode, 2);
  EXPECT_EQ(read({"--no-such-option"}).exitCode, 2);
  EXPECT_EQ(read({"--threads", "1", "--threads", "2"}).exitCode, 2);
  EXPECT_EQ(read({"--config", "/nonexistent.yaml"}).exitCode, 1);
  EXPECT_EQ(read({"--listen", "1", "--listen", "2", "--audit", "strict"}).options.listen.size(), 2u);
  EXPECT_FALSE(read({"--plaintext=false"}).options.plainText);
  ReadOptions secret = read({"--catalog-dsn", "host=a password=tiger"});
  EXPECT_THAT(secret.problems, ElementsAre(HasSubstr("no place for secrets")));
  EXPECT_THAT(secret.problems, testing::Each(testing::Not(HasSubstr("tiger"))));
  EXPECT_THAT(read({"--tls-key", "-----BEGIN PRIVATE KEY-----\nMII"}).problems,
              ElementsAre("--tls-key: tls.key must be the name of a file, not what the file holds"));
}

TEST(DataFolderTest, IsOursAloneAndUsedOnce) {
  Scratch scratch;
  auto path = scratch.path() / "a/b/data";
  {
    auto folder = DataFolder::open(path);
    ASSERT_TRUE(folder.ok()) << folder.error().message;
    EXPECT_THAT(DataFolder::open(path).error().message, HasSubstr("in use by another scrimd"));
  }
  EXPECT_TRUE(DataFolder::open(path).ok()) << "the lock outlived its owner";
  chmod(path.c_str(), 0777);
  EXPECT_THAT(DataFolder::open(path).error().message, HasSubstr("can be written by others"));
  std::ofstream(scratch.path() / "file") << "x";
  EXPECT_THAT(DataFolder::open(scratch.path() / "file").error().message, HasSubstr("no folder"));
  EXPECT_FALSE(DataFolder::open(scratch.path() / "file/below").ok());
  if (geteuid() == 0) {
    chmod(path.c_str(), 0700);
    ASSERT_EQ(chown(path.c_str(), 65534, 65534), 0);
    EXPECT_THAT(DataFolder::open(path).error().message, HasSubstr("belongs to another user"));
    EXPECT_THAT(DataFolder::open("/proc/scrim-test").error().message, HasSubstr("Choose another --data-dir"));
  }
}

TEST(PortCheck, SaysWhatIsWrong) {
  EXPECT_TRUE(checkPortIsFree({"127.0.0.1", 0}).ok());
  EXPECT_THAT(checkPortIsFree({"203.0.113.1", 5439}).error().message, HasSubstr("no address of this machine"));
}

}  // namespace
}  // namespace scrim::app
