// SPDX-License-Identifier: Apache-2.0
// Glushkov's construction: every character of the pattern is a position; the pattern is one-unambiguous if no two
// positions that can come next share a character. One that can come next in two ways, as in (a+)+, counts as two: such
// patterns take backtracking engines exponential time. Counted repeats are written out.
#include <algorithm>

#include "common/policy/regex_tree.h"

namespace scrim::policy {
namespace {

using Kind = RegexNode::Kind;

constexpr std::size_t kMostPositions = 600;

// What of a part can stand first and last in it, and whether it can be empty.
struct Ends {
  std::vector<int> first;
  std::vector<int> last;
  bool empty = true;
};

void addTo(std::vector<int>& all, const std::vector<int>& more) { all.insert(all.end(), more.begin(), more.end()); }

class Glushkov {
 public:
  bool isUnambiguous(const RegexNode& root) {
    const Ends ends = endsOf(root);
    if (tooLarge_ || overlap(ends.first)) return false;
    return std::none_of(follows_.begin(), follows_.end(), [&](const auto& follow) { return overlap(follow); });
  }

 private:
  Ends endsOf(const RegexNode& node) {
    switch (node.kind) {
      case Kind::characters:
        return position(node);
      case Kind::alternatives:
        return alternatives(node);
      case Kind::repeat:
        return repeat(node);
      case Kind::sequence:
      case Kind::group:
        break;
      case Kind::begin:
      case Kind::end:
        return {};
    }
    Ends out;
    for (const RegexNode& child : node.children) out = joined(out, endsOf(child));
    return out;
  }

  Ends position(const RegexNode& node) {
    tooLarge_ = tooLarge_ || characters_.size() >= kMostPositions;
    if (tooLarge_) return {};
    const int here = static_cast<int>(characters_.size());
    characters_.push_back(normalised(node));
    follows_.emplace_back();
    return {{here}, {here}, false};
  }

  Ends joined(const Ends& before, const Ends& after) {
    for (int position : before.last) addTo(follows_[position], after.first);
    Ends out{before.first, after.last, before.empty && after.empty};
    if (before.empty) addTo(out.first, after.first);
    if (after.empty) addTo(out.last, before.last);
    return out;
  }

  Ends alternatives(const RegexNode& node) {
    Ends out;
    out.empty = false;
    for (const RegexNode& child : node.children) {
      const Ends branch = endsOf(child);
      addTo(out.first, branch.first);
      addTo(out.last, branch.last);
      out.empty = out.empty || branch.empty;
    }
    return out;
  }

  // x{2,4} is xx(x(x)?)?, x{2,} is xxx*.
  Ends repeat(const RegexNode& node) {
    Ends out;
    for (int i = 0; i < node.least && !tooLarge_; ++i) out = joined(out, endsOf(node.children[0]));
    if (node.most < 0) return joined(out, loop(node.children[0]));
    return node.most > node.least && !tooLarge_ ? joined(out, optional(node, node.most - node.least)) : out;
  }

  Ends loop(const RegexNode& node) {
    Ends out = endsOf(node);
    for (int position : out.last) addTo(follows_[position], out.first);
    out.empty = true;
    return out;
  }

  Ends optional(const RegexNode& node, int count) {
    std::vector<Ends> copies;
    for (int i = 0; i < count && !tooLarge_; ++i) copies.push_back(endsOf(node.children[0]));
    Ends out;
    for (auto copy = copies.rbegin(); copy != copies.rend(); ++copy) {
      out = joined(*copy, out);
      out.empty = true;
    }
    return out;
  }

  bool overlap(const std::vector<int>& positions) const {
    std::vector<CharRange> all;
    for (int position : positions) all.insert(all.end(), characters_[position].begin(), characters_[position].end());
    std::sort(all.begin(), all.end());
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i].first <= all[i - 1].second) return true;
    }
    return false;
  }

  std::vector<std::vector<CharRange>> characters_;
  std::vector<std::vector<int>> follows_;
  bool tooLarge_ = false;
};

}  // namespace

bool isOneUnambiguous(const RegexNode& root) { return Glushkov().isUnambiguous(root); }

}  // namespace scrim::policy
