// SPDX-License-Identifier: Apache-2.0
// Files: the journal's seam to the file system, so that tests can make a disk fail. Every call answers 0 or an errno.
// A File serves one thread at a time, but for sync() and state(), which may run beside the rest; Files: any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace scrim::audit {

class File {
 public:
  virtual ~File() = default;
  /// Writes all of it, or says why not (then any part of it may have been written).
  virtual int writeAt(std::string_view bytes, std::uint64_t offset) = 0;
  /// Up to `count` bytes; fewer at the end of the file.
  virtual int readAt(std::string& into, std::uint64_t offset, std::size_t count) = 0;
  virtual int truncate(std::uint64_t size) = 0;
  /// fdatasync.
  virtual int sync() = 0;
  /// Size in bytes, and whether the file still has a name.
  virtual int state(std::uint64_t& size, bool& linked) = 0;
};

enum class OpenMode { createEmpty, readWrite, readOnly };

class Files {
 public:
  virtual ~Files() = default;
  /// Files are made with mode 0600; symbolic links are refused (ELOOP).
  virtual int open(const std::string& path, OpenMode mode, std::unique_ptr<File>& file) = 0;
  virtual int rename(const std::string& from, const std::string& to) = 0;
  virtual int remove(const std::string& path) = 0;
  virtual int syncDirectory(const std::string& path) = 0;
};

/// The machine's own; lives as long as the process.
Files& systemFiles();

/// errno in words.
std::string wordsOf(int errorNumber);

}  // namespace scrim::audit
