// SPDX-License-Identifier: Apache-2.0
// LineReader: the lines of a segment, one after the other, in constant memory (one line at a time). One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/audit/files.h"

namespace scrim::audit {

class LineReader {
 public:
  /// The file must outlive the reader.
  explicit LineReader(File& file) : file_(file) {}

  /// Moves to the next line; false: there is none. Error: the file cannot be read.
  base::Result<bool> next();
  /// Without its line feed; valid until next().
  std::string_view text() const { return text_; }
  /// False: the file ends before the line does.
  bool complete() const { return complete_; }
  /// From 1.
  std::uint64_t number() const { return number_; }
  /// Of the line's first byte, and of the byte after the line feed.
  std::uint64_t offset() const { return offset_; }
  std::uint64_t end() const { return offset_ + text_.size() + (complete_ ? 1 : 0); }

 private:
  base::Result<bool> fill();

  File& file_;
  std::string buffer_;
  std::size_t at_ = 0;          // of the next line in the buffer
  std::uint64_t readUpTo_ = 0;  // offset in the file
  std::string_view text_;
  bool complete_ = true;
  std::uint64_t number_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace scrim::audit
