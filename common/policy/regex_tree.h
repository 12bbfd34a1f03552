// SPDX-License-Identifier: Apache-2.0
// The tree of a pattern in the portable subset, its spelling, and the questions asked of it. Internal to this room.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace scrim::policy {

using CharRange = std::pair<char32_t, char32_t>;  // both ends included

struct RegexNode {
  enum class Kind { characters, sequence, alternatives, group, repeat, begin, end } kind = Kind::sequence;
  std::vector<CharRange> ranges = {};  // characters, as written
  bool complement = false;             // characters: all but those
  int capture = 0;                     // group: its number; 0: (?:..)
  int least = 1;                       // repeat
  int most = 1;                        // repeat; -1: without end
  std::vector<RegexNode> children = {};
};

base::Result<RegexNode> parseRegex(std::string_view pattern, bool caseInsensitive);

/// The spelled-out form.
std::string spelled(const RegexNode& node);

bool canBeEmpty(const RegexNode& node);
/// The next character always decides; false also for patterns too large to tell.
bool isOneUnambiguous(const RegexNode& root);
/// No alternatives, and at most one repeated character that varies in number.
bool hasOneVariablePart(const RegexNode& root);
/// Groups that take part in every match exactly once.
std::vector<int> certainGroups(const RegexNode& root);
/// Characters as ranges in ascending order that do not touch, complement applied.
std::vector<CharRange> normalised(const RegexNode& characters);

}  // namespace scrim::policy
