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

/// Whether files that others could have changed are refused (the server), or read all the same (the verifier, which
/// may run as another user and trusts nothing anyway).
enum class Ownership { check, ignore };
/// Segment number -> path.
base::Result<std::map<std::uint64_t, std::string>> listSegments(const std::string& directory, Ownership ownership);
base::Result<void> checkFile(const std::string& path);

std::string segmentPath(const std::string& directory, std::uint64_t segment);
std::string headPath(const std::string& directory);

}  // namespace scrim::audit
