// SPDX-License-Identifier: Apache-2.0
// What the journal's tests share: a fresh directory, a disk that fails on command, and short ways to make records.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "server/audit/files.h"
#include "server/audit/journal.h"

namespace scrim::audit {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "scrim-audit-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A disk that can be told to fail; the files themselves are real.
struct Faults {
  std::atomic<int> write{0};           // errno of writes; 0: none
  std::atomic<std::int64_t> room{-1};  // bytes until `write` strikes, the last write being cut short; -1: at once
  std::atomic<int> sync{0};
  std::atomic<int> truncate{0};
  std::atomic<int> create{0};
  std::atomic<int> syncs{0};  // counts
  std::atomic<int> writes{0};
};

class FaultyFile final : public File {
 public:
  FaultyFile(std::unique_ptr<File> real, Faults& faults) : real_(std::move(real)), faults_(faults) {}
  int writeAt(std::string_view bytes, std::uint64_t offset) override {
    ++faults_.writes;
    if (faults_.write == 0) return real_->writeAt(bytes, offset);
    const std::int64_t room = faults_.room;
    if (room >= static_cast<std::int64_t>(bytes.size())) {
      faults_.room -= static_cast<std::int64_t>(bytes.size());
      return real_->writeAt(bytes, offset);
    }
    if (room > 0) {
      real_->writeAt(bytes.substr(0, static_cast<std::size_t>(room)), offset);
      faults_.room = 0;
    }
    return faults_.write;
  }
  int readAt(std::string& into, std::uint64_t offset, std::size_t count) override {
    return real_->readAt(into, offset, count);
  }
  int truncate(std::uint64_t size) override {
    return faults_.truncate != 0 ? faults_.truncate.load() : real_->truncate(size);
  }
  int sync() override {
    ++faults_.syncs;
    return faults_.sync != 0 ? faults_.sync.load() : real_->sync();
  }
  int state(std::uint64_t& size, bool& linked) override { return real_->state(size, linked); }

 private:
  std::unique_ptr<File> real_;
  Faults& faults_;
};

class FaultyFiles final : public Files {
 public:
  explicit FaultyFiles(Faults& faults) : faults_(faults) {}
  int open(const std::string& path, OpenMode mode, std::unique_ptr<File>& file) override {
    if (mode == OpenMode::createEmpty && faults_.create != 0) return faults_.create;
    const int problem = systemFiles().open(path, mode, file);
    if (problem == 0) file = std::make_unique<FaultyFile>(std::move(file), faults_);
    return problem;
  }
  int rename(const std::string& from, const std::string& to) override { return systemFiles().rename(from, to); }
  int remove(const std::string& path) override { return systemFiles().remove(path); }
  int syncDirectory(const std::string& path) override { return systemFiles().syncDirectory(path); }

 private:
  Faults& faults_;
};

inline JournalOptions optionsFor(const std::string& directory) {
  JournalOptions options;
  options.directory = directory;
  return options;
}

inline std::unique_ptr<Journal> openJournal(JournalOptions options) {
  auto journal = Journal::open(std::move(options));
  if (!journal) throw std::runtime_error(journal.error().message);
  return std::move(journal).value();
}
inline std::unique_ptr<Journal> openJournal(const std::string& directory) { return openJournal(optionsFor(directory)); }

inline const Fragment& aliceSession() {
  static const Fragment session =
      renderSession({.user = "alice", .userId = {7}, .session = 41, .client = "127.0.0.1:5000"});
  return session;
}
inline const Fragment& cachedStatement() {
  static const Fragment statement = renderStatement({.digest = "0123456789abcdef",
                                                     .dataSources = {{{3}, "public.customer"}},
                                                     .rules = {{12}, {13}},
                                                     .snapshot = {5},
                                                     .decision = "allowed",
                                                     .route = "push",
                                                     .connection = "retail"});
  return statement;
}
inline base::Result<Ticket> start(Journal& journal, std::string_view text = "SELECT 1") {
  return journal.started({.session = aliceSession(), .statement = cachedStatement(), .text = text});
}
inline base::Result<Ticket> finish(Journal& journal, Ticket ticket) {
  return journal.finished({.started = ticket, .rows = 1, .bytes = 30, .microseconds = 250});
}
/// Starts and finishes `count` statements and flushes.
inline void runStatements(Journal& journal, int count) {
  for (int i = 0; i < count; ++i) {
    const auto ticket = start(journal, "SELECT " + std::to_string(i));
    ASSERT_TRUE(ticket) << ticket.error().message;
    ASSERT_TRUE(finish(journal, *ticket));
  }
  ASSERT_TRUE(journal.flush());
}

inline std::string contentOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}
inline void writeContent(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}
inline std::string segmentOf(const std::string& directory, int number) {
  char name[64];
  std::snprintf(name, sizeof name, "/segment-%08d.jsonl", number);
  return directory + name;
}
/// What a crash at this moment would leave.
inline void copyJournal(const std::string& from, const std::string& to) {
  std::filesystem::remove_all(to);
  std::filesystem::create_directory(to);
  std::filesystem::permissions(to, std::filesystem::perms::owner_all);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    if (entry.path().filename() == "lock") continue;
    std::filesystem::copy_file(entry.path(), std::filesystem::path(to) / entry.path().filename());
  }
}
inline std::vector<std::string> linesOf(const std::string& path) {
  std::vector<std::string> lines;
  std::istringstream in(contentOf(path));
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}
inline void writeLines(const std::string& path, const std::vector<std::string>& lines) {
  std::string content;
  for (const std::string& line : lines) content += line + "\n";
  writeContent(path, content);
}

}  // namespace scrim::audit
