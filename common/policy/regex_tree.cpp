// SPDX-License-Identifier: Apache-2.0
#include "common/policy/regex_tree.h"

#include <algorithm>

namespace scrim::policy {
namespace {

using Kind = RegexNode::Kind;

constexpr char32_t kLastCharacter = 0x10FFFF;

void append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | (c >> 18)), static_cast<char>(0x80 | ((c >> 12) & 0x3F)),
            static_cast<char>(0x80 | ((c >> 6) & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
}

std::string spelledCharacter(char32_t c, std::string_view special) {
  if (c == U'\n') return "\\n";
  if (c == U'\t') return "\\t";
  if (c == U'\r') return "\\r";
  if (c == U'\f') return "\\f";
  if (c == U'\v') return "\\v";
  std::string out;
  if (c < 0x80 && special.find(static_cast<char>(c)) != std::string_view::npos) out += '\\';
  append(out, c);
  return out;
}

std::string spelledCharacters(const RegexNode& node) {
  static constexpr std::string_view kSpecial = "\\.[](){}*+?^$|";
  static constexpr std::string_view kSpecialInBrackets = "\\[]^-&~";
  if (!node.complement && node.ranges.size() == 1 && node.ranges[0].first == node.ranges[0].second) {
    return spelledCharacter(node.ranges[0].first, kSpecial);
  }
  std::string out = node.complement ? "[^" : "[";
  for (const auto& [low, high] : node.ranges) {
    out += spelledCharacter(low, kSpecialInBrackets);
    if (high > low) out += (high > low + 1 ? "-" : "") + spelledCharacter(high, kSpecialInBrackets);
  }
  return out + "]";
}

std::string spelledBounds(const RegexNode& node) {
  if (node.least == 0 && node.most == -1) return "*";
  if (node.least == 1 && node.most == -1) return "+";
  if (node.least == 0 && node.most == 1) return "?";
  std::string out = "{" + std::to_string(node.least);
  if (node.most != node.least) out += "," + (node.most < 0 ? "" : std::to_string(node.most));
  return out + "}";
}

std::string joined(const RegexNode& node, std::string_view between) {
  std::string out;
  for (std::size_t i = 0; i < node.children.size(); ++i)
    out += (i > 0 ? std::string(between) : "") + spelled(node.children[i]);
  return out;
}

int variableParts(const RegexNode& node) {
  if (node.kind == Kind::alternatives) return 2;
  if (node.kind == Kind::repeat && node.least != node.most) {
    return node.children[0].kind == Kind::characters ? 1 : 2;
  }
  int parts = 0;
  for (const RegexNode& child : node.children) parts += variableParts(child);
  return node.kind == Kind::repeat ? parts * node.least : parts;
}

void collectCertain(const RegexNode& node, std::vector<int>& out) {
  if (node.kind == Kind::repeat || node.kind == Kind::alternatives) return;
  if (node.kind == Kind::group && node.capture > 0) out.push_back(node.capture);
  for (const RegexNode& child : node.children) collectCertain(child, out);
}

}  // namespace

std::string spelled(const RegexNode& node) {
  switch (node.kind) {
    case Kind::characters:
      return spelledCharacters(node);
    case Kind::sequence:
      return joined(node, "");
    case Kind::alternatives:
      return joined(node, "|");
    case Kind::group:
      return (node.capture > 0 ? "(" : "(?:") + spelled(node.children[0]) + ")";
    case Kind::repeat:
      return spelled(node.children[0]) + spelledBounds(node);
    case Kind::begin:
      return "^";
    case Kind::end:
      break;
  }
  return "$";
}

bool canBeEmpty(const RegexNode& node) {
  const auto empty = [](const RegexNode& child) { return canBeEmpty(child); };
  switch (node.kind) {
    case Kind::characters:
      return false;
    case Kind::alternatives:
      return std::any_of(node.children.begin(), node.children.end(), empty);
    case Kind::repeat:
      return node.least == 0 || canBeEmpty(node.children[0]);
    case Kind::sequence:
    case Kind::group:
      return std::all_of(node.children.begin(), node.children.end(), empty);
    case Kind::begin:
    case Kind::end:
      break;
  }
  return true;
}

bool hasOneVariablePart(const RegexNode& root) { return variableParts(root) <= 1; }

std::vector<int> certainGroups(const RegexNode& root) {
  std::vector<int> out;
  collectCertain(root, out);
  return out;
}

std::vector<CharRange> normalised(const RegexNode& characters) {
  std::vector<CharRange> sorted = characters.ranges;
  std::sort(sorted.begin(), sorted.end());
  std::vector<CharRange> merged;
  for (const CharRange& range : sorted) {
    if (!merged.empty() && range.first <= merged.back().second + 1) {
      merged.back().second = std::max(merged.back().second, range.second);
    } else {
      merged.push_back(range);
    }
  }
  if (!characters.complement) return merged;
  std::vector<CharRange> others;
  char32_t next = 0;
  for (const auto& [low, high] : merged) {
    if (low > next) others.emplace_back(next, low - 1);
    next = high + 1;
  }
  if (next <= kLastCharacter) others.emplace_back(next, kLastCharacter);
  return others;
}

}  // namespace scrim::policy
