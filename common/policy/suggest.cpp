// SPDX-License-Identifier: Apache-2.0
#include "common/policy/suggest.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "common/policy/token.h"

namespace scrim::policy {
namespace {

constexpr std::size_t kLongestCompared = 64;

template <typename Text>
const Text* nearestOf(std::string_view word, std::span<const Text> candidates) {
  const Text* best = nullptr;
  int bestDistance = 0;
  for (const Text& candidate : candidates) {
    const int distance = editDistance(word, candidate);
    const int bound = std::min(3, static_cast<int>(candidate.size()) / 3);
    if (distance <= bound && (best == nullptr || distance < bestDistance)) {
      best = &candidate;
      bestDistance = distance;
    }
  }
  return best;
}

}  // namespace

int editDistance(std::string_view left, std::string_view right) {
  if (left.size() > kLongestCompared || right.size() > kLongestCompared) return kLongestCompared;
  const std::string a = upperAscii(left);
  const std::string b = upperAscii(right);
  std::vector<std::vector<int>> cost(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = static_cast<int>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view* found = nearestOf(word, candidates);
  return found == nullptr ? std::string_view{} : *found;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::string* found = nearestOf(word, candidates);
  return found == nullptr ? std::string{} : *found;
}

std::string listed(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace scrim::policy
