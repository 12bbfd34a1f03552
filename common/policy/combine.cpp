// SPDX-License-Identifier: Apache-2.0
#include "common/policy/combine.h"

#include <algorithm>
#include <set>

namespace scrim::policy {
namespace {

// A mask that applies where all its conditions do; conditions are numbers, equal ones share a number.
struct Entry {
  std::set<int> conditions;
  Mask mask;
  std::set<base::RuleId> rules;  // one, or those in conflict
  std::string sentence;
};

std::string conflictSentence(const std::set<base::RuleId>& rules) {
  std::string out;
  for (base::RuleId rule : rules) out += (out.empty() ? "" : ", ") + std::to_string(rule.value);
  return "NULL, because rules " + out + " ask for the same method in different ways";
}

// Both apply to a cell: the stricter method wins; the same method with other parameters is a conflict.
Entry stricterOf(const Entry& a, const Entry& b) {
  Entry out = a.mask.method <= b.mask.method ? a : b;
  if (a.mask.method == b.mask.method) {
    if (a.mask == b.mask) {
      out = a.rules < b.rules ? a : b;
    } else {
      out.mask = Mask{.method = MaskMethod::null};
      out.rules.insert(a.rules.begin(), a.rules.end());
      out.rules.insert(b.rules.begin(), b.rules.end());
      out.sentence = conflictSentence(out.rules);
    }
  }
  out.conditions = a.conditions;
  out.conditions.insert(b.conditions.begin(), b.conditions.end());
  return out;
}

// What stands behind an entry that applies whenever it does is never reached.
void dropUnreachable(std::vector<Entry>& entries) {
  std::vector<Entry> kept;
  for (Entry& entry : entries) {
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Entry& earlier) {
      return std::includes(entry.conditions.begin(), entry.conditions.end(), earlier.conditions.begin(),
                           earlier.conditions.end());
    });
    if (!covered) kept.push_back(std::move(entry));
  }
  entries = std::move(kept);
}

// An entry right before one with the same mask that applies whenever it does says nothing more.
void dropRepeated(std::vector<Entry>& entries) {
  for (std::size_t i = entries.size(); i-- > 1;) {
    const Entry& later = entries[i];
    const Entry& earlier = entries[i - 1];
    if (later.mask == earlier.mask && std::includes(earlier.conditions.begin(), earlier.conditions.end(),
                                                    later.conditions.begin(), later.conditions.end())) {
      entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i) - 1);
    }
  }
}

class Combiner {
 public:
  std::vector<ColumnMask> run(const std::string& column, std::vector<MaskCandidate> candidates,
                              std::vector<Conflict>& conflicts) {
    std::sort(candidates.begin(), candidates.end(), before);
    for (const MaskCandidate& candidate : candidates) entryOf(candidate);  // numbers conditions in this order
    const std::vector<Entry> local = scopeEntries(candidates, false);
    std::vector<Entry> entries = across(local, scopeEntries(candidates, true));
    dropUnreachable(entries);
    dropRepeated(entries);
    std::vector<ColumnMask> out;
    for (const Entry& entry : entries) {
      out.push_back({condition(entry), entry.mask, *entry.rules.begin(), entry.sentence});
      if (entry.rules.size() > 1) {
        conflicts.push_back(
            {column, {entry.rules.begin(), entry.rules.end()}, "\"" + column + "\" shows " + entry.sentence});
      }
    }
    return out;
  }

 private:
  static bool before(const MaskCandidate& a, const MaskCandidate& b) {
    if (a.specificity != b.specificity) return a.specificity > b.specificity;
    if (a.mask.method != b.mask.method) return a.mask.method < b.mask.method;
    return a.rule < b.rule;
  }

  Entry entryOf(const MaskCandidate& candidate) {
    Entry out{{}, candidate.mask, {candidate.rule}, candidate.sentence};
    if (candidate.condition) out.conditions.insert(numberOf(*candidate.condition));
    return out;
  }

  int numberOf(const ExpressionPtr& condition) {
    const auto same = [&](const ExpressionPtr& known) { return equal(known, condition); };
    const auto found = std::find_if(conditions_.begin(), conditions_.end(), same);
    if (found != conditions_.end()) return static_cast<int>(found - conditions_.begin());
    conditions_.push_back(condition);
    return static_cast<int>(conditions_.size()) - 1;
  }

  // One scope in order of precedence; before each group of equal precedence, what its conflicting pairs give.
  std::vector<Entry> scopeEntries(const std::vector<MaskCandidate>& sorted, bool global) {
    std::vector<MaskCandidate> scope;
    std::copy_if(sorted.begin(), sorted.end(), std::back_inserter(scope),
                 [&](const MaskCandidate& candidate) { return candidate.global == global; });
    std::vector<Entry> out;
    for (std::size_t start = 0; start < scope.size();) {
      std::size_t end = start;
      while (end < scope.size() && scope[end].specificity == scope[start].specificity &&
             scope[end].mask.method == scope[start].mask.method) {
        ++end;
      }
      appendGroup(scope, start, end, out);
      start = end;
    }
    dropUnreachable(out);
    return out;
  }

  void appendGroup(const std::vector<MaskCandidate>& scope, std::size_t start, std::size_t end,
                   std::vector<Entry>& out) {
    for (std::size_t i = start; i < end; ++i) {
      for (std::size_t j = i + 1; j < end; ++j) {
        if (scope[i].mask != scope[j].mask) out.push_back(stricterOf(entryOf(scope[i]), entryOf(scope[j])));
      }
    }
    for (std::size_t i = start; i < end; ++i) out.push_back(entryOf(scope[i]));
  }

  // The first local mask that applies meets the first global one that applies: every pair, in order.
  static std::vector<Entry> across(const std::vector<Entry>& local, const std::vector<Entry>& global) {
    std::vector<Entry> out;
    for (const Entry& one : local) {
      for (const Entry& other : global) out.push_back(stricterOf(one, other));
      out.push_back(one);
    }
    out.insert(out.end(), global.begin(), global.end());
    return out;
  }

  std::optional<ExpressionPtr> condition(const Entry& entry) const {
    if (entry.conditions.empty()) return std::nullopt;
    std::vector<ExpressionPtr> parts;
    for (int number : entry.conditions) parts.push_back(conditions_[static_cast<std::size_t>(number)]);
    return conjunction(std::move(parts));
  }

  std::vector<ExpressionPtr> conditions_;
};

}  // namespace

std::vector<ColumnMask> combine(const std::string& column, std::vector<MaskCandidate> candidates,
                                std::vector<Conflict>& conflicts) {
  return Combiner().run(column, std::move(candidates), conflicts);
}

}  // namespace scrim::policy
