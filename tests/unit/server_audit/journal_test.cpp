// SPDX-License-Identifier: Apache-2.0
#include "server/audit/journal.h"

#include <future>
#include <thread>

#include "support.h"

namespace scrim::audit {
namespace {

TEST(Journal, WritesWhatIsFlushedAndSyncsItSoonAfter) {
  TemporaryDirectory directory;
  const auto journal = openJournal(directory / "audit");
  const auto ticket = start(*journal, "SELECT 'hello'");
  ASSERT_TRUE(ticket);
  EXPECT_EQ(ticket->sequence, 1U);
  ASSERT_TRUE(journal->flush(*ticket));
  EXPECT_TRUE(journal->written(*ticket));
  EXPECT_NE(contentOf(segmentOf(directory / "audit", 1)).find("SELECT 'hello'"), std::string::npos);
  std::promise<bool> synced;
  journal->whenDurable(*ticket, [&](base::Result<void> outcome) { synced.set_value(outcome.ok()); });
  EXPECT_TRUE(synced.get_future().get());
  EXPECT_TRUE(journal->durable(*ticket));
  EXPECT_EQ(journal->auditId(*ticket), journal->name() + "-1");
}

TEST(Journal, ContinuesItsChainAfterAStop) {
  TemporaryDirectory directory;
  std::string name;
  for (int round = 0; round < 3; ++round) {
    const auto journal = openJournal(directory / "audit");
    if (round == 0) name = journal->name();
    EXPECT_EQ(journal->name(), name);
    const auto ticket = start(*journal);
    ASSERT_TRUE(ticket);
    EXPECT_EQ(ticket->sequence, static_cast<std::uint64_t>(round * 2 + 1));
    ASSERT_TRUE(finish(*journal, *ticket));
  }
  EXPECT_EQ(linesOf(segmentOf(directory / "audit", 1)).size(), 7U);
}

TEST(Journal, OneWriteServesManyRecords) {
  TemporaryDirectory directory;
  Faults faults;
  FaultyFiles files(faults);
  JournalOptions options = optionsFor(directory / "audit");
  options.files = &files;
  options.syncDelay = std::chrono::hours(1);
  const auto journal = openJournal(std::move(options));
  const int before = faults.writes;
  runStatements(*journal, 64);
  EXPECT_EQ(faults.writes - before, 1);
}

TEST(Journal, SecondOpenerIsRefused) {
  TemporaryDirectory directory;
  const auto journal = openJournal(directory / "audit");
  const auto second = Journal::open(optionsFor(directory / "audit"));
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("in use by another process"), std::string::npos) << second.error().message;
}

TEST(Journal, EightThreadsAppendAndNothingIsLost) {
  TemporaryDirectory directory;
  constexpr int kEach = 2000;
  {
    const auto journal = openJournal(directory / "audit");
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&journal] {
        for (int i = 0; i < kEach; ++i) {
          const auto ticket = start(*journal);
          ASSERT_TRUE(ticket && journal->flush(*ticket) && journal->written(*ticket));
          ASSERT_TRUE(finish(*journal, *ticket));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(linesOf(segmentOf(directory / "audit", 1)).size(), 1U + 8 * kEach * 2);
  EXPECT_NO_THROW(openJournal(directory / "audit"));  // checks the chain
}

}  // namespace
}  // namespace scrim::audit
