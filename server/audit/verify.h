// SPDX-License-Identifier: Apache-2.0
// Verify: reads a whole journal and says whether it is what the server wrote, naming the first record that is not.
// Streams (one line in memory, and the numbers of unfinished statements). Needs only read access, and may run beside
// the server that writes. What it can prove is in README.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/audit/chain.h"

namespace scrim::audit {

enum class Damage { changed, inserted, missing, reordered, header, head, signature, unfinishedRepair };

struct Finding {
  Damage damage = Damage::changed;
  std::string text;  // a sentence
  std::uint64_t segment = 0;
  std::uint64_t line = 0;      // from 1; 0: not one line
  std::uint64_t sequence = 0;  // of the record that should stand there
};

struct VerifyReport {
  std::optional<Finding> finding;  // nullopt: intact
  std::string journal;
  std::uint64_t segments = 0;
  std::uint64_t records = 0;  // proven, up to the finding
  std::map<std::string, std::uint64_t, std::less<>> kinds;
  std::uint64_t unfinished = 0;  // statements started and not finished: running, or cut short
  std::string firstTime, lastTime;
  Link last;
  bool inUse = false;
  std::vector<std::string> notes;
};

/// Error: the journal cannot be read at all.
base::Result<VerifyReport> verify(const std::string& directory, std::string_view key = {});

/// For `scrimd --verify-audit DIR`: prints the report. 0: intact; 1: not; 2: it cannot be read.
int verifyCommand(const std::string& directory, std::ostream& out, std::string_view key = {});

}  // namespace scrim::audit
