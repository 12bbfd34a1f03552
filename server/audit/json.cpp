// SPDX-License-Identifier: Apache-2.0
#include "server/audit/json.h"

#include "common/base/hash.h"
#include "common/base/utf8.h"

namespace scrim::audit {
namespace {

bool needsEscape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\' || c == 0x7f; }

void appendEscaped(std::string& out, char c) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kDigits[static_cast<unsigned char>(c) >> 4U];
  out += kDigits[static_cast<unsigned char>(c) & 15U];
}

void appendValid(std::string& out, std::string_view text) {
  out += '"';
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!needsEscape(static_cast<unsigned char>(text[at]))) continue;
    out.append(text, from, at - from);
    appendEscaped(out, text[at]);
    from = at + 1;
  }
  out.append(text, from);
  out += '"';
}

void appendUtf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0U | (code >> 6U));
    out += static_cast<char>(0x80U | (code & 0x3fU));
  } else {
    out += static_cast<char>(0xe0U | (code >> 12U));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
    out += static_cast<char>(0x80U | (code & 0x3fU));
  }
}

// Past the closing quote of the string that begins at `at`; npos: it does not end.
std::size_t endOfString(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

// Past the value that begins at `at` (a string, or anything up to the comma or brace that ends it).
std::size_t endOfValue(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = endOfString(text, at);
      if (at == std::string_view::npos) return at;
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}')) return at;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    ++at;
  }
  return std::string_view::npos;
}

}  // namespace

void appendString(std::string& out, std::string_view text) {
  if (base::isValidUtf8(text)) {
    appendValid(out, text);
  } else {
    appendValid(out, base::withInvalidReplaced(text));
  }
}

void appendNumber(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void appendName(std::string& out, std::string_view name) {
  if (!out.empty() && out.back() != ',' && out.back() != '{') out += ',';
  out += '"';
  out += name;
  out += "\":";
}

void appendMember(std::string& out, std::string_view name, std::string_view text) {
  appendName(out, name);
  appendString(out, text);
}

void appendMember(std::string& out, std::string_view name, std::uint64_t number) {
  appendName(out, name);
  appendNumber(out, number);
}

std::optional<std::vector<Member>> parseMembers(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
  std::vector<Member> members;
  if (text.size() == 2) return members;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] != '"') return std::nullopt;
    const std::size_t nameEnd = endOfString(text, at);
    if (nameEnd == std::string_view::npos || nameEnd >= text.size() || text[nameEnd] != ':') return std::nullopt;
    const std::size_t valueEnd = endOfValue(text, nameEnd + 1);
    if (valueEnd == std::string_view::npos || valueEnd == nameEnd + 1) return std::nullopt;
    members.push_back({text.substr(at + 1, nameEnd - at - 2), text.substr(nameEnd + 1, valueEnd - nameEnd - 1)});
    at = valueEnd;
    if (text[at] == '}') return at + 1 == text.size() ? std::optional(std::move(members)) : std::nullopt;
  }
  return std::nullopt;
}

std::string_view valueOf(const std::vector<Member>& members, std::string_view name) {
  for (const Member& member : members) {
    if (member.name == name) return member.value;
  }
  return {};
}

std::optional<std::string> unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::nullopt;
  std::string text;
  for (std::size_t at = 1; at + 1 < value.size(); ++at) {
    if (value[at] != '\\') {
      text += value[at];
      continue;
    }
    if (++at + 1 >= value.size()) return std::nullopt;
    switch (value[at]) {
      case 'n':
        text += '\n';
        break;
      case 'r':
        text += '\r';
        break;
      case 't':
        text += '\t';
        break;
      case 'u': {
        if (at + 5 >= value.size()) return std::nullopt;
        const auto bytes = base::fromHex(value.substr(at + 1, 4));
        if (!bytes) return std::nullopt;
        appendUtf8(text, (static_cast<unsigned char>((*bytes)[0]) << 8U) | static_cast<unsigned char>((*bytes)[1]));
        at += 4;
        break;
      }
      default:
        text += value[at];
    }
  }
  return text;
}

std::optional<std::uint64_t> asNumber(std::string_view value) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (problem != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

}  // namespace scrim::audit
