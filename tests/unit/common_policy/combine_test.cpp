// SPDX-License-Identifier: Apache-2.0
// Random masks against the rule in the words of the model, cell by cell.
#include "common/policy/combine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/policy/language.h"

namespace scrim::policy {
namespace {

constexpr int kFlags = 3;  // boolean columns f0, f1, f2: each TRUE, FALSE or NULL in a cell

using Flags = std::array<std::optional<bool>, kFlags>;

bool conditionApplies(const Expression& condition, const Flags& flags) {
  if (condition.kind == ExpressionKind::logicalAnd) {
    return std::all_of(condition.children.begin(), condition.children.end(),
                       [&](const ExpressionPtr& part) { return conditionApplies(*part, flags); });
  }
  return flags[static_cast<std::size_t>(condition.name[1] - '0')].value_or(true);
}

// Within a scope: the most specific, then the strictest; several equal ones that differ: NULL.
std::optional<Mask> winnerOf(const std::vector<MaskCandidate>& candidates, bool global, const Flags& flags) {
  std::optional<MaskCandidate> best;
  bool conflict = false;
  for (const MaskCandidate& candidate : candidates) {
    if (candidate.global != global || (candidate.condition && !conditionApplies(**candidate.condition, flags)))
      continue;
    const auto rank = [](const MaskCandidate& c) { return std::pair(-c.specificity, c.mask.method); };
    if (!best || rank(candidate) < rank(*best)) {
      best = candidate;
      conflict = false;
    } else if (rank(candidate) == rank(*best) && candidate.mask != best->mask) {
      conflict = true;
    }
  }
  if (!best) return std::nullopt;
  return conflict ? Mask{} : best->mask;
}

std::optional<Mask> expected(const std::vector<MaskCandidate>& candidates, const Flags& flags) {
  const auto local = winnerOf(candidates, false, flags);
  const auto global = winnerOf(candidates, true, flags);
  if (!local || !global) return local ? local : global;
  if (local->method != global->method) return local->method < global->method ? local : global;
  return *local == *global ? local : Mask{};
}

std::optional<Mask> combined(const std::vector<ColumnMask>& masks, const Flags& flags) {
  for (const ColumnMask& mask : masks) {
    if (!mask.condition || conditionApplies(**mask.condition, flags)) return mask.mask;
  }
  return std::nullopt;
}

MaskCandidate randomCandidate(std::mt19937& random, std::int64_t rule) {
  const auto below = [&](int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random); };
  static const std::vector<Mask> kMasks{{},
                                        {.method = MaskMethod::hashing},
                                        {.method = MaskMethod::showing, .shown = 1},
                                        {.method = MaskMethod::showing, .shown = 2},
                                        {.method = MaskMethod::rounding, .step = "10"},
                                        {.method = MaskMethod::rounding, .step = "100"}};
  MaskCandidate out{.global = below(2) == 0, .specificity = below(3), .mask = kMasks[below(6)], .rule = {rule}};
  if (below(3) != 0) out.condition = column("f" + std::to_string(below(kFlags)));
  return out;
}

TEST(Combine, IsWhatTheModelSaysInEveryCell) {
  std::mt19937 random(20260102);
  for (int round = 0; round < 3000; ++round) {
    std::vector<MaskCandidate> candidates;
    for (std::int64_t rule = 1; rule <= 1 + round % 6; ++rule) candidates.push_back(randomCandidate(random, rule));
    std::vector<Conflict> conflicts;
    const std::vector<ColumnMask> masks = combine("c", candidates, conflicts);
    for (int cell = 0; cell < 27; ++cell) {
      Flags flags;
      for (int i = 0, rest = cell; i < kFlags; ++i, rest /= 3)
        flags[i] = rest % 3 == 2 ? std::nullopt : std::optional(rest % 3 == 1);
      ASSERT_EQ(combined(masks, flags), expected(candidates, flags)) << "round " << round << " cell " << cell;
    }
  }
}

}  // namespace
}  // namespace scrim::policy
