// SPDX-License-Identifier: Apache-2.0
#include "common/base/utf8.h"

namespace scrim::base {
namespace {

bool isContinuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

/// Length of the valid sequence at the start of `text`, 0 if there is none.
std::size_t sequenceLength(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!isContinuation(at(i))) return 0;
  }
  const unsigned char second = at(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;  // overlong, surrogate
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;  // overlong, past U+10FFFF
  return length;
}

}  // namespace

std::size_t firstInvalidUtf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t length = sequenceLength(text.substr(offset));
    if (length == 0) return offset;
    offset += length;
  }
  return offset;
}

std::string withInvalidReplaced(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t valid = firstInvalidUtf8(text);
    out += text.substr(0, valid);
    if (valid == text.size()) break;
    out += "\xef\xbf\xbd";
    text.remove_prefix(valid + 1);
  }
  return out;
}

std::size_t charactersBefore(std::string_view text, std::size_t byteOffset) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < byteOffset && i < text.size(); ++i) {
    if (!isContinuation(static_cast<unsigned char>(text[i]))) ++count;
  }
  return count;
}

std::size_t byteOffsetOf(std::string_view text, std::size_t characterIndex) {
  std::size_t offset = 0;
  for (; offset < text.size(); ++offset) {
    if (isContinuation(static_cast<unsigned char>(text[offset]))) continue;
    if (characterIndex-- == 0) return offset;
  }
  return text.size();
}

}  // namespace scrim::base
