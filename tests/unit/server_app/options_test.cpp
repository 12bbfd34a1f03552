// SPDX-License-Identifier: Apache-2.0
#include "server/app/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "server/app/data_folder.h"
#include "server/app/port_check.h"
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

TEST(Config, TakesTheExampleOfThePage) {
  std::ifstream stream(std::string(SCRIM_SOURCE_DIR) + "/docs/admin/configuration.md");
  std::string page{std::istreambuf_iterator<char>(stream), {}};
  std::size_t start = page.find("```yaml\n", page.find("<!-- example: config -->")) + 8;
  Options options;
  EXPECT_THAT(problemsOf(page.substr(start, page.find("```", start) - start), options), ElementsAre());
  ASSERT_EQ(options.listen.size(), 2u);
  EXPECT_EQ(options.listen[1].host, "::1");
  EXPECT_EQ(options.limits.connections, 20000);
  EXPECT_EQ(options.lease, std::chrono::seconds(10));
  EXPECT_FALSE(options.strictAudit);
}

TEST(Config, ReportsEveryProblemAtItsPlace) {
  Options options;
  EXPECT_THAT(problemsOf("listen: [localhost:x, db.example:1, 127.0.0.1:70000, '[::1]:1']\n"
                         "audit: {mode: sometimes}\n"
                         "tls: {certificate: a, require_client_certificate: true, names: ['a b']}\n"
                         "limits: {connections: 0, conections: 5}\n"
                         "catalog: {lease_seconds: 0}\n"
                         "log_level: loud\n"
                         "threads: many\n"
                         "verbose: true\n",
                         options),
              ElementsAre(HasSubstr("scrim.yaml:1:10: localhost:x is no address"), HasSubstr("1:23: db.example:1"),
                          HasSubstr("1:37: 127.0.0.1:70000"), HasSubstr("2:15: mode must be default or strict"),
                          HasSubstr("3:6: tls needs certificate and key"), HasSubstr("3:6: require_client_certificate"),
                          HasSubstr("3:6: names holds a b"), HasSubstr("4:23: connections must be a whole number"),
                          HasSubstr("4:26: limits has no key conections; did you mean connections?"),
                          HasSubstr("5:26: lease_seconds"), HasSubstr("6:12: log_level"), HasSubstr("7:10: threads"),
                          HasSubstr("8:1: the file has no key verbose")));
}

TEST(CommandLine, WinsOverTheFile) {
  Scratch scratch;
  std::string file = (scratch.path() / "scrim.yaml").string();
  std::ofstream(file) << "listen: 127.0.0.1:1111\naudit: {mode: strict}\nthreads: 3\ndata_dir: /from/file\n";
  Options options;
  const char* words[] = {"scrimd", "--config", file.c_str(), "--listen", "[::1]:0", "--plaintext"};
  EXPECT_EQ(readCommandLine(6, words, options), std::nullopt);
  EXPECT_EQ(options.listen[0].host, "::1");
  EXPECT_EQ(options.listen[0].port, 0);
  EXPECT_EQ(options.threads, 3u);
  EXPECT_EQ(options.dataFolder, "/from/file");
  EXPECT_TRUE(options.plainText);
  EXPECT_TRUE(options.strictAudit);
  const char* wrong[] = {"scrimd", "--listen", "example.com:1"};
  EXPECT_EQ(readCommandLine(3, wrong, options), 2);
  const char* unknown[] = {"scrimd", "--no-such-option"};
  EXPECT_EQ(readCommandLine(2, unknown, options), 2);
  const char* missing[] = {"scrimd", "--config", "/nonexistent.yaml"};
  EXPECT_EQ(readCommandLine(3, missing, options), 1);
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
