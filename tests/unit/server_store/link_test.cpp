// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "server/store/migrate.h"
#include "server/store/pool.h"
#include "server/store/transaction.h"
#include "tests/support/store_scratch.h"

namespace scrim::store {
namespace {

using base::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Link, RoundTripsValues) {
  auto link = Link::open({SharedServer::get().newDatabase(), {}});
  ASSERT_TRUE(link.ok()) << link.error().message;
  std::vector<std::string> texts{"a", "", "with \"quotes\", commas", "back\\slash", "NULL", "{x}"};
  std::string raw("\0\xff'\\", 4);
  auto rows = link->run("SELECT $1::text[], $2::bytea, $3::bigint, $4::boolean, $5::text",
                        {array(texts), bytes(raw), value(std::int64_t{-5}), value(true), std::nullopt});
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_EQ(rows->strings(0, 0), texts);
  EXPECT_EQ(rows->bytes(0, 1), raw);
  EXPECT_EQ(rows->integer(0, 2), -5);
  EXPECT_TRUE(rows->boolean(0, 3));
  EXPECT_TRUE(rows->isNull(0, 4));
}

TEST(Link, ReportsErrorsAndGoesOn) {
  auto link = Link::open({SharedServer::get().newDatabase(), {}});
  auto failed = link->run("SELECT 1/0");
  EXPECT_EQ(failed.error().sqlstate, "22012");
  EXPECT_TRUE(link->run("SELECT 1").ok());
  EXPECT_EQ(link->run("SELECT $1::text", {std::string("a\0b", 3)}).error().code, ErrorCode::invalidText);
  auto columns = link->describe("SELECT 1 AS one, 'x'::varchar(7) AS two");
  ASSERT_TRUE(columns.ok());
  EXPECT_EQ(columns->at(1).name, "two");
  EXPECT_EQ(columns->at(1).typeModifier, 11);
  EXPECT_FALSE(link->describe("SELECT nothing").ok());
}

TEST(Link, GivesUpOnASilentServer) {
  auto link = Link::open({SharedServer::get().newDatabase(), {}});
  ASSERT_TRUE(link.ok());
  link->setAnswerTimeout(std::chrono::milliseconds(50));
  auto late = link->run("SELECT pg_sleep(30)");
  EXPECT_EQ(late.error().code, ErrorCode::connectionLost);
  EXPECT_FALSE(link->alive());
}

TEST(Migrate, RunsOnceAndRefusesANewerOrOtherSchema) {
  std::string dsn = SharedServer::get().newDatabase();
  auto link = Link::open({dsn, {}});
  auto first = migrate(*link);
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(*first, static_cast<int>(embeddedMigrations().size()));
  EXPECT_EQ(*migrate(*link), 0);

  std::vector<Migration> changed = embeddedMigrations();
  changed[0].sql = "SELECT 1";
  EXPECT_THAT(migrate(*link, changed).error().message, HasSubstr("belongs to another version"));
  EXPECT_THAT(migrate(*link, std::span(changed).first(0)).error().message, HasSubstr("newer scrimd"));

  std::vector<Migration> more = embeddedMigrations();
  more.push_back({"9999_bad", "CREATE TABLE half (n int); SELECT 1/0"});
  EXPECT_THAT(migrate(*link, more).error().message, HasSubstr("9999_bad"));
  EXPECT_FALSE(link->run("SELECT 1 FROM scrim.half").ok()) << "a failed migration left something behind";
}

TEST(Migrate, IsAppliedByOneOfManyThatStartTogether) {
  std::string dsn = SharedServer::get().newDatabase();
  std::atomic<int> applied{0};
  std::vector<std::jthread> instances;
  for (int i = 0; i < 4; ++i) {
    instances.emplace_back([&] {
      auto link = Link::open({dsn, {}});
      auto count = migrate(*link);
      ASSERT_TRUE(count.ok()) << count.error().message;
      applied += *count;
    });
  }
  instances.clear();
  EXPECT_EQ(applied, static_cast<int>(embeddedMigrations().size()));
}

TEST(Transaction, IsRepeatedOnASerializationFailureAndUndoneOnAnError) {
  Pool pool({SharedServer::get().newDatabase()});
  {
    auto lease = pool.acquire();
    ASSERT_TRUE(lease.ok()) << lease.error().message;
    ASSERT_TRUE((*lease)->script("CREATE TABLE t (n int); INSERT INTO t VALUES (0)").ok());
  }
  std::vector<std::jthread> writers;
  std::atomic<int> runs{0};
  for (int i = 0; i < 3; ++i) {
    writers.emplace_back([&] {
      auto done = inTransaction(pool, Isolation::serializable, [&](Link& link) -> base::Result<Rows> {
        ++runs;
        SCRIM_TRY(Rows now, link.run("SELECT n FROM t"));
        return link.run("UPDATE t SET n = $1::int", {value(now.integer(0, 0) + 1)});
      });
      EXPECT_TRUE(done.ok()) << done.error().message;
    });
  }
  writers.clear();
  auto undone = inTransaction(pool, Isolation::readCommitted, [&](Link& link) -> base::Result<Rows> {
    SCRIM_CHECK_OK(link.run("UPDATE t SET n = 100"));
    return link.run("SELECT 1/0");
  });
  EXPECT_FALSE(undone.ok());
  auto lease = pool.acquire();
  EXPECT_EQ((*lease)->run("SELECT n FROM t")->integer(0, 0), 3);
  EXPECT_GE(runs, 3);
}

TEST(Pool, WaitsForAFreeLinkAndSaysWhenThereIsNone) {
  PoolOptions options{SharedServer::get().newDatabase(), 1};
  options.waitLimit = std::chrono::milliseconds(20);
  Pool pool(options);
  auto first = pool.acquire();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(pool.acquire().error().code, ErrorCode::catalogUnavailable);
  Pool nowhere({"host=/nonexistent dbname=scrim"});
  EXPECT_EQ(nowhere.acquire().error().code, ErrorCode::catalogUnavailable);
}

}  // namespace
}  // namespace scrim::store
