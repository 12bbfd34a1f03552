// SPDX-License-Identifier: Apache-2.0
#include "server/audit/recovery.h"

#include <dirent.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <optional>
#include <vector>

#include "common/base/log.h"
#include "server/audit/directory.h"
#include "server/audit/line_reader.h"

namespace scrim::audit {
namespace {

using base::Error;
using base::ErrorCode;

Error unusable(const std::string& what) {
  return {
      ErrorCode::auditUnavailable,
      "the audit journal cannot be continued: " + what,
      {},
      "Look at it with: scrimd --verify-audit DIRECTORY. To go on without it, move the directory away and keep it."};
}

Error ioError(const std::string& doing, const std::string& path, int problem) {
  return {ErrorCode::auditUnavailable,
          "the audit journal cannot be opened: " + doing + " " + path + ": " + wordsOf(problem),
          {},
          "Put this right and start again."};
}

// What reading one segment found. `good` ends after the last record that continues the chain.
struct Scan {
  std::optional<SegmentHeader> header;
  Signature signature = Signature::absent;
  Position good;
  std::uint64_t headerSize = 0;
  std::uint64_t fileSize = 0;
  bool crashLike = false;  // what follows `good` is a line cut short, or has a hole of zeros
  std::optional<base::Digest> hashAtHead;
};

class Recovery {
 public:
  Recovery(Files& files, const std::string& directory, std::string_view key)
      : files_(files), directory_(directory), key_(key) {}

  base::Result<Recovered> run();

 private:
  base::Result<void> removeTemporaries();
  base::Result<void> readHead();
  base::Result<void> checkHeadSignature();
  base::Result<void> dropUnbegun();
  base::Result<void> finishRepair();
  base::Result<Scan> scan(std::uint64_t segment);
  base::Result<void> scanLines(LineReader& lines, Scan& found, std::uint64_t segment);
  base::Result<void> syncSegment(const std::string& path);
  base::Result<Scan> scanFromHead();
  base::Result<void> compareWithHead(const Scan& last);
  base::Result<Recovered> begin();
  base::Result<Recovered> resume(Scan last);
  base::Result<void> openHead(Recovered& recovered);
  base::Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode);
  base::Result<void> remove(std::uint64_t segment, const char* why);
  base::Result<void> cutAfter(std::uint64_t segment, std::uint64_t size);

  Files& files_;
  const std::string& directory_;
  std::string_view key_;
  std::map<std::uint64_t, std::string> segments_;
  std::optional<Head> head_;
  Signature headSignature_ = Signature::absent;
};

base::Result<std::unique_ptr<File>> Recovery::open(const std::string& path, OpenMode mode) {
  std::unique_ptr<File> file;
  if (const int problem = files_.open(path, mode, file); problem != 0) return ioError("opening", path, problem);
  return file;
}

base::Result<void> Recovery::removeTemporaries() {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory_.c_str()), &::closedir);
  if (!listing) return ioError("listing", directory_, errno);
  std::vector<std::string> found;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    if (name.starts_with("segment-") && name.ends_with(".tmp")) found.push_back(directory_ + "/" + entry->d_name);
  }
  for (const std::string& path : found) {
    if (const int problem = files_.remove(path); problem != 0) return ioError("removing", path, problem);
  }
  return {};
}

base::Result<void> Recovery::readHead() {
  const std::string path = headPath(directory_);
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return {};
  SCRIM_CHECK_OK(checkFile(path));
  SCRIM_TRY(const auto file, open(path, OpenMode::readOnly));
  std::string bytes;
  if (const int problem = file->readAt(bytes, 0, kHeadSize + 1); problem != 0) {
    return ioError("reading", path, problem);
  }
  if (bytes.empty()) return {};  // made, but never written: as good as none
  head_ = parseHead(bytes);
  if (!head_) return unusable("its head file is damaged");
  headSignature_ = checkSignature(headObject(bytes), key_);
  return checkHeadSignature();
}

base::Result<void> Recovery::checkHeadSignature() {
  if (headSignature_ != Signature::bad) return {};
  return unusable(key_.empty() ? "its head file is signed, and no key is configured"
                               : "the signature of its head file is wrong");
}

base::Result<void> Recovery::remove(std::uint64_t segment, const char* why) {
  base::logWarning("audit", why, {{"file", segments_[segment]}});
  if (const int problem = files_.remove(segments_[segment]); problem != 0) {
    return ioError("removing", segments_[segment], problem);
  }
  segments_.erase(segment);
  return {};
}

base::Result<void> Recovery::cutAfter(std::uint64_t segment, std::uint64_t size) {
  SCRIM_TRY(const auto file, open(segments_[segment], OpenMode::readWrite));
  if (const int problem = file->truncate(size); problem != 0) {
    return ioError("truncating", segments_[segment], problem);
  }
  if (const int problem = file->sync(); problem != 0) return ioError("syncing", segments_[segment], problem);
  return {};
}

// A crash just after a rotation leaves a last segment without a whole header: nothing is in it yet.
base::Result<void> Recovery::dropUnbegun() {
  if (segments_.empty()) return {};
  const auto [number, path] = *segments_.rbegin();
  if (head_ && head_->segment >= number) return {};
  SCRIM_TRY(const auto file, open(path, OpenMode::readOnly));
  LineReader lines(*file);
  SCRIM_TRY(const bool any, lines.next());
  const bool hole = any && lines.text().find('\0') != std::string_view::npos;
  if (any && lines.complete() && !hole) return {};
  return remove(number, "removed a segment that a crash left without a beginning");
}

base::Result<void> Recovery::scanLines(LineReader& lines, Scan& found, std::uint64_t segment) {
  Chain chain(found.header->previous);
  while (true) {
    SCRIM_TRY(const bool more, lines.next());
    if (!more) return {};
    const auto line = lines.complete() ? parseLine(lines.text()) : std::nullopt;
    const bool follows = line && line->sequence == chain.at().sequence + 1 && chain.hashOf(line->hashed) == line->hash;
    if (!follows) break;
    chain.moveTo({line->sequence, line->hash});
    found.good = {segment, lines.end(), chain.at()};
    if (head_ && head_->last.sequence == line->sequence) found.hashAtHead = line->hash;
  }
  found.crashLike = !lines.complete();
  for (bool more = true; more;) {
    if (lines.text().find('\0') != std::string_view::npos) found.crashLike = true;
    SCRIM_TRY(more, lines.next());
  }
  return {};
}

base::Result<Scan> Recovery::scan(std::uint64_t segment) {
  SCRIM_TRY(const auto file, open(segments_[segment], OpenMode::readOnly));
  Scan found;
  bool linked = true;
  if (const int problem = file->state(found.fileSize, linked); problem != 0) {
    return ioError("looking at", segments_[segment], problem);
  }
  LineReader lines(*file);
  SCRIM_TRY(const bool any, lines.next());
  found.header = any && lines.complete() ? parseHeader(lines.text()) : std::nullopt;
  if (!found.header || found.header->segment != segment) {
    return unusable("segment " + std::to_string(segment) + " has no valid header");
  }
  found.signature = checkSignature(lines.text(), key_);
  if (found.signature == Signature::bad) {
    return unusable("the signature of segment " + std::to_string(segment) + " cannot be confirmed");
  }
  found.headerSize = lines.end();
  found.good = {segment, lines.end(), found.header->previous};
  if (head_ && head_->last.sequence == found.header->previous.sequence) found.hashAtHead = found.header->previous.hash;
  SCRIM_CHECK_OK(scanLines(lines, found, segment));
  return found;
}

// A repair puts unsynced records into a new segment first and takes them out of the old ones after; go on from there.
base::Result<void> Recovery::finishRepair() {
  if (segments_.size() < 2) return {};
  SCRIM_TRY(const Scan last, scan(segments_.rbegin()->first));
  if (!last.header->repair) return {};
  const Link boundary = last.header->previous;
  while (segments_.size() > 1) {
    const std::uint64_t number = std::next(segments_.rbegin())->first;
    SCRIM_TRY(const Scan earlier, scan(number));
    if (earlier.header->previous.sequence >= boundary.sequence && earlier.header->previous.sequence > 0) {
      if (earlier.good.last.sequence > last.good.last.sequence) return unusable("a repaired segment is incomplete");
      SCRIM_CHECK_OK(remove(number, "removed a segment that a repair had replaced"));
      continue;
    }
    if (earlier.good.last == boundary && earlier.good.size == earlier.fileSize) return {};
    SCRIM_TRY(const auto file, open(segments_[number], OpenMode::readOnly));
    LineReader lines(*file);
    for (std::uint64_t sequence = earlier.header->previous.sequence;; ++sequence) {
      SCRIM_TRY(const bool more, lines.next());
      if (!more) return unusable("records before a repaired segment are missing");
      if (sequence == boundary.sequence) break;
    }
    base::logWarning("audit", "cut off records that a repair had written anew", {{"file", segments_[number]}});
    return cutAfter(number, lines.end());
  }
  return {};
}

// What is in the page cache only since a kill -9 counts as written, and becomes durable here.
base::Result<void> Recovery::syncSegment(const std::string& path) {
  SCRIM_TRY(const auto file, open(path, OpenMode::readOnly));
  if (const int problem = file->sync(); problem != 0) return ioError("syncing", path, problem);
  return {};
}

base::Result<Scan> Recovery::scanFromHead() {
  const std::uint64_t lastNumber = segments_.rbegin()->first;
  auto from = head_ ? segments_.lower_bound(head_->segment) : segments_.begin();
  std::optional<Link> previous;
  std::optional<base::Digest> hashAtHead;
  for (; from != segments_.end(); ++from) {
    SCRIM_TRY(Scan found, scan(from->first));
    if (previous && found.header->previous != *previous) {
      return unusable("segment " + std::to_string(from->first) + " does not continue the one before it");
    }
    if (found.hashAtHead) hashAtHead = found.hashAtHead;
    found.hashAtHead = hashAtHead;
    if (from->first == lastNumber) return found;
    SCRIM_CHECK_OK(syncSegment(from->second));
    if (found.good.size != found.fileSize) {
      return unusable("segment " + std::to_string(from->first) + " is damaged after record " +
                      std::to_string(found.good.last.sequence));
    }
    previous = found.good.last;
  }
  return unusable("segment " + std::to_string(head_->segment) + ", which the head file names, is missing");
}

base::Result<void> Recovery::compareWithHead(const Scan& last) {
  const std::uint64_t sequence = last.good.last.sequence;
  if (!head_) {
    if (sequence == 0 && segments_.size() == 1) return {};  // a crash while the chain was being begun
    return unusable("its head file is missing");
  }
  if (head_->journal != last.header->journal) return unusable("its head file belongs to another journal");
  if (sequence < head_->last.sequence) {
    return unusable("it ends at record " + std::to_string(sequence) + ", and record " +
                    std::to_string(head_->last.sequence) + " had been on the disk");
  }
  if (!last.hashAtHead || *last.hashAtHead != head_->last.hash) {
    return unusable("record " + std::to_string(head_->last.sequence) + " is not the one its head file remembers");
  }
  if (head_->closed && sequence > head_->last.sequence) {
    return unusable("records follow number " + std::to_string(head_->last.sequence) +
                    ", after which it had been closed in good order");
  }
  return {};
}

base::Result<void> Recovery::openHead(Recovered& recovered) {
  const std::string path = headPath(directory_);
  SCRIM_TRY(recovered.headFile, open(path, head_ ? OpenMode::readWrite : OpenMode::createEmpty));
  const Head head{recovered.journal, recovered.end.segment, recovered.end.size, recovered.end.last, false};
  int problem = recovered.headFile->writeAt(renderHead(head, key_), 0);
  if (problem == 0) problem = recovered.headFile->sync();
  if (problem == 0) problem = files_.syncDirectory(directory_);
  if (problem != 0) return ioError("writing", path, problem);
  return {};
}

base::Result<Recovered> Recovery::begin() {
  const std::string path = segmentPath(directory_, 1);
  Recovered recovered;
  SegmentHeader header{{}, 1, {0, base::sha256(base::randomBytes(32))}, false};
  header.journal = journalName(header.previous);
  const std::string line = renderHeader(header, key_);
  SCRIM_TRY(recovered.segmentFile, open(path, OpenMode::createEmpty));
  int problem = recovered.segmentFile->writeAt(line, 0);
  if (problem == 0) problem = recovered.segmentFile->sync();
  if (problem == 0) problem = files_.syncDirectory(directory_);
  if (problem != 0) return ioError("writing", path, problem);
  recovered.journal = header.journal;
  recovered.end = {1, line.size(), header.previous};
  recovered.headerSize = line.size();
  SCRIM_CHECK_OK(openHead(recovered));
  return recovered;
}

base::Result<Recovered> Recovery::resume(Scan last) {
  Recovered recovered;
  const std::string& path = segments_[last.good.segment];
  recovered.cutBytes = last.fileSize - last.good.size;
  if (recovered.cutBytes > 0) {
    if (!last.crashLike) {
      return unusable("segment " + std::to_string(last.good.segment) + " is damaged after record " +
                      std::to_string(last.good.last.sequence));
    }
    base::logWarning("audit", "cut off a record that a crash had torn",
                     {{"file", path},
                      {"bytes", std::to_string(recovered.cutBytes)},
                      {"last_record", std::to_string(last.good.last.sequence)}});
    SCRIM_CHECK_OK(cutAfter(last.good.segment, last.good.size));
  }
  SCRIM_CHECK_OK(syncSegment(path));
  SCRIM_TRY(recovered.segmentFile, open(path, OpenMode::readWrite));
  recovered.journal = last.header->journal;
  recovered.end = last.good;
  recovered.headerSize = last.headerSize;
  recovered.needsNewSegment = !key_.empty() && last.signature == Signature::absent;
  if (recovered.needsNewSegment && headSignature_ == Signature::absent) {
    base::logWarning("audit", "the journal was not signed until now: signatures begin with a new segment");
  }
  SCRIM_CHECK_OK(openHead(recovered));
  return recovered;
}

base::Result<Recovered> Recovery::run() {
  SCRIM_CHECK_OK(removeTemporaries());
  SCRIM_CHECK_OK(readHead());
  SCRIM_TRY(segments_, listSegments(directory_, Ownership::check));
  SCRIM_CHECK_OK(dropUnbegun());
  if (segments_.empty()) {
    if (head_) return unusable("its segments are gone, and its head file is still there");
    return begin();
  }
  SCRIM_CHECK_OK(finishRepair());
  SCRIM_TRY(Scan last, scanFromHead());
  SCRIM_CHECK_OK(compareWithHead(last));
  if (!key_.empty() && head_ && headSignature_ == Signature::absent && last.signature == Signature::good) {
    return unusable("its head file is not signed, and its segments are");
  }
  return resume(std::move(last));
}

}  // namespace

base::Result<Recovered> recover(Files& files, const std::string& directory, std::string_view key) {
  return Recovery(files, directory, key).run();
}

}  // namespace scrim::audit
