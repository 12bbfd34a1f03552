// SPDX-License-Identifier: Apache-2.0
#include "common/schema/tag.h"

#include <algorithm>

namespace scrim::schema {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isSegmentCharacter(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == ' ';
}

}  // namespace

bool isValidTag(std::string_view tag) {
  if (tag.empty() || tag.front() == '.' || tag.back() == '.' || tagDepth(tag) > 64) return false;
  for (std::size_t i = 0; i < tag.size(); ++i) {
    if (tag[i] == '.' ? tag[i - 1] == '.' : !isSegmentCharacter(tag[i])) return false;
  }
  return true;
}

bool tagCovers(std::string_view rule, std::string_view tag) {
  if (tag.size() < rule.size() || (tag.size() > rule.size() && tag[rule.size()] != '.')) return false;
  return std::equal(rule.begin(), rule.end(), tag.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

std::string foldedTag(std::string_view tag) {
  std::string folded(tag);
  std::transform(folded.begin(), folded.end(), folded.begin(), lower);
  return folded;
}

std::vector<std::string> coveringTags(std::string_view tag) {
  const std::string folded = foldedTag(tag);
  std::vector<std::string> all;
  for (std::size_t dot = folded.find('.'); dot != std::string::npos; dot = folded.find('.', dot + 1))
    all.push_back(folded.substr(0, dot));
  all.push_back(folded);
  return all;
}

int tagDepth(std::string_view tag) { return 1 + static_cast<int>(std::count(tag.begin(), tag.end(), '.')); }

}  // namespace scrim::schema
