// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "server/app/wiring.h"
#include "server/audit/verify.h"
#include "tests/support/store_scratch.h"

namespace scrim::app {
namespace {

using store::Scratch;
using testing::HasSubstr;

std::string textOf(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Options optionsIn(const Scratch& scratch) {
  Options options;
  options.dataFolder = scratch.path() / "data";
  options.listen = {{"127.0.0.1", 0}};
  options.threads = 1;
  return options;
}

std::string failureOf(const Options& options) {
  auto scrimd = Scrimd::start(options);
  return scrimd ? "it started" : scrimd.error().message;
}

store::LinkOptions clientOf(const Scrimd& scrimd, const std::string& user, const std::string& password) {
  Ready ready = scrimd.ready();
  store::LinkOptions link;
  link.fields = {{"host", ready.host},
                 {"port", std::to_string(ready.port)},
                 {"user", user},
                 {"dbname", "scrim"},
                 {"password", password},
                 {"sslmode", "verify-full"},
                 {"sslrootcert", ready.ca},
                 {"channel_binding", "require"}};
  return link;
}

TEST(ScrimdTest, StartsWithNothingAndLetsItsAdministratorIn) {
  Scratch scratch;
  Options options = optionsIn(scratch);
  std::string password;
  {
    auto scrimd = Scrimd::start(options);
    ASSERT_TRUE(scrimd.ok()) << scrimd.error().message;
    password = textOf(options.dataFolder / "admin-password");
    ASSERT_FALSE(password.empty());
    password.pop_back();
    auto link = store::Link::open(clientOf(**scrimd, "admin", password));
    ASSERT_TRUE(link.ok()) << link.error().message;
    EXPECT_EQ(link->run("SELECT 40 + 2")->string(0, 0), "42");
    EXPECT_THAT(store::Link::open(clientOf(**scrimd, "admin", "wrong")).error().message,
                HasSubstr("password authentication failed for user \"admin\""));
    auto plain = clientOf(**scrimd, "admin", password);
    plain.fields[5].second = "disable";
    plain.fields.resize(6);
    EXPECT_FALSE(store::Link::open(plain).ok()) << "a client without TLS was let in";
    EXPECT_THAT(failureOf(options), HasSubstr("in use by another scrimd"));
  }
  auto again = Scrimd::start(options);
  ASSERT_TRUE(again.ok()) << again.error().message;
  auto link = store::Link::open(clientOf(**again, "admin", password));
  EXPECT_TRUE(link.ok()) << "the administrator did not survive a restart";
  again->reset();
  std::ostringstream report;
  EXPECT_EQ(audit::verifyCommand((options.dataFolder / "audit").string(), report), 0) << report.str();
}

TEST(ScrimdTest, RunsOnACatalogOfTheAdministrators) {
  Scratch scratch;
  Options options = optionsIn(scratch);
  options.catalogDsn = store::SharedServer::get().newDatabase();
  auto scrimd = Scrimd::start(options);
  ASSERT_TRUE(scrimd.ok()) << scrimd.error().message;
  auto link = store::Link::open({options.catalogDsn, {}});
  EXPECT_EQ(link->run("SELECT name FROM scrim.account")->string(0, 0), "admin");
  EXPECT_EQ((*scrimd)->ready().catalogDsn, "");
}

TEST(ScrimdTest, SaysInOneSentenceWhyItCannotStart) {
  Scratch scratch;
  Options options = optionsIn(scratch);

  int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(taken, 1), 0);
  getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size);
  options.listen = {{"127.0.0.1", ntohs(address.sin_port)}};
  EXPECT_THAT(failureOf(options), HasSubstr("is taken by another program"));
  close(taken);

  options = optionsIn(scratch);
  options.catalogDsn = "host=/nonexistent dbname=scrim";
  EXPECT_THAT(failureOf(options), HasSubstr("The catalog's database is not available"));

  options = optionsIn(scratch);
  chmod((options.dataFolder / "secret.key").c_str(), 0644);
  EXPECT_THAT(failureOf(options), HasSubstr("run chmod 600"));
  chmod((options.dataFolder / "secret.key").c_str(), 0600);

  options.certificateFile = options.keyFile = "/nonexistent.pem";
  EXPECT_THAT(failureOf(options), HasSubstr("/nonexistent.pem"));

  options = optionsIn(scratch);
  std::ofstream(options.dataFolder / "secret.key") << std::string(32, 'x');
  EXPECT_THAT(failureOf(options), testing::AnyOf(HasSubstr("does not belong to this catalog"), HasSubstr("journal")));
}

}  // namespace
}  // namespace scrim::app
