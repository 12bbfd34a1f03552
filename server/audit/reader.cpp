// SPDX-License-Identifier: Apache-2.0
#include "server/audit/reader.h"

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
    return passesUser(record) && passesStatement(record) && (filter_.from.empty() || record.time >= filter_.from) &&
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

}  // namespace

base::Result<std::uint64_t> readRecords(const std::string& directory, const ReadFilter& filter,
                                        const std::function<bool(const ReadRecord&)>& take) {
  SCRIM_TRY(const auto segments, listSegments(directory, Ownership::ignore));
  Sieve sieve(filter);
  std::uint64_t given = 0;
  for (const auto& [number, path] : segments) {
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
