// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include "server/audit/journal.h"
#include "server/audit/verify.h"
#include "support.h"

namespace scrim::audit {
namespace {

class Recovery : public testing::Test {
 protected:
  VerifyReport intact(const std::string& path) {
    auto checked = verify(path);
    EXPECT_TRUE(checked);
    EXPECT_FALSE(checked->finding) << checked->finding->text;
    return std::move(checked).value();
  }
  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "audit";
};

// A journal as a kill -9 leaves it: written, synced up to somewhere, not closed.
class Crashed : public Recovery {
 protected:
  void SetUp() override {
    Faults faults;
    FaultyFiles files(faults);
    JournalOptions options = optionsFor(directory_ / "running");
    options.files = &files;
    options.syncDelay = std::chrono::hours(1);  // only what was there at the start is synced
    const auto journal = openJournal(std::move(options));
    runStatements(*journal, 5);
    copyJournal(directory_ / "running", path_);
    content_ = contentOf(segmentOf(path_, 1));
  }
  std::string content_;
};

TEST_F(Crashed, NothingWrittenIsLost) {
  { EXPECT_NO_THROW(openJournal(path_)); }
  EXPECT_EQ(intact(path_).records, 10U);
}

TEST_F(Crashed, TornAtEveryByteOfTheLastRecord) {
  const std::size_t lastLine = content_.rfind('\n', content_.size() - 2) + 1;
  for (std::size_t size = lastLine; size < content_.size(); ++size) {
    const std::string copy = directory_ / "torn";
    copyJournal(path_, copy);
    writeContent(segmentOf(copy, 1), content_.substr(0, size));
    {
      const auto journal = openJournal(copy);
      ASSERT_TRUE(journal->server(ServerEvent::started, "0.1.0"));
    }
    const VerifyReport found = intact(copy);
    const bool torn = size > lastLine;
    ASSERT_EQ(found.records, torn ? 11U : 10U) << "size " << size;  // 9 + the note of the repair + server started
    ASSERT_EQ(found.kinds.contains("recovered"), torn);
  }
}

TEST_F(Crashed, AHoleOfZerosBehindTheSyncedPartIsCutOff) {
  const std::size_t third = content_.find("{\"n\":4,");
  std::string holed = content_;
  std::fill(holed.begin() + static_cast<long>(third) + 10, holed.begin() + static_cast<long>(third) + 600, '\0');
  writeContent(segmentOf(path_, 1), holed);
  { EXPECT_NO_THROW(openJournal(path_)); }
  EXPECT_EQ(intact(path_).kinds.at("started") + intact(path_).kinds.at("finished"), 3U);
}

TEST_F(Crashed, AChangedRecordBehindTheSyncedPartIsRefused) {
  std::string changed = content_;
  changed.replace(changed.find("alice"), 5, "mallo");
  writeContent(segmentOf(path_, 1), changed);
  const auto journal = Journal::open(optionsFor(path_));
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().message.find("damaged after record 0"), std::string::npos) << journal.error().message;
}

TEST_F(Crashed, ATearBeforeTheSyncedPartIsRefused) {
  { openJournal(path_); }  // synced and closed
  writeContent(segmentOf(path_, 1), content_.substr(0, content_.size() - 5));
  EXPECT_FALSE(Journal::open(optionsFor(path_)));
}

TEST_F(Crashed, ASegmentWithoutAHeaderIsDropped) {
  for (const char* begun : {"", "{\"journal\":\"12"}) {
    writeContent(segmentOf(path_, 2), begun);
    ASSERT_EQ(::chmod(segmentOf(path_, 2).c_str(), 0600), 0);
    { EXPECT_NO_THROW(openJournal(path_)); }
    EXPECT_FALSE(std::filesystem::exists(segmentOf(path_, 2)));
    EXPECT_EQ(intact(path_).records, 10U);
  }
}

TEST_F(Recovery, ACrashWhileTheChainWasBegun) {
  { openJournal(path_); }
  for (const char* left : {"segment torn", "no head", "empty head"}) {
    const std::string copy = directory_ / "copy";
    copyJournal(path_, copy);
    if (std::string(left) == "segment torn") {
      writeContent(segmentOf(copy, 1), "{\"jou");
      std::filesystem::remove(copy + "/head");
    } else if (std::string(left) == "no head") {
      std::filesystem::remove(copy + "/head");
    } else {
      writeContent(copy + "/head", "");
    }
    {
      const auto journal = openJournal(copy);
      ASSERT_TRUE(start(*journal)) << left;
    }
    EXPECT_EQ(intact(copy).records, 1U) << left;
  }
}

TEST_F(Recovery, SegmentsRotateAndAreVerifiedTogether) {
  JournalOptions options = optionsFor(path_);
  options.segmentBytes = 4096;
  {
    const auto journal = openJournal(std::move(options));
    for (int i = 0; i < 50; ++i) runStatements(*journal, 2);
  }
  const VerifyReport found = intact(path_);
  EXPECT_EQ(found.records, 200U);
  EXPECT_GT(found.segments, 10U);
  for (std::uint64_t segment = 1; segment <= found.segments; ++segment) {
    EXPECT_LE(std::filesystem::file_size(segmentOf(path_, static_cast<int>(segment))), 4096U);
  }
}

TEST_F(Recovery, AMissingSegmentIsNamed) {
  JournalOptions options = optionsFor(path_);
  options.segmentBytes = 2048;
  {
    const auto journal = openJournal(std::move(options));
    for (int i = 0; i < 20; ++i) runStatements(*journal, 1);
  }
  const std::string copy = directory_ / "copy";
  for (const int missing : {1, 2}) {
    copyJournal(path_, copy);
    std::filesystem::remove(segmentOf(copy, missing));
    const auto checked = verify(copy);
    ASSERT_TRUE(checked->finding);
    EXPECT_EQ(checked->finding->damage, Damage::missing);
    EXPECT_EQ(checked->finding->segment, static_cast<std::uint64_t>(missing + 1));
  }
  copyJournal(path_, copy);
  std::filesystem::rename(segmentOf(copy, 3), segmentOf(copy, 99));
  EXPECT_TRUE(verify(copy)->finding);
}

TEST_F(Recovery, RotationRestartsAndCrashesMixed) {
  std::string current = path_;
  for (int round = 0; round < 8; ++round) {
    const std::string next = directory_ / ("round" + std::to_string(round));
    JournalOptions options = optionsFor(current);
    options.segmentBytes = 3000;
    const auto journal = openJournal(std::move(options));
    for (int i = 0; i < 7; ++i) runStatements(*journal, 1);
    copyJournal(current, next);  // a crash here
    current = next;
  }
  EXPECT_EQ(intact(current).records, 8U * 14U);
}

TEST_F(Recovery, FilesAndDirectoryAreOursAlone) {
  openJournal(path_);
  struct stat found {};
  ASSERT_EQ(::stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0700U);
  for (const char* name : {"/head", "/lock", "/segment-00000001.jsonl"}) {
    ASSERT_EQ(::stat((path_ + name).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0600U) << name;
  }
}

TEST_F(Recovery, WrongPermissionsAreRefusedAndNamed) {
  openJournal(path_);
  const auto refused = [this](const std::string& expected) {
    const auto journal = Journal::open(optionsFor(path_));
    ASSERT_FALSE(journal) << expected;
    EXPECT_EQ(journal.error().code, base::ErrorCode::configInvalid);
    EXPECT_NE(journal.error().message.find(expected), std::string::npos) << journal.error().message;
    EXPECT_FALSE(journal.error().hint.empty());
  };
  for (const std::string& name :
       {std::string(), std::string("/head"), std::string("/segment-00000001.jsonl"), std::string("/lock")}) {
    struct stat before {};
    ASSERT_EQ(::stat((path_ + name).c_str(), &before), 0);
    ASSERT_EQ(::chmod((path_ + name).c_str(), (before.st_mode & 0777U) | 040U), 0);
    refused(name + " can be reached by other users");
    ASSERT_EQ(::chmod((path_ + name).c_str(), before.st_mode & 0777U), 0);
  }
  if (::geteuid() == 0) {  // only root can give files away
    ASSERT_EQ(::chown(path_.c_str(), 65534, 65534), 0);
    refused("belongs to user 65534");
    ASSERT_EQ(::chown(path_.c_str(), 0, 0), 0);
  }
  EXPECT_NO_THROW(openJournal(path_));
}

TEST_F(Recovery, ASymbolicLinkIsRefused) {
  openJournal(path_);
  std::filesystem::rename(segmentOf(path_, 1), directory_ / "elsewhere");
  std::filesystem::create_symlink(directory_ / "elsewhere", segmentOf(path_, 1));
  EXPECT_FALSE(Journal::open(optionsFor(path_)));
  EXPECT_FALSE(verify(path_));
}

TEST_F(Recovery, AMissingParentIsAClearError) {
  const auto journal = Journal::open(optionsFor(directory_ / "no/such"));
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().message.find("No such file or directory"), std::string::npos);
}

TEST_F(Recovery, SegmentsGoneWhileTheHeadIsThere) {
  openJournal(path_);
  std::filesystem::remove(segmentOf(path_, 1));
  EXPECT_FALSE(Journal::open(optionsFor(path_)));
}

}  // namespace
}  // namespace scrim::audit
