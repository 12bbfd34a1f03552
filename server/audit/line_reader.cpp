// SPDX-License-Identifier: Apache-2.0
#include "server/audit/line_reader.h"

namespace scrim::audit {
namespace {
constexpr std::size_t kChunk = 1U << 20U;
}

base::Result<bool> LineReader::fill() {
  std::string more;
  if (const int problem = file_.readAt(more, readUpTo_, kChunk); problem != 0) {
    return base::Error{base::ErrorCode::auditUnavailable, "the audit journal cannot be read: " + wordsOf(problem)};
  }
  buffer_.erase(0, at_);
  at_ = 0;
  readUpTo_ += more.size();
  buffer_ += more;
  return !more.empty();
}

base::Result<bool> LineReader::next() {
  std::size_t searched = at_;
  std::size_t feed = buffer_.find('\n', searched);
  while (feed == std::string::npos) {
    const std::size_t had = buffer_.size() - at_;
    SCRIM_TRY(const bool more, fill());
    if (!more) break;
    searched = had;
    feed = buffer_.find('\n', searched);
  }
  offset_ = readUpTo_ - (buffer_.size() - at_);
  if (at_ == buffer_.size()) return false;
  complete_ = feed != std::string::npos;
  const std::size_t end = complete_ ? feed : buffer_.size();
  text_ = std::string_view(buffer_).substr(at_, end - at_);
  at_ = complete_ ? end + 1 : end;
  ++number_;
  return true;
}

}  // namespace scrim::audit
