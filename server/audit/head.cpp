// SPDX-License-Identifier: Apache-2.0
#include "server/audit/head.h"

#include "server/audit/json.h"

namespace scrim::audit {

std::string renderHead(const Head& head, std::string_view key) {
  std::string out = "{";
  appendMember(out, "journal", head.journal);
  appendMember(out, "format", 1);
  appendMember(out, "segment", head.segment);
  appendMember(out, "size", head.size);
  appendMember(out, "last_n", head.last.sequence);
  appendMember(out, "last_h", base::toHex(head.last.hash));
  appendMember(out, "closed", head.closed ? 1 : 0);
  out += '}';
  out = sign(std::move(out), key);
  out.resize(kHeadSize - 1, ' ');
  return out + "\n";
}

std::string_view headObject(std::string_view bytes) {
  const std::size_t end = bytes.find('}');
  return end == std::string_view::npos ? std::string_view() : bytes.substr(0, end + 1);
}

std::optional<Head> parseHead(std::string_view bytes) {
  const std::string plain = unsignedPart(headObject(bytes));
  const auto members = parseMembers(plain);
  if (!members || bytes.size() != kHeadSize) return std::nullopt;
  const auto journal = unquoted(valueOf(*members, "journal"));
  const auto segment = asNumber(valueOf(*members, "segment"));
  const auto size = asNumber(valueOf(*members, "size"));
  const auto sequence = asNumber(valueOf(*members, "last_n"));
  const auto hash = unquoted(valueOf(*members, "last_h"));
  const auto digest = hash ? digestFromHex(*hash) : std::nullopt;
  if (!journal || !segment || !size || !sequence || !digest) return std::nullopt;
  Head head{*journal, *segment, *size, {*sequence, *digest}, valueOf(*members, "closed") == "1"};
  const std::string canonical = renderHead(head, {});
  if (headObject(canonical) != plain) return std::nullopt;
  return head;
}

}  // namespace scrim::audit
