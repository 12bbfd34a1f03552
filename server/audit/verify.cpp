// SPDX-License-Identifier: Apache-2.0
#include "server/audit/verify.h"

#include <unordered_set>

#include "server/audit/directory.h"
#include "server/audit/files.h"
#include "server/audit/head.h"
#include "server/audit/json.h"
#include "server/audit/line_reader.h"

namespace scrim::audit {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

class Verification {
 public:
  Verification(const std::string& directory, std::string_view key) : directory_(directory), key_(key) {}
  base::Result<VerifyReport> run();

 private:
  base::Result<void> readHead();
  base::Result<void> checkSegment(std::uint64_t segment, const std::string& path, bool last);
  void checkHeader(const LineReader& lines, std::uint64_t segment);
  void checkContinuation(const SegmentHeader& header);
  base::Result<void> checkLines(LineReader& lines, bool last);
  void count(const Line& line, std::string_view text);
  base::Result<void> name(LineReader& lines, std::string text, bool last);
  base::Result<void> nameMisplaced(LineReader& lines, const Line& line, std::uint64_t at, bool more);
  bool hasOnlyAnotherNumber(const Line& line);
  base::Result<std::optional<std::uint64_t>> lineOf(LineReader& lines, std::uint64_t sequence);
  void checkHead();
  void report(Damage damage, std::uint64_t line, std::uint64_t sequence, std::string text);
  bool follows(const std::optional<Line>& line) {
    return line && line->sequence == chain_.at().sequence + 1 && chain_.hashOf(line->hashed) == line->hash;
  }

  const std::string& directory_;
  std::string_view key_;
  VerifyReport report_;
  std::optional<Head> head_;
  Chain chain_{Link{}};
  std::unordered_set<std::uint64_t> open_;
  std::uint64_t segment_ = 0;
  bool signed_ = false;
  bool sawHeadRecord_ = false;
};

void Verification::report(Damage damage, std::uint64_t line, std::uint64_t sequence, std::string text) {
  report_.finding = Finding{damage, std::move(text), segment_, line, sequence};
}

base::Result<void> Verification::readHead() {
  std::unique_ptr<File> file;
  const int problem = systemFiles().open(headPath(directory_), OpenMode::readOnly, file);
  if (problem == ENOENT) return {};
  std::string bytes;
  if (problem != 0 || file->readAt(bytes, 0, kHeadSize + 1) != 0) {
    return base::Error{base::ErrorCode::auditUnavailable, "the head file cannot be read"};
  }
  head_ = parseHead(bytes);
  if (!head_) {
    report(Damage::head, 0, 0, "the head file is damaged");
    return {};
  }
  switch (checkSignature(headObject(bytes), key_)) {
    case Signature::good:
      signed_ = true;
      break;
    case Signature::absent:
      break;
    case Signature::bad:
      if (key_.empty()) {
        report_.notes.emplace_back("the journal is signed, and without the key its signatures were not checked");
      } else {
        report(Damage::signature, 0, head_->last.sequence, "the signature of the head file is wrong");
      }
  }
  return {};
}

void Verification::checkHeader(const LineReader& lines, std::uint64_t segment) {
  const auto header = lines.complete() ? parseHeader(lines.text()) : std::nullopt;
  if (!header || header->segment != segment) {
    return report(Damage::header, 1, chain_.at().sequence + 1, "the header of the segment was changed");
  }
  const Signature signature = checkSignature(lines.text(), key_);
  if (!key_.empty() && signature == Signature::bad) {
    return report(Damage::signature, 1, chain_.at().sequence + 1, "the signature of the segment's header is wrong");
  }
  if (!key_.empty() && signature == Signature::absent) {
    report_.notes.push_back("segment " + number(segment) + " is not signed");
  }
  checkContinuation(*header);
}

void Verification::checkContinuation(const SegmentHeader& header) {
  const std::uint64_t before = header.previous.sequence;
  if (report_.segments == 0) {
    report_.journal = header.journal;
    if (before != 0) {
      return report(Damage::missing, 1, 1, "records 1 to " + number(before) + " are missing, in the segments before");
    }
    if (journalName(header.previous) != header.journal) {
      return report(Damage::header, 1, 1, "the journal's name does not belong to its beginning");
    }
    chain_.moveTo(header.previous);
  }
  const std::uint64_t at = chain_.at().sequence;
  if (header.journal != report_.journal) {
    report(Damage::header, 1, at + 1, "the segment belongs to another journal");
  } else if (before > at) {
    report(Damage::missing, 1, at + 1,
           "records " + number(at + 1) + " to " + number(before) + " are missing before it");
  } else if (header.repair && before < at) {
    report(Damage::unfinishedRepair, 1, before + 1,
           "a repair after a failed sync was interrupted (the segments before go on past record " + number(before) +
               ", where this one begins): starting the server finishes it");
  } else if (header.previous != chain_.at()) {
    report(Damage::header, 1, at + 1, "the header does not continue the chain");
  }
}

void Verification::count(const Line& line, std::string_view text) {
  ++report_.records;
  const auto members = parseMembers(text);
  if (!members) return;
  const std::string kind = unquoted(valueOf(*members, "k")).value_or("?");
  report_.lastTime = unquoted(valueOf(*members, "t")).value_or("");
  if (report_.firstTime.empty()) report_.firstTime = report_.lastTime;
  ++report_.kinds[kind];
  if (kind == "started") open_.insert(line.sequence);
  if (kind == "finished") open_.erase(asNumber(valueOf(*members, "id")).value_or(0));
}

base::Result<void> Verification::checkLines(LineReader& lines, bool last) {
  while (true) {
    SCRIM_TRY(const bool more, lines.next());
    if (!more) return {};
    const auto line = lines.complete() ? parseLine(lines.text()) : std::nullopt;
    if (!follows(line)) return name(lines, std::string(lines.text()), last);
    chain_.moveTo({line->sequence, line->hash});
    count(*line, lines.text());
    if (head_ && head_->last == chain_.at()) sawHeadRecord_ = true;
  }
}

// Where the record with this number stands from here on; nullopt: nowhere in this segment.
base::Result<std::optional<std::uint64_t>> Verification::lineOf(LineReader& lines, std::uint64_t sequence) {
  for (bool more = true; more;) {
    const auto line = parseLine(lines.text());
    if (line && line->sequence == sequence) return std::optional(lines.number());
    SCRIM_TRY(more, lines.next());
  }
  return std::optional<std::uint64_t>();
}

// The line would fit but for its number.
bool Verification::hasOnlyAnotherNumber(const Line& line) {
  const std::size_t comma = line.hashed.find(',');
  std::string record = "{\"n\":";
  appendNumber(record, chain_.at().sequence + 1);
  record += line.hashed.substr(comma);
  return chain_.hashOf(record) == line.hash;
}

// The line `text` does not continue the chain: says what happened to it, as far as the lines after it tell.
base::Result<void> Verification::name(LineReader& lines, std::string text, bool last) {
  const std::uint64_t at = lines.number();
  const std::uint64_t expected = chain_.at().sequence + 1;
  if (!lines.complete() && last && !(head_ && head_->last.sequence >= expected)) {
    report_.notes.emplace_back(report_.inUse ? "the last record is being written"
                                             : "the last line is cut short, as by a crash: the next start cuts it off");
    return {};
  }
  const auto line = parseLine(text);
  SCRIM_TRY(const bool more, lines.next());
  const bool extra = more && lines.complete() && follows(parseLine(lines.text()));
  if (!line || line->sequence == expected || hasOnlyAnotherNumber(*line)) {
    if (extra) {
      report(Damage::inserted, at, expected, "the line before record " + number(expected) + " was inserted");
    } else {
      report(Damage::changed, at, expected, "record " + number(expected) + " was changed");
    }
    return {};
  }
  return nameMisplaced(lines, *line, at, more);
}

// A record with another number than the one that belongs here.
base::Result<void> Verification::nameMisplaced(LineReader& lines, const Line& line, std::uint64_t at, bool more) {
  const std::uint64_t expected = chain_.at().sequence + 1;
  const std::string misplaced = "record " + number(line.sequence);
  std::optional<std::uint64_t> rightful;
  if (line.sequence > expected && more) {
    SCRIM_TRY(rightful, lineOf(lines, expected));
  }
  if (line.sequence < expected) {
    report(Damage::inserted, at, expected, misplaced + " stands here a second time");
  } else if (rightful) {
    report(Damage::reordered, at, expected,
           misplaced + " stands where record " + number(expected) + " belongs, which is on line " + number(*rightful));
  } else {
    report(Damage::missing, at, expected,
           "records " + number(expected) + " to " + number(line.sequence - 1) + " were deleted");
  }
  return {};
}

base::Result<void> Verification::checkSegment(std::uint64_t segment, const std::string& path, bool last) {
  segment_ = segment;
  std::unique_ptr<File> file;
  if (const int problem = systemFiles().open(path, OpenMode::readOnly, file); problem != 0) {
    return base::Error{base::ErrorCode::auditUnavailable, path + " cannot be read: " + wordsOf(problem)};
  }
  LineReader lines(*file);
  SCRIM_TRY(const bool any, lines.next());
  const bool headless = !any || !lines.complete();
  if (headless && last && report_.segments > 0) {
    report_.notes.emplace_back("the last segment has no header yet");
    return {};
  }
  if (!any) {
    report(Damage::header, 1, chain_.at().sequence + 1, "the segment is empty");
    return {};
  }
  checkHeader(lines, segment);
  if (report_.finding) return {};
  ++report_.segments;
  if (head_ && head_->last == chain_.at()) sawHeadRecord_ = true;
  return checkLines(lines, last);
}

void Verification::checkHead() {
  const std::uint64_t at = chain_.at().sequence;
  if (!head_) {
    return report(Damage::head, 0, at, "the head file is missing: records may have been taken off the end");
  }
  if (head_->journal != report_.journal) return report(Damage::head, 0, at, "the head file belongs to another journal");
  if (head_->last.sequence > at) {
    return report(Damage::missing, 0, at + 1,
                  "records " + number(at + 1) + " to " + number(head_->last.sequence) +
                      " at the end are missing: they had been on the disk");
  }
  if (!sawHeadRecord_) {
    return report(Damage::head, 0, head_->last.sequence,
                  "record " + number(head_->last.sequence) + " is not the one the head file remembers");
  }
  if (head_->closed && head_->last.sequence < at) {
    return report(Damage::inserted, 0, head_->last.sequence + 1,
                  "records were added after the server had closed the journal in good order");
  }
  if (!key_.empty() && !signed_) report(Damage::signature, 0, at, "the head file is not signed");
}

base::Result<VerifyReport> Verification::run() {
  report_.inUse = isClaimed(directory_);
  SCRIM_CHECK_OK(readHead());  // before the segments: a running server only moves ahead of it
  SCRIM_TRY(const auto segments, listSegments(directory_, Ownership::ignore));
  if (segments.empty()) return base::Error{base::ErrorCode::auditUnavailable, "there is no journal in " + directory_};
  for (const auto& [number, path] : segments) {
    if (report_.finding) break;
    SCRIM_CHECK_OK(checkSegment(number, path, number == segments.rbegin()->first));
  }
  if (!report_.finding) checkHead();
  report_.unfinished = open_.size();
  report_.last = chain_.at();
  return std::move(report_);
}

}  // namespace

base::Result<VerifyReport> verify(const std::string& directory, std::string_view key) {
  return Verification(directory, key).run();
}

int verifyCommand(const std::string& directory, std::ostream& out, std::string_view key) {
  const auto checked = verify(directory, key);
  if (!checked) {
    out << "cannot verify: " << checked.error().message << "\n";
    return 2;
  }
  const VerifyReport& report = *checked;
  out << "journal " << report.journal << " in " << directory << (report.inUse ? " (in use)" : "") << "\n"
      << "  segments " << report.segments << ", records " << report.records << ", " << report.firstTime << " to "
      << report.lastTime << "\n ";
  for (const auto& [kind, count] : report.kinds) out << " " << kind << " " << count;
  out << "\n  statements without a finish: " << report.unfinished << "\n"
      << "  last record " << report.last.sequence << ", hash " << base::toHex(report.last.hash) << "\n";
  for (const std::string& note : report.notes) out << "  note: " << note << "\n";
  if (!report.finding) {
    out << "INTACT\n";
    return 0;
  }
  const Finding& finding = *report.finding;
  out << "NOT INTACT: segment " << finding.segment << ", line " << finding.line << ", record " << finding.sequence
      << ": " << finding.text << "\n";
  return 1;
}

}  // namespace scrim::audit
