// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/policy/regex_tree.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Kind = RegexNode::Kind;

constexpr int kDeepest = 32;
constexpr int kMostRepeats = 255;  // PostgreSQL's bound
constexpr std::string_view kPunctuation = R"(!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~)";

void addOtherCase(std::vector<CharRange>& ranges) {
  const std::vector<CharRange> written = ranges;
  for (const CharRange& range : written) {
    const auto shifted = [&](char32_t from, char32_t to, int by) {
      const char32_t first = std::max(range.first, from);
      const char32_t last = std::min(range.second, to);
      if (first <= last) ranges.emplace_back(first + by, last + by);
    };
    shifted(U'a', U'z', 'A' - 'a');
    shifted(U'A', U'Z', 'a' - 'A');
  }
}

class RegexParser {
 public:
  RegexParser(std::string_view text, bool caseInsensitive) : text_(text), caseInsensitive_(caseInsensitive) {}

  Result<RegexNode> run() {
    RegexNode root{Kind::sequence};
    if (accept('^')) root.children.push_back({Kind::begin});
    SCRIM_TRY(RegexNode body, alternatives(0));
    const bool several = body.kind == Kind::alternatives;
    if (several && (!root.children.empty() || endAnchor_)) {
      return refused(0, "^ and $ beside a bare | are ambiguous: put the alternatives in (?: )");
    }
    root.children.push_back(std::move(body));
    if (endAnchor_) root.children.push_back({Kind::end});
    if (at_ != text_.size()) return refused(at_, "a ) closes nothing");
    return root;
  }

 private:
  Error refused(std::size_t position, std::string reason) const {
    return {.code = ErrorCode::policyInvalid,
            .message = "the pattern cannot be used: " + std::move(reason),
            .hint = "Patterns must mean the same in every engine; docs/policy_model.md lists what can be used.",
            .position = position};
  }

  bool done() const { return at_ >= text_.size(); }
  bool accept(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // The whole text is valid UTF-8: the sentence was checked, and so is a pattern from elsewhere (regex_subset.cpp).
  char32_t takeCharacter() {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text_[i]); };
    const unsigned char lead = byte(at_++);
    if (lead < 0x80) return lead;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    char32_t out = lead & (0x3F >> more);
    for (int i = 0; i < more && at_ < text_.size(); ++i) out = (out << 6) | (byte(at_++) & 0x3F);
    return out;
  }

  Result<RegexNode> alternatives(int depth) {
    if (depth > kDeepest) return refused(at_, "it nests too deeply");
    RegexNode out{Kind::alternatives};
    do {
      SCRIM_TRY(RegexNode branch, sequence(depth));
      out.children.push_back(std::move(branch));
    } while (accept('|'));
    return out.children.size() == 1 ? std::move(out.children.front()) : std::move(out);
  }

  Result<RegexNode> sequence(int depth) {
    RegexNode out{Kind::sequence};
    while (!done() && text_[at_] != '|' && text_[at_] != ')') {
      if (depth == 0 && text_[at_] == '$' && at_ + 1 == text_.size()) {
        ++at_;
        endAnchor_ = true;
        break;
      }
      SCRIM_TRY(RegexNode piece, repeated(depth));
      out.children.push_back(std::move(piece));
    }
    return out;
  }

  Result<RegexNode> repeated(int depth) {
    SCRIM_TRY(RegexNode inner, atom(depth));
    RegexNode out{Kind::repeat};
    const std::size_t position = at_;
    if (accept('*')) {
      out.least = 0, out.most = -1;
    } else if (accept('+')) {
      out.least = 1, out.most = -1;
    } else if (accept('?')) {
      out.least = 0, out.most = 1;
    } else if (accept('{')) {
      SCRIM_CHECK_OK(bounds(out));
    } else {
      return inner;
    }
    if (!done() && std::string_view("*+?{").find(text_[at_]) != std::string_view::npos) {
      return refused(at_, "lazy, possessive and repeated quantifiers differ between engines");
    }
    if (canBeEmpty(inner)) return refused(position, "what is repeated could be empty");
    out.children.push_back(std::move(inner));
    return out;
  }

  Result<int> bound() {
    int value = 0;
    const std::size_t start = at_;
    while (!done() && text_[at_] >= '0' && text_[at_] <= '9' && value <= kMostRepeats)
      value = value * 10 + (text_[at_++] - '0');
    if (at_ == start || value > kMostRepeats)
      return refused(start, "a { counts from 0 to 255; a { itself is written \\{");
    return value;
  }

  Result<void> bounds(RegexNode& out) {
    SCRIM_TRY(out.least, bound());
    out.most = out.least;
    if (accept(',')) {
      out.most = -1;
      if (!done() && text_[at_] != '}') {
        SCRIM_TRY(out.most, bound());
      }
    }
    if (!accept('}')) return refused(at_, "a } is missing");
    if (out.most == 0 || (out.most > 0 && out.most < out.least)) return refused(at_, "the counts in { } make no sense");
    return {};
  }

  Result<RegexNode> atom(int depth) {
    const std::size_t position = at_;
    const char c = text_[at_];
    if (accept('(')) return group(depth);
    if (accept('[')) return bracket();
    if (accept('.')) return characters({{U'\n', U'\n'}}, true);
    if (accept('\\')) return escape();
    if (std::string_view("*+?{}]^$").find(c) != std::string_view::npos) {
      return refused(position, std::string("\"") + c + "\" stands where it means different things; write \\" + c);
    }
    const char32_t literal = takeCharacter();
    if (literal < 0x20 || literal == 0x7F)
      return refused(position, "it holds a control character; write \\n, \\t or \\r");
    return characters({{literal, literal}}, false);
  }

  RegexNode characters(std::vector<CharRange> ranges, bool complement) const {
    if (caseInsensitive_) addOtherCase(ranges);
    return {.kind = Kind::characters, .ranges = std::move(ranges), .complement = complement};
  }

  Result<RegexNode> group(int depth) {
    RegexNode out{Kind::group};
    const std::size_t position = at_;
    if (accept('?')) {
      if (!accept(':')) return refused(position, "of the forms (?..) only (?:..) is known to every engine");
    } else {
      out.capture = ++captures_;
    }
    SCRIM_TRY(RegexNode inner, alternatives(depth + 1));
    if (!accept(')')) return refused(position, "a ( is not closed");
    out.children.push_back(std::move(inner));
    return out;
  }

  // The ranges of \d, \w, \s; capitals are their complements. Spelled out, since engines' own differ outside ASCII.
  static std::vector<CharRange> classRanges(char c) {
    if (c == 'd' || c == 'D') return {{U'0', U'9'}};
    if (c == 'w' || c == 'W') return {{U'0', U'9'}, {U'A', U'Z'}, {U'_', U'_'}, {U'a', U'z'}};
    if (c == 's' || c == 'S') return {{U'\t', U'\r'}, {U' ', U' '}};
    return {};
  }

  static char32_t controlOf(char c) { return c == 'n' ? U'\n' : c == 't' ? U'\t' : c == 'r' ? U'\r' : 0; }

  Result<RegexNode> escape() {
    if (done()) return refused(at_, "it ends with a \\");
    const char c = text_[at_];
    if (std::vector<CharRange> ranges = classRanges(c); !ranges.empty()) {
      ++at_;
      return characters(std::move(ranges), c <= 'Z');
    }
    SCRIM_TRY(const char32_t literal, escapedCharacter());
    return characters({{literal, literal}}, false);
  }

  Result<char32_t> escapedCharacter() {
    if (done()) return refused(at_, "it ends with a \\");
    const char c = text_[at_];
    if (const char32_t control = controlOf(c); control != 0) return ++at_, control;
    if (kPunctuation.find(c) == std::string_view::npos) {
      return refused(at_ - 1, std::string("\\") + (static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : "..") +
                                  " is not known to every engine, or means something else there");
    }
    ++at_;
    return static_cast<char32_t>(c);
  }

  Result<char32_t> bracketCharacter() {
    const std::size_t position = at_;
    if (accept('\\')) return escapedCharacter();
    const char c = text_[at_];
    if (c == '[' || c == '&' || c == '^' || c == '~') return refused(position, std::string("inside [ ], write \\") + c);
    const char32_t literal = takeCharacter();
    if (literal < 0x20 || literal == 0x7F)
      return refused(position, "it holds a control character; write \\n, \\t or \\r");
    return literal;
  }

  Result<RegexNode> bracket() {
    const std::size_t start = at_ - 1;
    const bool complement = accept('^');
    std::vector<CharRange> ranges;
    while (!done() && text_[at_] != ']') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && !classRanges(text_[at_ + 1]).empty()) {
        if (text_[at_ + 1] <= 'Z') return refused(at_, "inside [ ], \\D, \\S and \\W are not known to every engine");
        const std::vector<CharRange> named = classRanges(text_[at_ + 1]);
        ranges.insert(ranges.end(), named.begin(), named.end());
        at_ += 2;
        continue;
      }
      SCRIM_CHECK_OK(bracketRange(ranges));
    }
    if (!accept(']')) return refused(start, "a [ is not closed");
    if (ranges.empty()) return refused(start, "a [ ] holds nothing");
    return characters(std::move(ranges), complement);
  }

  Result<void> bracketRange(std::vector<CharRange>& ranges) {
    const std::size_t position = at_;
    SCRIM_TRY(const char32_t low, bracketCharacter());
    char32_t high = low;
    if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
      ++at_;
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && !classRanges(text_[at_ + 1]).empty()) {
        return refused(position, "a class is no end of a range");
      }
      SCRIM_TRY(high, bracketCharacter());
    }
    if (high < low) return refused(position, "a range ends before it starts");
    ranges.emplace_back(low, high);
    return {};
  }

  std::string_view text_;
  bool caseInsensitive_;
  std::size_t at_ = 0;
  int captures_ = 0;
  bool endAnchor_ = false;
};

}  // namespace

Result<RegexNode> parseRegex(std::string_view pattern, bool caseInsensitive) {
  return RegexParser(pattern, caseInsensitive).run();
}

}  // namespace scrim::policy
