// SPDX-License-Identifier: Apache-2.0
// Reader: the records of a journal that a filter lets through, in order, streaming. Does not prove anything: verify.h
// does. Needs read access only; may run beside the server that writes. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/audit/json.h"

namespace scrim::audit {

struct ReadFilter {
  std::optional<std::string> user;         // records of this user, and the ends of their statements
  std::string from;                        // ISO 8601 UTC as in records, or a prefix ("2026-11-22"); empty: no limit
  std::string before;                      // exclusive
  std::string kind;                        // started, finished, login, policy, ..; empty: any
  std::string part;                        // stands somewhere in the record, letter case aside (ASCII); empty: any
  std::uint64_t after = 0;                 // records with higher numbers; whole files before them are not read
  std::optional<std::uint64_t> statement;  // the audit id's number: its start and its end
};

/// Views into the line; valid during the call only.
struct ReadRecord {
  std::uint64_t sequence = 0;
  std::string time;
  std::string kind;
  std::vector<Member> members;
  std::string_view line;  // the JSON object
  /// A member's text; empty: there is none, or it is no text.
  std::string text(std::string_view name) const { return unquoted(valueOf(members, name)).value_or(""); }
  std::uint64_t value(std::string_view name) const { return asNumber(valueOf(members, name)).value_or(0); }
};

/// Calls `take` for each record until it answers false. Returns how many it was given. Error: unreadable.
base::Result<std::uint64_t> readRecords(const std::string& directory, const ReadFilter& filter,
                                        const std::function<bool(const ReadRecord&)>& take);

}  // namespace scrim::audit
