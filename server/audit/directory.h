// SPDX-License-Identifier: Apache-2.0
// The journal's directory: 0700 and ours, files in it 0600 and ours, one process at a time. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "common/base/result.h"

namespace scrim::audit {

/// Holds the directory's lock file with flock() until destroyed. Move-only.
class DirectoryLock {
 public:
  DirectoryLock() = default;
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  ~DirectoryLock();

 private:
  int descriptor_ = -1;
};

/// Makes the directory (its parent must exist) or checks it, then takes the lock. Errors say what is wrong and how to
/// put it right.
base::Result<DirectoryLock> claimDirectory(const std::string& directory);
/// Whether another process holds the lock now.
bool isClaimed(const std::string& directory);

/// Segment number -> path. Refuses a segment or head file that others could have changed, and left-over temporary files
/// are not listed.
base::Result<std::map<std::uint64_t, std::string>> listSegments(const std::string& directory);
base::Result<void> checkFile(const std::string& path);

std::string segmentPath(const std::string& directory, std::uint64_t segment);
std::string headPath(const std::string& directory);

}  // namespace scrim::audit
