// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/command.h"

#include <gtest/gtest.h>

namespace scrim::gateway {
namespace {

base::Result<Command> read(const std::string& text) {
  SCRIM_TRY(const parse::ParsedQuery statement, parse::parseOne(text));
  SCRIM_TRY(const resolve::StatementKind kind, resolve::classify(statement));
  return readCommand(statement, kind);
}

template <typename T>
T as(const std::string& text) {
  auto command = read(text);
  EXPECT_TRUE(command.ok()) << text << ": " << (command.ok() ? "" : command.error().message);
  return std::get<T>(std::move(command).value());
}

TEST(Command, Tags) {
  const std::pair<const char*, const char*> cases[] = {{"SET a = 1", "SET"},
                                                       {"RESET ALL", "RESET"},
                                                       {"SHOW a", "SHOW"},
                                                       {"BEGIN", "BEGIN"},
                                                       {"START TRANSACTION", "START TRANSACTION"},
                                                       {"END", "COMMIT"},
                                                       {"ABORT", "ROLLBACK"},
                                                       {"SAVEPOINT s", "SAVEPOINT"},
                                                       {"RELEASE s", "RELEASE"},
                                                       {"ROLLBACK TO s", "ROLLBACK"},
                                                       {"CLOSE c", "CLOSE CURSOR"},
                                                       {"CLOSE ALL", "CLOSE CURSOR ALL"},
                                                       {"DECLARE c CURSOR FOR SELECT 1", "DECLARE CURSOR"},
                                                       {"DEALLOCATE a", "DEALLOCATE"},
                                                       {"DEALLOCATE ALL", "DEALLOCATE ALL"},
                                                       {"DISCARD ALL", "DISCARD ALL"},
                                                       {"DISCARD TEMP", "DISCARD TEMP"},
                                                       {"PREPARE a AS SELECT 1", "PREPARE"},
                                                       {"EXPLAIN SELECT 1", "EXPLAIN"},
                                                       {"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SET"}};
  for (const auto& [text, tag] : cases) {
    const auto command = read(text);
    ASSERT_TRUE(command.ok()) << text;
    EXPECT_EQ(tagOf(*command), tag) << text;
  }
}

TEST(Command, SetForms) {
  EXPECT_EQ(as<SetCommand>("SET TimeZone TO 'UTC'").value, "UTC");
  EXPECT_EQ(as<SetCommand>("SET TIME ZONE 'UTC'").name, "timezone");
  EXPECT_EQ(as<SetCommand>("SET TIME ZONE -7").value, "-7");
  EXPECT_FALSE(as<SetCommand>("SET TIME ZONE LOCAL").value);
  EXPECT_EQ(as<SetCommand>("SET search_path = \"$user\", public").value, "$user, public");
  EXPECT_EQ(as<SetCommand>("SET NAMES 'UTF8'").name, "client_encoding");
  EXPECT_EQ(as<SetCommand>("SET a = on").value, "on");
  EXPECT_EQ(as<SetCommand>("SET a = 1.5").value, "1.5");
  EXPECT_TRUE(as<SetCommand>("SET LOCAL a = 1").local);
  for (const char* bad :
       {"SET a = 1, 2", "SET a FROM CURRENT", "SET TIME ZONE INTERVAL '1' HOUR", "SET TRANSACTION SNAPSHOT 'x'"}) {
    EXPECT_FALSE(read(bad).ok()) << bad;
  }
}

TEST(Command, TransactionModes) {
  const auto begin = as<TransactionCommand>("BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE, NOT DEFERRABLE");
  EXPECT_EQ(begin.modes.isolation, "repeatable read");
  EXPECT_EQ(begin.modes.readOnly, false);
  EXPECT_EQ(begin.modes.deferrable, false);
  EXPECT_TRUE(as<TransactionCommand>("COMMIT AND CHAIN").chain);
  EXPECT_EQ(as<TransactionCommand>("ROLLBACK TO SAVEPOINT \"S\"").savepoint, "S");
  EXPECT_TRUE(
      as<SetTransactionCommand>("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE").ofSession);
  EXPECT_FALSE(read("PREPARE TRANSACTION 'x'").ok());
}

TEST(Command, Fetches) {
  using Kind = push::FetchDirection::Kind;
  struct Case {
    const char* text;
    Kind kind;
    bool all;
    std::int64_t count;
  };
  for (const Case& c :
       {Case{"FETCH c", Kind::forward, false, 1}, Case{"FETCH ALL FROM c", Kind::forward, true, INT64_MAX},
        Case{"FETCH BACKWARD ALL FROM c", Kind::backward, true, INT64_MAX},
        Case{"FETCH -3 c", Kind::forward, false, -3}, Case{"FETCH FIRST c", Kind::absolute, false, 1},
        Case{"FETCH LAST c", Kind::absolute, false, -1}, Case{"FETCH PRIOR c", Kind::backward, false, 1},
        Case{"MOVE RELATIVE 0 IN c", Kind::relative, false, 0}}) {
    const auto fetch = as<FetchCommand>(c.text);
    EXPECT_EQ(fetch.direction.kind, c.kind) << c.text;
    EXPECT_EQ(fetch.direction.all, c.all) << c.text;
    EXPECT_EQ(fetch.direction.count, c.count) << c.text;
  }
  EXPECT_TRUE(as<FetchCommand>("MOVE c").move);
}

TEST(Command, DeclareOptions) {
  const auto plain = as<DeclareCommand>("DECLARE c CURSOR FOR SELECT 1");
  EXPECT_EQ(plain.options.scroll, push::CursorOptions::Scroll::unspecified);
  const auto declared = as<DeclareCommand>("DECLARE c BINARY INSENSITIVE NO SCROLL CURSOR WITH HOLD FOR SELECT 1");
  EXPECT_TRUE(declared.options.binary);
  EXPECT_TRUE(declared.options.hold);
  EXPECT_EQ(declared.options.scroll, push::CursorOptions::Scroll::no);
}

TEST(Command, PrepareAndExecute) {
  EXPECT_EQ(as<PrepareCommand>("PREPARE p(int, text, varchar(3)) AS SELECT $1").types,
            (std::vector<std::uint32_t>{23, 25, 1043}));
  EXPECT_FALSE(read("PREPARE p(nope) AS SELECT $1").ok());
  EXPECT_FALSE(read("PREPARE p(int[]) AS SELECT $1").ok());
  const auto execute = as<ExecuteCommand>("EXECUTE p(1, 'a', NULL, -2.5, true)");
  ASSERT_EQ(execute.values.size(), 5U);
  EXPECT_EQ(execute.values[1], "a");
  EXPECT_FALSE(execute.values[2]);
  EXPECT_EQ(execute.values[3], "-2.5");
  EXPECT_FALSE(read("EXECUTE p(1 + 1)").ok());
  EXPECT_FALSE(read("EXECUTE p((SELECT 1))").ok());
}

}  // namespace
}  // namespace scrim::gateway
