// SPDX-License-Identifier: Apache-2.0
#include "server/cli/text.h"

#include <wchar.h>

#include <array>
#include <cstdio>
#include <utility>

#include "common/base/utf8.h"

namespace scrim::cli {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

/// Invisible, or turning the direction: what makes a name look like another.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 9> kHidden{{
    {0x00ad, 0x00ad},
    {0x061c, 0x061c},
    {0x180e, 0x180e},
    {0x200b, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0xfeff, 0xfeff},
    {0xfff9, 0xfffb},
    {0xe0000, 0xe007f},
}};

std::string escaped(std::uint32_t character) {
  char out[16];
  const char* form = character < 0x80 ? "\\x%02x" : character <= 0xffff ? "\\u%04x" : "\\U%08x";
  std::snprintf(out, sizeof out, form, static_cast<unsigned>(character));
  return out;
}

}  // namespace

std::uint32_t nextCharacter(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  std::uint32_t character = length == 1 ? first : first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length && at + i < text.size(); ++i) character = character << 6U | (byte(at + i) & 0x3fU);
  at += length;
  return character;
}

bool isHarmful(std::uint32_t character) {
  if (character < 0x20 || (character >= 0x7f && character < 0xa0) || character == kReplacement) return true;
  for (const auto& [first, last] : kHidden) {
    if (character >= first && character <= last) return true;
  }
  return false;
}

std::string printable(std::string_view text) {
  const std::string valid = base::withInvalidReplaced(text);
  std::string out;
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t begin = at;
    const std::uint32_t character = nextCharacter(valid, at);
    if (character == '\n') {
      out += "\\n";
    } else if (character == '\t') {
      out += "\\t";
    } else if (isHarmful(character)) {
      out += escaped(character);
    } else {
      out.append(valid, begin, at - begin);
    }
  }
  return out;
}

std::size_t widthOf(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const int columns = wcwidth(static_cast<wchar_t>(nextCharacter(text, at)));
    width += columns < 0 ? 1 : static_cast<std::size_t>(columns);
  }
  return width;
}

std::string utcTime(std::time_t time) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t present = widthOf(text);
  return std::string(text) + std::string(present < width ? width - present : 0, ' ');
}

}  // namespace scrim::cli
