// SPDX-License-Identifier: Apache-2.0
// Recovery: takes up the chain that a directory holds, or begins one. What a crash can leave is put right, with a
// warning in the log: a last record cut short, a segment without its header, holes that a power cut left behind what
// had been synced, a repair that was interrupted. Anything else is refused: damage is for people to look at.
// The caller holds the directory's lock.
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "server/audit/chain.h"
#include "server/audit/files.h"
#include "server/audit/head.h"

namespace scrim::audit {

/// Where the journal ends: the last segment, its size in bytes, and the last record.
struct Position {
  std::uint64_t segment = 0;
  std::uint64_t size = 0;
  Link last;
};

struct Recovered {
  std::string journal;
  Position end;
  std::uint64_t headerSize = 0;  // of the last segment
  std::unique_ptr<File> segmentFile;
  std::unique_ptr<File> headFile;
  std::uint64_t cutBytes = 0;    // taken off the end
  bool needsNewSegment = false;  // a signed one has to begin
};

base::Result<Recovered> recover(Files& files, const std::string& directory, std::string_view key);

}  // namespace scrim::audit
