// SPDX-License-Identifier: Apache-2.0
#include "server/audit/verify.h"

#include <thread>

#include "server/audit/head.h"
#include "server/audit/reader.h"
#include "support.h"

namespace scrim::audit {
namespace {

// Ten statements in one segment: line 1 is the header, record n stands on line n + 1.
class Verify : public testing::Test {
 protected:
  void SetUp() override {
    runStatements(*openJournal(path_), 10);
    lines_ = linesOf(segment_);
    ASSERT_EQ(lines_.size(), 21U);
  }
  VerifyReport report(std::string_view key = {}) {
    auto checked = verify(path_, key);
    EXPECT_TRUE(checked);
    return checked ? std::move(checked).value() : VerifyReport{};
  }
  void expectFinding(Damage damage, std::uint64_t line, std::uint64_t sequence) {
    const VerifyReport found = report();
    ASSERT_TRUE(found.finding);
    EXPECT_EQ(found.finding->damage, damage) << found.finding->text;
    EXPECT_EQ(found.finding->line, line) << found.finding->text;
    EXPECT_EQ(found.finding->sequence, sequence) << found.finding->text;
    EXPECT_EQ(found.finding->segment, 1U);
    std::ostringstream out;
    EXPECT_EQ(verifyCommand(path_, out), 1);
    EXPECT_NE(out.str().find("NOT INTACT: segment 1, line " + std::to_string(line)), std::string::npos) << out.str();
  }
  void expectRefusedByServer() { EXPECT_FALSE(Journal::open(optionsFor(path_))); }

  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "audit";
  const std::string segment_ = segmentOf(path_, 1);
  std::vector<std::string> lines_;
};

TEST_F(Verify, AnIntactJournal) {
  const VerifyReport found = report();
  EXPECT_FALSE(found.finding);
  EXPECT_EQ(found.records, 20U);
  EXPECT_EQ(found.kinds.at("started"), 10U);
  EXPECT_EQ(found.unfinished, 0U);
  EXPECT_TRUE(found.notes.empty());
  std::ostringstream out;
  EXPECT_EQ(verifyCommand(path_, out), 0);
  EXPECT_NE(out.str().find("INTACT"), std::string::npos);
}

TEST_F(Verify, AFlippedBitAnywhereIsNamed) {
  const std::string content = contentOf(segment_);
  for (std::size_t at = 0; at < content.size(); at += 7) {
    std::string changed = content;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    writeContent(segment_, changed);
    const auto line =
        static_cast<std::uint64_t>(std::count(content.begin(), content.begin() + static_cast<long>(at), '\n') + 1);
    const VerifyReport found = report();
    ASSERT_TRUE(found.finding) << "byte " << at;
    EXPECT_EQ(found.finding->line, line) << "byte " << at << ": " << found.finding->text;
    if (line > 1) {
      EXPECT_EQ(found.finding->sequence, line - 1) << "byte " << at;
    }
  }
}

TEST_F(Verify, AFlippedTextIsCalledChanged) {
  lines_[7].replace(lines_[7].find("alice"), 5, "mallo");
  writeLines(segment_, lines_);
  expectFinding(Damage::changed, 8, 7);
  expectRefusedByServer();
}

TEST_F(Verify, ADeletedRecord) {
  lines_.erase(lines_.begin() + 6);
  writeLines(segment_, lines_);
  expectFinding(Damage::missing, 7, 6);
  expectRefusedByServer();
}

TEST_F(Verify, ReorderedRecords) {
  std::swap(lines_[5], lines_[7]);
  writeLines(segment_, lines_);
  expectFinding(Damage::reordered, 6, 5);
}

TEST_F(Verify, NeighboursSwapped) {
  std::swap(lines_[5], lines_[6]);
  writeLines(segment_, lines_);
  expectFinding(Damage::reordered, 6, 5);
}

TEST_F(Verify, ARecordStandsTwice) {
  lines_.insert(lines_.begin() + 9, lines_[3]);
  writeLines(segment_, lines_);
  expectFinding(Damage::inserted, 10, 9);
}

TEST_F(Verify, AForeignRecordIsInserted) {
  std::string forged = lines_[9];
  forged.replace(forged.find("SELECT"), 6, "DELETE");
  lines_.insert(lines_.begin() + 9, forged);
  writeLines(segment_, lines_);
  expectFinding(Damage::inserted, 10, 9);
}

TEST_F(Verify, ALineThatIsNoRecord) {
  lines_.insert(lines_.begin() + 4, "hello");
  writeLines(segment_, lines_);
  expectFinding(Damage::inserted, 5, 4);
}

TEST_F(Verify, RecordsTakenOffTheEnd) {
  lines_.resize(lines_.size() - 3);
  writeLines(segment_, lines_);
  expectFinding(Damage::missing, 0, 18);
  expectRefusedByServer();
}

TEST_F(Verify, TheHeadFileIsMissing) {
  std::filesystem::remove(path_ + "/head");
  expectFinding(Damage::head, 0, 20);
  expectRefusedByServer();
}

TEST_F(Verify, RecordsAddedAfterAGoodStop) {
  copyJournal(path_, directory_ / "copy");
  runStatements(*openJournal(directory_ / "copy"), 1);
  writeContent(segment_, contentOf(segmentOf(directory_ / "copy", 1)));
  expectFinding(Damage::inserted, 0, 21);
  expectRefusedByServer();
}

TEST_F(Verify, ATornLastLineIsNoDamage) {
  {
    std::ofstream out(segment_, std::ios::app);
    out << R"({"n":21,"t":"2026-)";
  }
  const VerifyReport found = report();
  EXPECT_FALSE(found.finding);
  EXPECT_EQ(found.notes.size(), 1U);
}

TEST_F(Verify, StatementsWithoutAFinishAreCounted) {
  {
    const auto journal = openJournal(path_);
    ASSERT_TRUE(start(*journal));
    ASSERT_TRUE(start(*journal));
  }
  EXPECT_EQ(report().unfinished, 2U);
}

TEST_F(Verify, RunsBesideTheServer) {
  const auto journal = openJournal(path_);
  std::thread writer([&journal] {
    for (int i = 0; i < 200; ++i) runStatements(*journal, 10);
  });
  for (int i = 0; i < 20; ++i) {
    const VerifyReport found = report();
    EXPECT_FALSE(found.finding) << found.finding->text;
    EXPECT_TRUE(found.inUse);
  }
  writer.join();
}

TEST_F(Verify, WhatIsNoJournal) {
  std::ostringstream out;
  EXPECT_EQ(verifyCommand(directory_ / "nothing", out), 2);
}

// A chain that is recomputed from a changed record on, head file and all: only a signature tells.
void forge(const std::string& directory) {
  const std::string segment = segmentOf(directory, 1);
  std::vector<std::string> lines = linesOf(segment);
  const auto header = parseHeader(lines[0]);
  ASSERT_TRUE(header);
  Chain chain(header->previous);
  std::string content = lines[0] + "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::string line = lines[i];
    if (i == 5) line.replace(line.find("alice"), 5, "mallo");
    const auto parsed = parseLine(line);
    ASSERT_TRUE(parsed);
    const base::Digest hash = chain.hashOf(parsed->hashed);
    chain.moveTo({parsed->sequence, hash});
    content += line.substr(0, line.size() - kTrailerSize + 1 + kHashOffset) + base::toHex(hash) + "\"}\n";
  }
  writeContent(segment, content);
  std::string head = contentOf(directory + "/head");
  head.replace(head.find("last_h\":\"") + 9, 64, base::toHex(chain.at().hash));
  writeContent(directory + "/head", head);
}

TEST_F(Verify, WithoutAKeyARecomputedChainPasses) {
  forge(path_);
  EXPECT_FALSE(report().finding);
}

class SignedVerify : public Verify {
 protected:
  JournalOptions options(const std::string& key) {
    JournalOptions made = optionsFor(directory_ / "signed");
    made.checkpointKey = base::Secret(key);
    return made;
  }
  void SetUp() override { runStatements(*openJournal(options("key")), 10); }
};

TEST_F(SignedVerify, TheKeyProvesIt) {
  EXPECT_FALSE(verify(directory_ / "signed", "key")->finding);
  EXPECT_EQ(verify(directory_ / "signed", "other")->finding->damage, Damage::signature);
  const auto without = verify(directory_ / "signed");
  EXPECT_FALSE(without->finding);
  EXPECT_EQ(without->notes.size(), 1U);
}

TEST_F(SignedVerify, ARecomputedChainIsFound) {
  forge(directory_ / "signed");
  EXPECT_EQ(verify(directory_ / "signed", "key")->finding->damage, Damage::signature);
  EXPECT_FALSE(Journal::open(options("key")));
}

TEST_F(SignedVerify, AStrippedSignatureIsFound) {
  const std::string path = directory_ / "signed/head";
  const auto head = parseHead(contentOf(path));
  ASSERT_TRUE(head);
  writeContent(path, renderHead(*head, {}));
  EXPECT_EQ(verify(directory_ / "signed", "key")->finding->damage, Damage::signature);
  EXPECT_FALSE(Journal::open(options("key")));
}

TEST_F(SignedVerify, TheServerNeedsTheKey) {
  EXPECT_FALSE(Journal::open(options("")));
  EXPECT_FALSE(Journal::open(options("other")));
  EXPECT_NO_THROW(openJournal(options("key")));
}

TEST_F(SignedVerify, AnUnsignedJournalCanBecomeSigned) {
  JournalOptions plain = optionsFor(directory_ / "late");
  runStatements(*openJournal(std::move(plain)), 3);
  JournalOptions signing = optionsFor(directory_ / "late");
  signing.checkpointKey = base::Secret("key");
  runStatements(*openJournal(std::move(signing)), 3);
  const auto found = verify(directory_ / "late", "key");
  EXPECT_FALSE(found->finding);
  EXPECT_EQ(found->segments, 2U);
  EXPECT_EQ(found->notes.size(), 1U);  // the first segment is not signed
}

TEST_F(Verify, TheReaderFilters) {
  const auto numbers = [this](const ReadFilter& filter) {
    std::vector<std::uint64_t> found;
    const auto given = readRecords(path_, filter, [&](const ReadRecord& record) {
      found.push_back(record.sequence);
      return true;
    });
    EXPECT_TRUE(given);
    EXPECT_EQ(*given, found.size());
    return found;
  };
  EXPECT_EQ(numbers({}).size(), 20U);
  EXPECT_EQ(numbers({.user = "alice"}).size(), 20U);
  EXPECT_EQ(numbers({.user = "bob"}).size(), 0U);
  EXPECT_EQ(numbers({.statement = 5}), (std::vector<std::uint64_t>{5, 6}));
  EXPECT_EQ(numbers({.from = "2999"}).size(), 0U);
  EXPECT_EQ(numbers({.from = "2001", .before = "2999"}).size(), 20U);
  EXPECT_EQ(numbers({.before = "2001"}).size(), 0U);
  EXPECT_EQ(numbers({.kind = "finished"}).size(), 10U);
  EXPECT_EQ(numbers({.kind = "finish"}).size(), 0U);
  EXPECT_EQ(numbers({.part = "\"USER\":\"Alice\""}).size(), numbers({.kind = "started"}).size());
  EXPECT_EQ(numbers({.part = "nowhere in it"}).size(), 0U);
  EXPECT_EQ(numbers({.after = 18}), (std::vector<std::uint64_t>{19, 20}));
}

TEST_F(SignedVerify, TheReaderGoesOnAfterARecordInWhicheverFileItIs) {
  const auto path = directory_ / "several";
  for (int i = 0; i < 4; ++i) runStatements(*openJournal(optionsFor(path)), 3);
  std::vector<std::uint64_t> all;
  ASSERT_TRUE(readRecords(path, {}, [&](const ReadRecord& record) {
    all.push_back(record.sequence);
    return true;
  }));
  ASSERT_EQ(all.size(), 24U);
  for (const std::uint64_t after : all) {
    std::vector<std::uint64_t> found;
    ASSERT_TRUE(readRecords(path, {.after = after}, [&](const ReadRecord& record) {
      found.push_back(record.sequence);
      return true;
    }));
    EXPECT_EQ(found, std::vector<std::uint64_t>(std::upper_bound(all.begin(), all.end(), after), all.end())) << after;
  }
}

TEST_F(Verify, TheReaderStopsWhenToldTo) {
  const auto given = readRecords(path_, {}, [](const ReadRecord& record) { return record.sequence < 3; });
  EXPECT_EQ(*given, 3U);
}

TEST_F(Verify, EveryFieldOfARecordCanBeRead) {
  const Parameter parameters[] = {{"O'Hara"}, {std::nullopt}, {std::string_view("\0\1", 2), true}};
  {
    const auto journal = openJournal(path_);
    const std::string text = "SELECT \"x\"\n\t'\x01 \xff \xe2\x82\xac'";
    ASSERT_TRUE(journal->started({.session = aliceSession(),
                                  .statement = cachedStatement(),
                                  .text = text,
                                  .parameters = parameters,
                                  .backendPid = 4711}));
    ASSERT_TRUE(journal->finished(
        {.started = {21}, .outcome = Outcome::failed, .sqlstate = "22012", .sourceError = "division by zero"}));
    ASSERT_TRUE(
        journal->refused({.session = aliceSession(), .text = "SELEC", .sqlstate = "42601", .reason = "syntax"}));
    ASSERT_TRUE(journal->login({.user = "bob", .session = 9, .client = "::1:99", .method = "scram-sha-256"}));
    ASSERT_TRUE(journal->policyChanged({.actor = "grace", .what = "rule 3 disabled", .snapshot = {6}}));
    ASSERT_TRUE(journal->server(ServerEvent::stopped, "0.1.0"));
  }
  std::map<std::string, std::string> lines;
  ASSERT_TRUE(readRecords(path_, {}, [&](const ReadRecord& record) {
    if (record.sequence <= 20) return true;
    lines[record.kind] = record.line;
    if (record.kind == "started") {
      EXPECT_EQ(record.text("text"), "SELECT \"x\"\n\t'\x01 \xef\xbf\xbd \xe2\x82\xac'");
      EXPECT_EQ(valueOf(record.members, "parameters"), R"(["O'Hara",null,"\\x0001"])");
      EXPECT_EQ(valueOf(record.members, "rules"), "[12,13]");
      EXPECT_EQ(valueOf(record.members, "sources"), R"([{"id":3,"name":"public.customer"}])");
      EXPECT_EQ(record.value("backend_pid"), 4711U);
      EXPECT_EQ(record.value("snapshot"), 5U);
      EXPECT_EQ(record.text("client"), "127.0.0.1:5000");
    }
    if (record.kind == "finished") {
      EXPECT_EQ(record.text("source_error"), "division by zero");
    }
    return true;
  }));
  EXPECT_EQ(lines.size(), 6U);
  EXPECT_FALSE(report().finding);
}

TEST_F(Verify, LongTextsAreCutAndDigested) {
  const std::string text = std::string(kMaxText - 1, 'x') + "\xe2\x82\xac and more";
  {
    const auto journal = openJournal(path_);
    ASSERT_TRUE(start(*journal, text));
  }
  ASSERT_TRUE(readRecords(path_, {.statement = 21}, [&](const ReadRecord& record) {
    EXPECT_EQ(record.text("text"), std::string(kMaxText - 1, 'x'));
    EXPECT_EQ(record.value("text_bytes"), text.size());
    EXPECT_EQ(record.text("text_sha256"), base::toHex(base::sha256(text)));
    return true;
  }));
}

}  // namespace
}  // namespace scrim::audit
