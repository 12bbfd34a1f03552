// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/support/store_scratch.h"

namespace scrim::store {
namespace {

using testing::HasSubstr;

template <typename Condition>
bool soon(Condition condition, std::chrono::seconds limit = std::chrono::seconds(30)) {
  auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
    usleep(2000);  // between looks at another process, which has no way to call us
  }
  return true;
}

LinkOptions localOptions(EmbeddedPostgres& server) {
  LinkOptions options;
  options.fields = {
      {"host", server.socketFolder()}, {"port", "5432"}, {"dbname", "scrim_local"}, {"user", "scrim_local"}};
  return options;
}

TEST(Embedded, StartsAnswersAndStops) {
  Scratch scratch;
  pid_t process = 0;
  {
    auto server = EmbeddedPostgres::start({scratch.path() / "pg"});
    ASSERT_TRUE(server.ok()) << server.error().message;
    process = (*server)->processId();
    auto link = Link::open({(*server)->catalogDsn(), {}});
    ASSERT_TRUE(link.ok()) << link.error().message;
    EXPECT_EQ(link->run("SELECT current_setting('listen_addresses')")->string(0, 0), "");
    struct stat facts {};
    ASSERT_EQ(stat((*server)->socketFolder().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0700U);
  }
  EXPECT_NE(kill(process, 0), 0) << "the server outlived us";
  // A second start finds everything as it was.
  auto again = EmbeddedPostgres::start({scratch.path() / "pg"});
  ASSERT_TRUE(again.ok()) << again.error().message;
}

TEST(Embedded, IsStartedAgainWhenItIsKilled) {
  Scratch scratch;
  auto server = EmbeddedPostgres::start({scratch.path() / "pg"});
  ASSERT_TRUE(server.ok()) << server.error().message;
  auto before = Link::open({(*server)->catalogDsn(), {}});
  ASSERT_TRUE(before->script("CREATE TABLE public.kept (n int); INSERT INTO public.kept VALUES (7)").ok());
  kill((*server)->processId(), SIGKILL);
  EXPECT_TRUE(soon([&] {
    auto link = Link::open({(*server)->catalogDsn(), {}});
    return link && link->run("SELECT n FROM public.kept").ok();
  }));
  EXPECT_GE((*server)->restarts(), 1);
  EXPECT_FALSE(before->run("SELECT 1").ok()) << "a dead link is an error, not an answer";
}

TEST(Embedded, TakesOverWhatAKilledInstanceLeft) {
  Scratch scratch;
  { ASSERT_TRUE(EmbeddedPostgres::start({scratch.path() / "pg"}).ok()); }
  // A lock file that names a living process which is no PostgreSQL: ours.
  std::filesystem::path file = scratch.path() / "pg/data/postmaster.pid";
  std::ofstream(file) << getpid() << "\n" << (scratch.path() / "pg/data").string() << "\n1\n5432\n\n\n\n";
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  auto server = EmbeddedPostgres::start({scratch.path() / "pg"});
  EXPECT_TRUE(server.ok()) << server.error().message;
}

TEST(Embedded, LocalRoleSeesNothingAndChangesNothing) {
  auto link = Link::open(localOptions(*SharedServer::get()));
  ASSERT_TRUE(link.ok()) << link.error().message;
  EXPECT_TRUE(link->run("SELECT count(*) FROM pg_catalog.pg_class").ok());
  for (const char* forbidden :
       {"CREATE TABLE public.t (n int)", "CREATE TEMP TABLE t (n int)", "SELECT pg_sleep(0)", "SELECT lo_create(0)",
        "SELECT query_to_xml('SELECT 1', true, true, '')", "SELECT pg_advisory_lock(1)",
        "SELECT rolpassword FROM pg_authid", "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('PG_VERSION')",
        "SET default_transaction_read_only = off; CREATE SCHEMA s"}) {
    EXPECT_FALSE(link->script(forbidden).ok()) << forbidden;
  }
  auto other = localOptions(*SharedServer::get());
  other.fields[2].second = "scrim";
  EXPECT_FALSE(Link::open(other).ok()) << "the local role reached the catalog";
}

TEST(Embedded, SaysWhatIsWrongWithItsFolder) {
  Scratch scratch;
  auto tooLong = EmbeddedPostgres::start({scratch.path() / std::string(100, 'x')});
  EXPECT_THAT(tooLong.error().message, HasSubstr("shorter --data-dir"));
  auto noPrograms = EmbeddedPostgres::start({scratch.path() / "pg", scratch.path()});
  EXPECT_THAT(noPrograms.error().message, HasSubstr("no initdb and postgres"));
  if (geteuid() == 0) {
    std::filesystem::create_directory(scratch.path() / "closed");
    chmod((scratch.path() / "closed").c_str(), 0700);
    auto closed = EmbeddedPostgres::start({scratch.path() / "closed/pg"});
    EXPECT_THAT(closed.error().message, HasSubstr("chmod o+x"));
  }
  EXPECT_THAT(findPostgresBinaries("12").error().message, HasSubstr("install the package postgresql-12"));
}

}  // namespace
}  // namespace scrim::store
