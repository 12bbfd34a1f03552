// SPDX-License-Identifier: Apache-2.0
#include "server/audit/reader.h"

#include <algorithm>
#include <unordered_set>

#include "server/audit/chain.h"
#include "server/audit/directory.h"
#include "server/audit/line_reader.h"

namespace scrim::audit {
namespace {

// The filter, and which statements of the wanted user are open (an end names its start only).
class Sieve {
 public:
  explicit Sieve(const ReadFilter& filter) : filter_(filter) {}

  bool passes(const ReadRecord& record) {
    return passesUser(record) && passesStatement(record) && record.sequence > filter_.after &&
           (filter_.kind.empty() || record.kind == filter_.kind) && hasPart(record.line) &&
           (filter_.from.empty() || record.time >= filter_.from) &&
           (filter_.before.empty() || record.time < filter_.before);
  }

 private:
  bool passesUser(const ReadRecord& record) {
    if (!filter_.user) return true;
    if (record.kind == "finished") return open_.erase(record.value("id")) > 0;
    if (record.text("user") != *filter_.user) return false;
    if (record.kind == "started") open_.insert(record.sequence);
    return true;
  }
  bool passesStatement(const ReadRecord& record) const {
    if (!filter_.statement) return true;
    return record.sequence == *filter_.statement ||
           (record.kind == "finished" && record.value("id") == *filter_.statement);
  }

  bool hasPart(std::string_view line) const {
    if (filter_.part.empty()) return true;
    const auto same = [](char a, char b) { return lower(a) == lower(b); };
    return std::search(line.begin(), line.end(), filter_.part.begin(), filter_.part.end(), same) != line.end();
  }
  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

  const ReadFilter& filter_;
  std::unordered_set<std::uint64_t> open_;
};

std::optional<ReadRecord> recordOf(std::string_view text) {
  const auto line = parseLine(text);
  auto members = line ? parseMembers(text) : std::nullopt;
  if (!members) return std::nullopt;
  ReadRecord record{line->sequence, {}, {}, std::move(*members), text};
  record.time = record.text("t");
  record.kind = record.text("k");
  return record;
}

/// What a segment's header says comes before it; nullopt: it cannot be read, or has none yet.
std::optional<std::uint64_t> sequenceBefore(const std::string& path) {
  std::unique_ptr<File> file;
  if (systemFiles().open(path, OpenMode::readOnly, file) != 0) return std::nullopt;
  LineReader lines(*file);
  const auto more = lines.next();
  if (!more || !*more || !lines.complete()) return std::nullopt;
  const auto header = parseHeader(lines.text());
  return header ? std::optional(header->previous.sequence) : std::nullopt;
}

/// The first file that may hold something after the number. An end of a statement names its start only, so for one user
/// all are read.
template <typename Segments>
auto firstToRead(const Segments& segments, const ReadFilter& filter) {
  auto first = segments.begin();
  if (filter.after == 0 || filter.user) return first;
  for (auto next = first; next != segments.end() && ++next != segments.end(); first = next) {
    const auto before = sequenceBefore(next->second);
    if (!before || *before > filter.after) break;
  }
  return first;
}

}  // namespace

base::Result<std::uint64_t> readRecords(const std::string& directory, const ReadFilter& filter,
                                        const std::function<bool(const ReadRecord&)>& take) {
  SCRIM_TRY(const auto segments, listSegments(directory, Ownership::ignore));
  Sieve sieve(filter);
  std::uint64_t given = 0;
  for (auto segment = firstToRead(segments, filter); segment != segments.end(); ++segment) {
    const std::string& path = segment->second;
    std::unique_ptr<File> file;
    if (const int problem = systemFiles().open(path, OpenMode::readOnly, file); problem != 0) {
      return base::Error{base::ErrorCode::auditUnavailable, path + " cannot be read: " + wordsOf(problem)};
    }
    LineReader lines(*file);
    while (true) {
      SCRIM_TRY(const bool more, lines.next());
      if (!more || !lines.complete()) break;
      const auto record = recordOf(lines.text());
      if (!record || !sieve.passes(*record)) continue;
      ++given;
      if (!take(*record)) return given;
    }
  }
  return given;
}

}  // namespace scrim::audit
