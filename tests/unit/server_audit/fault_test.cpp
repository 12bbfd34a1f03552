// SPDX-License-Identifier: Apache-2.0
// Disks that fail: what was accepted is kept, nothing is accepted meanwhile, and the chain has no gap afterwards.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/audit/journal.h"
#include "server/audit/reader.h"
#include "server/audit/verify.h"
#include "support.h"

namespace scrim::audit {
namespace {

// Waits for a callback of whenDurable().
class Answer {
 public:
  Journal::DurableCallback callback() {
    return [this](base::Result<void> outcome) {
      const std::lock_guard lock(mutex_);
      outcome_ = std::move(outcome);
      ready_.notify_all();
    };
  }
  base::Result<void> wait() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return outcome_.has_value(); });
    return *outcome_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::optional<base::Result<void>> outcome_;
};

class Fault : public testing::Test {
 protected:
  std::unique_ptr<Journal> open() {
    JournalOptions options = optionsFor(path_);
    options.files = &files_;
    options.segmentBytes = segmentBytes_;
    options.memoryLimit = memoryLimit_;
    options.syncDelay = std::chrono::milliseconds(1);
    options.retryDelay = std::chrono::hours(1);  // repairs happen when the test asks
    return openJournal(std::move(options));
  }
  static bool waitDurable(Journal& journal, Ticket ticket) {
    Answer answer;
    journal.whenDurable(ticket, answer.callback());
    return answer.wait().ok();
  }
  VerifyReport intact() {
    auto checked = verify(path_);
    EXPECT_TRUE(checked);
    EXPECT_FALSE(checked->finding) << checked->finding->text;
    return std::move(checked).value();
  }
  void expectBroken(Journal& journal) {
    EXPECT_TRUE(journal.failure());
    const auto ticket = start(journal);
    ASSERT_FALSE(ticket);
    EXPECT_EQ(ticket.error().code, base::ErrorCode::auditUnavailable);
    EXPECT_FALSE(ticket.error().hint.empty());
    EXPECT_FALSE(journal.flush());
    EXPECT_FALSE(journal.login({.user = "bob"}));
    EXPECT_FALSE(waitDurable(journal, {1}));
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "audit";
  Faults faults_;
  FaultyFiles files_{faults_};
  std::uint64_t segmentBytes_ = 1U << 20U;
  std::size_t memoryLimit_ = 16U << 20U;
};

TEST_F(Fault, AFullDiskCutsAWriteShortAtEveryByte) {
  for (std::int64_t room = 0; room < 450; room += 7) {
    TemporaryDirectory fresh;
    JournalOptions options = optionsFor(fresh / "audit");
    options.files = &files_;
    options.retryDelay = std::chrono::hours(1);
    options.syncDelay = std::chrono::hours(1);
    {
      const auto journal = openJournal(std::move(options));
      runStatements(*journal, 2);
      faults_.room = room;
      faults_.write = ENOSPC;
      const auto ticket = start(*journal, "SELECT 'late'");
      ASSERT_TRUE(ticket);
      const auto ended = finish(*journal, *ticket);
      ASSERT_TRUE(ended);
      ASSERT_FALSE(journal->flush(*ended));
      EXPECT_FALSE(journal->written(*ticket));
      expectBroken(*journal);
      EXPECT_FALSE(journal->repair());
      faults_.write = 0;
      ASSERT_TRUE(journal->repair());
      EXPECT_TRUE(journal->written(*ended));
      runStatements(*journal, 1);
    }
    const auto checked = verify(fresh / "audit");
    ASSERT_FALSE(checked->finding) << checked->finding->text;
    EXPECT_EQ(checked->records, 9U);  // 4, 2 late, recovered, 2
  }
}

TEST_F(Fault, ARecoveryIsOnRecord) {
  {
    const auto journal = open();
    runStatements(*journal, 1);
    faults_.write = ENOSPC;
    ASSERT_TRUE(start(*journal));
    EXPECT_FALSE(journal->flush());
    EXPECT_FALSE(start(*journal));
    EXPECT_FALSE(start(*journal));
    faults_.write = 0;
    ASSERT_TRUE(journal->repair());
    EXPECT_FALSE(journal->failure());
  }
  intact();
  int seen = 0;
  ASSERT_TRUE(readRecords(path_, {}, [&](const ReadRecord& record) {
    if (record.kind != "recovered") return true;
    ++seen;
    EXPECT_EQ(record.value("refused"), 2U);
    EXPECT_EQ(record.value("late_from"), 3U);
    EXPECT_EQ(record.value("late_to"), 3U);
    EXPECT_EQ(record.text("reason"), "No space left on device");
    return true;
  }));
  EXPECT_EQ(seen, 1);
}

TEST_F(Fault, EndsOfStatementsAreKeptWhileBroken) {
  {
    const auto journal = open();
    const auto ticket = start(*journal);
    ASSERT_TRUE(journal->flush());
    faults_.write = EIO;
    ASSERT_TRUE(start(*journal));
    EXPECT_FALSE(journal->flush());
    EXPECT_FALSE(finish(*journal, *ticket));  // an error, and kept
    faults_.write = 0;
    ASSERT_TRUE(journal->repair());
  }
  const VerifyReport found = intact();
  EXPECT_EQ(found.kinds.at("finished"), 1U);
  EXPECT_EQ(found.unfinished, 1U);
}

TEST_F(Fault, RepairFailsUntilTheTornTailCanBeCut) {
  const auto journal = open();
  runStatements(*journal, 1);
  faults_.room = 100;
  faults_.write = EIO;
  faults_.truncate = EIO;
  ASSERT_TRUE(start(*journal));
  EXPECT_FALSE(journal->flush());
  faults_.write = 0;
  EXPECT_FALSE(journal->repair());
  expectBroken(*journal);
  faults_.truncate = 0;
  EXPECT_TRUE(journal->repair());
  intact();
}

TEST_F(Fault, RotationFails) {
  segmentBytes_ = 2000;
  {
    const auto journal = open();
    runStatements(*journal, 2);
    faults_.create = EMFILE;
    bool broke = false;
    for (int i = 0; i < 10 && !broke; ++i) {
      ASSERT_TRUE(start(*journal));
      broke = !journal->flush();
    }
    ASSERT_TRUE(broke);
    expectBroken(*journal);
    faults_.create = 0;
    EXPECT_TRUE(journal->repair());
    runStatements(*journal, 2);
  }
  EXPECT_GT(intact().segments, 1U);
}

TEST_F(Fault, AFailedSyncIsNotBelieved) {
  {
    const auto journal = open();
    runStatements(*journal, 3);
    ASSERT_TRUE(waitDurable(*journal, {6}));
    faults_.sync = EIO;
    const auto lost = start(*journal, "SELECT 'not on the disk'");
    ASSERT_TRUE(journal->flush(*lost));  // the page cache took it
    EXPECT_FALSE(waitDurable(*journal, *lost));
    EXPECT_FALSE(journal->durable(*lost));
    expectBroken(*journal);
    EXPECT_FALSE(journal->repair());  // the new segment cannot be synced either
    faults_.sync = 0;
    ASSERT_TRUE(journal->repair());
    EXPECT_TRUE(journal->durable(*lost));
    runStatements(*journal, 1);
  }
  const VerifyReport found = intact();
  EXPECT_EQ(found.segments, 2U);
  EXPECT_EQ(found.records, 10U);
  EXPECT_EQ(linesOf(segmentOf(path_, 1)).size(), 7U);  // header and what was durable
  EXPECT_NE(contentOf(segmentOf(path_, 2)).find("not on the disk"), std::string::npos);
}

TEST_F(Fault, AFailedSyncAcrossSeveralSegments) {
  segmentBytes_ = 2000;
  {
    const auto journal = open();
    runStatements(*journal, 2);
    ASSERT_TRUE(waitDurable(*journal, {4}));
    faults_.sync = EIO;
    for (int i = 0; i < 12; ++i) {
      if (start(*journal)) static_cast<void>(journal->flush());
    }
    EXPECT_FALSE(waitDurable(*journal, {5}));
    faults_.sync = 0;
    ASSERT_TRUE(journal->repair());
    runStatements(*journal, 5);
  }
  const VerifyReport found = intact();
  EXPECT_GE(found.records, 4U + 1U + 1U + 10U);
}

// Each moment of a repair at which the process may be killed: between the rename and the last truncation.
TEST_F(Fault, AnInterruptedRepairIsFinishedByTheNextStart) {
  segmentBytes_ = 2000;
  const auto journal = open();
  runStatements(*journal, 2);
  ASSERT_TRUE(waitDurable(*journal, {4}));
  faults_.sync = EIO;
  std::uint64_t accepted = 0;
  for (int i = 0; i < 12; ++i) {
    const auto ticket = start(*journal);
    if (!ticket || !journal->flush(*ticket)) break;
    accepted = ticket->sequence;
  }
  ASSERT_GE(accepted, 5U);
  EXPECT_FALSE(waitDurable(*journal, {accepted}));
  faults_.sync = 0;
  faults_.truncate = EIO;
  EXPECT_FALSE(journal->repair());  // the new segment is in place, the old ones still hold the same records
  const std::string copy = directory_ / "copy";
  copyJournal(path_, copy);
  EXPECT_EQ(verify(copy)->finding->damage, Damage::unfinishedRepair);
  { openJournal(copy); }
  const auto checked = verify(copy);
  ASSERT_FALSE(checked->finding) << checked->finding->text;
  EXPECT_GE(checked->records, accepted);
  faults_.truncate = 0;
  EXPECT_TRUE(journal->repair());
  EXPECT_FALSE(verify(path_)->finding);
}

TEST_F(Fault, AStrictCallerWaitsForTheDisk) {
  const auto journal = open();
  for (int i = 0; i < 20; ++i) {
    const auto ticket = start(*journal);
    ASSERT_TRUE(waitDurable(*journal, *ticket));
    ASSERT_TRUE(journal->durable(*ticket));
  }
}

TEST_F(Fault, ManyStrictCallersShareASync) {
  const auto journal = open();
  const int before = faults_.syncs;
  std::vector<Answer> answers(100);
  for (Answer& answer : answers) {
    const auto ticket = start(*journal);
    ASSERT_TRUE(ticket);
    journal->whenDurable(*ticket, answer.callback());
  }
  for (Answer& answer : answers) EXPECT_TRUE(answer.wait());
  EXPECT_LT(faults_.syncs - before, 100);
}

TEST_F(Fault, WaitersHearOfTheBreak) {
  const auto journal = open();
  faults_.write = ENOSPC;
  const auto ticket = start(*journal);
  Answer answer;
  journal->whenDurable(*ticket, answer.callback());
  EXPECT_FALSE(answer.wait());
  faults_.write = 0;
}

TEST_F(Fault, FilesRemovedUnderTheServer) {
  const auto journal = open();
  runStatements(*journal, 1);
  std::filesystem::remove(segmentOf(path_, 1));
  const auto ticket = start(*journal);
  ASSERT_TRUE(ticket);
  EXPECT_FALSE(waitDurable(*journal, *ticket));
  EXPECT_FALSE(journal->repair());
  expectBroken(*journal);
}

TEST_F(Fault, FilesShortenedUnderTheServer) {
  const auto journal = open();
  runStatements(*journal, 3);
  ASSERT_TRUE(waitDurable(*journal, {6}));
  faults_.write = EIO;
  ASSERT_TRUE(start(*journal));
  EXPECT_FALSE(journal->flush());
  faults_.write = 0;
  std::filesystem::resize_file(segmentOf(path_, 1), 500);
  EXPECT_FALSE(journal->repair());
}

TEST_F(Fault, ManyThreadsThroughBreaksAndRepairs) {
  std::atomic<bool> stop{false};
  std::vector<std::uint64_t> acknowledged[4];
  {
    const auto journal = open();
    std::vector<std::thread> threads;
    for (auto& mine : acknowledged) {
      threads.emplace_back([&journal, &mine, &stop] {
        while (!stop) {
          const auto ticket = start(*journal);
          if (ticket && journal->flush(*ticket)) mine.push_back(ticket->sequence);
        }
      });
    }
    for (int round = 0; round < 60; ++round) {
      faults_.room = round * 97;
      (round % 2 == 0 ? faults_.write : faults_.sync) = round % 3 == 0 ? ENOSPC : EIO;
      while (!journal->failure()) std::this_thread::yield();
      faults_.write = 0;
      faults_.sync = 0;
      while (!journal->repair()) std::this_thread::yield();
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
  }
  const VerifyReport found = intact();
  std::vector<bool> present(found.last.sequence + 1);
  ASSERT_TRUE(readRecords(path_, {}, [&](const ReadRecord& record) { return present[record.sequence] = true; }));
  std::size_t total = 0;
  for (const auto& mine : acknowledged) {
    for (const std::uint64_t sequence : mine) EXPECT_TRUE(present.at(sequence)) << sequence;
    total += mine.size();
  }
  EXPECT_GT(total, 0U);
}

TEST_F(Fault, TheJournalRepairsItselfInTime) {
  JournalOptions options = optionsFor(path_);
  options.files = &files_;
  options.retryDelay = std::chrono::milliseconds(1);
  const auto journal = openJournal(std::move(options));
  faults_.write = ENOSPC;
  const auto ticket = start(*journal);
  ASSERT_TRUE(ticket);
  EXPECT_FALSE(journal->flush());
  faults_.write = 0;
  while (journal->failure()) std::this_thread::yield();
  EXPECT_TRUE(journal->written(*ticket));
  EXPECT_TRUE(start(*journal));
}

}  // namespace
}  // namespace scrim::audit
