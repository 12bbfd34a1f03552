// SPDX-License-Identifier: Apache-2.0
#include "common/yaml/problems.h"

#include <algorithm>
#include <tuple>

namespace scrim::yaml {
namespace {

/// Levenshtein's distance.
std::size_t distance(const std::string& left, const std::string& right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      std::size_t change = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
    }
  }
  return row[right.size()];
}

}  // namespace

void Problems::add(Place at, std::string text) { list_.push_back({at, std::move(text)}); }

Problems Problems::fresh() const {
  Problems copy;
  copy.files_ = files_;
  return copy;
}

std::vector<std::string> Problems::lines() const {
  std::vector<Problem> sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.at.file, a.at) < std::tie(b.at.file, b.at);
  });
  std::vector<std::string> lines;
  for (const Problem& each : sorted) {
    lines.push_back(fileOf(each.at) + ":" + std::to_string(each.at.line) + ":" + std::to_string(each.at.column) + ": " +
                    each.text);
  }
  return lines;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& words) {
  constexpr std::size_t kLongest = 64;
  if (word.size() > kLongest) return {};
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string found;
  for (const std::string& each : words) {
    std::size_t steps = each.size() > kLongest ? best : distance(word, each);
    if (steps < best) {
      best = steps;
      found = each;
    }
  }
  return found.empty() ? "" : "; did you mean " + found + "?";
}

}  // namespace scrim::yaml
