// SPDX-License-Identifier: Apache-2.0
#include "server/audit/chain.h"

#include <algorithm>

#include "common/base/secret.h"
#include "server/audit/json.h"

namespace scrim::audit {
namespace {

constexpr std::string_view kHashName = ",\"h\":\"";
constexpr std::string_view kMacName = ",\"mac\":\"";
constexpr std::size_t kMacSize = kMacName.size() + 64 + 2;

void writeHex(char* to, const base::Digest& digest) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t byte : digest) {
    *to++ = kDigits[byte >> 4U];
    *to++ = kDigits[byte & 15U];
  }
}

bool isSigned(std::string_view line) {
  return line.size() > kMacSize && line.substr(line.size() - kMacSize, kMacName.size()) == kMacName;
}

}  // namespace

void Batch::clear() {
  bytes.clear();
  ends.clear();
  first = 0;
  last = {};
}

void Batch::add(std::uint64_t sequence, std::string_view members) {
  if (ends.empty()) first = sequence;
  bytes += "{\"n\":";
  appendNumber(bytes, sequence);
  bytes += ',';
  bytes += members;
  bytes += kHashName;
  bytes.append(64, '0');
  bytes += "\"}\n";
  ends.push_back(static_cast<std::uint32_t>(bytes.size()));
}

void Chain::seal(Batch& batch) {
  std::size_t begin = 0;
  for (const std::uint32_t end : batch.ends) {
    const std::size_t size = end - begin - kTrailerSize;
    at_.hash = hashOf(std::string_view(batch.bytes).substr(begin, size));
    ++at_.sequence;
    writeHex(batch.bytes.data() + begin + size + kHashOffset, at_.hash);
    begin = end;
  }
  batch.last = at_;
}

base::Digest Chain::hashOf(std::string_view record) {
  hasher_.update(base::asBytes(at_.hash));
  hasher_.update(record);
  return hasher_.finish();
}

std::optional<base::Digest> digestFromHex(std::string_view hex) {
  const auto bytes = hex.size() == 64 ? base::fromHex(hex) : std::nullopt;
  if (!bytes || base::toHex(*bytes) != hex) return std::nullopt;  // one form only: lower case
  base::Digest digest;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

std::optional<Line> parseLine(std::string_view line) {
  constexpr std::size_t kTail = kTrailerSize - 1;
  constexpr std::string_view kStart = "{\"n\":";
  if (line.size() < kTail + kStart.size() || !line.starts_with(kStart) || !line.ends_with("\"}")) return std::nullopt;
  const std::size_t size = line.size() - kTail;
  if (line.substr(size, kHashOffset) != kHashName) return std::nullopt;
  const std::size_t comma = line.find(',', kStart.size());
  if (comma >= size) return std::nullopt;
  const auto sequence = asNumber(line.substr(kStart.size(), comma - kStart.size()));
  const auto hash = digestFromHex(line.substr(size + kHashOffset, 64));
  if (!sequence || !hash) return std::nullopt;
  return Line{*sequence, line.substr(0, size), *hash};
}

std::string journalName(const Link& beginning) {
  return base::toHex(base::sha256(base::asBytes(beginning.hash))).substr(0, 8);
}

std::string sign(std::string object, std::string_view key) {
  if (key.empty()) return object;
  const std::string mac = base::toHex(base::hmacSha256(key, object));
  object.pop_back();
  object += kMacName;
  object += mac;
  object += "\"}";
  return object;
}

std::string unsignedPart(std::string_view line) {
  if (!isSigned(line)) return std::string(line);
  return std::string(line.substr(0, line.size() - kMacSize)) + "}";
}

Signature checkSignature(std::string_view line, std::string_view key) {
  if (!isSigned(line)) return Signature::absent;
  if (key.empty()) return Signature::bad;
  return base::equalInConstantTime(sign(unsignedPart(line), key), line) ? Signature::good : Signature::bad;
}

std::string renderHeader(const SegmentHeader& header, std::string_view key) {
  std::string out = "{";
  appendMember(out, "journal", header.journal);
  appendMember(out, "format", 1);
  appendMember(out, "segment", header.segment);
  appendMember(out, "previous_n", header.previous.sequence);
  appendMember(out, "previous_h", base::toHex(header.previous.hash));
  appendMember(out, "repair", header.repair ? 1 : 0);
  out += '}';
  return sign(std::move(out), key) + "\n";
}

std::optional<SegmentHeader> parseHeader(std::string_view line) {
  const std::string plain = unsignedPart(line);
  const auto members = parseMembers(plain);
  if (!members) return std::nullopt;
  const auto journal = unquoted(valueOf(*members, "journal"));
  const auto segment = asNumber(valueOf(*members, "segment"));
  const auto sequence = asNumber(valueOf(*members, "previous_n"));
  const auto hash = unquoted(valueOf(*members, "previous_h"));
  const auto digest = hash ? digestFromHex(*hash) : std::nullopt;
  if (!journal || !segment || !sequence || !digest) return std::nullopt;
  SegmentHeader header{*journal, *segment, {*sequence, *digest}, valueOf(*members, "repair") == "1"};
  if (renderHeader(header, {}) != plain + "\n") return std::nullopt;
  return header;
}

}  // namespace scrim::audit
