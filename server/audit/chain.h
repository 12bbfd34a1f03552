// SPDX-License-Identifier: Apache-2.0
// The chain: how records are bound together, and how a segment begins. A record is one line,
//   {"n":<sequence>,<members>,"h":"<hash>"}
// hash = SHA-256(previous hash, 32 bytes, followed by the line up to the comma before "h"), in hexadecimal. A segment
// begins with a header line, which repeats where the chain stands; it is no record, and each of its bytes follows from
// the chain, so that it needs no hash. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/hash.h"
#include "common/base/sha256.h"

namespace scrim::audit {

/// `,"h":"` + 64 digits + `"}` + line feed.
inline constexpr std::size_t kHashOffset = 6;
inline constexpr std::size_t kTrailerSize = kHashOffset + 64 + 3;

/// Where the chain stands: the last record, and its hash.
struct Link {
  std::uint64_t sequence = 0;
  base::Digest hash = {};
  bool operator==(const Link&) const = default;
};

/// Consecutive records as they stand in the file; hashes are filled in by Chain::seal().
struct Batch {
  std::string bytes;
  std::vector<std::uint32_t> ends;  // of each line
  std::uint64_t first = 0;          // sequence of the first record
  Link last;                        // known once sealed

  bool empty() const { return ends.empty(); }
  std::uint64_t lastSequence() const { return first + ends.size() - 1; }
  void clear();
  /// Adds one line with the rendered members and room for the hash.
  void add(std::uint64_t sequence, std::string_view members);
};

class Chain {
 public:
  explicit Chain(Link at) : at_(at) {}
  const Link& at() const { return at_; }
  /// Fills in the hashes of a batch that follows directly, and moves on to its end.
  void seal(Batch& batch);
  /// The hash a record (its line up to the comma before "h") would have here; does not move.
  base::Digest hashOf(std::string_view record);
  void moveTo(Link link) { at_ = link; }

 private:
  Link at_;
  base::Sha256 hasher_;
};

/// A record's line, without its line feed, taken apart; views of it.
struct Line {
  std::uint64_t sequence = 0;
  std::string_view hashed;  // what the hash covers, after the previous hash
  base::Digest hash = {};
};
/// nullopt: not a record.
std::optional<Line> parseLine(std::string_view line);

/// The chain's name, eight digits, from its random beginning.
std::string journalName(const Link& beginning);

struct SegmentHeader {
  std::string journal;  // eight digits: the chain's name
  std::uint64_t segment = 0;
  Link previous;        // the record before this segment's first
  bool repair = false;  // takes the place of what earlier segments hold after `previous` (a failed sync)
};
/// One line with its line feed; signed if there is a key.
std::string renderHeader(const SegmentHeader& header, std::string_view key);
/// nullopt: not a header, or not in its one canonical form (which is compared after the signature, if any, is cut off).
std::optional<SegmentHeader> parseHeader(std::string_view line);

enum class Signature { good, bad, absent };
/// For header and head lines (without line feed). A signature that cannot be checked for want of a key is bad.
Signature checkSignature(std::string_view line, std::string_view key);
/// Puts `,"mac":"..."` before the closing brace of an object; nothing without a key.
std::string sign(std::string object, std::string_view key);
/// The object without its signature.
std::string unsignedPart(std::string_view line);

std::optional<base::Digest> digestFromHex(std::string_view hex);

}  // namespace scrim::audit
