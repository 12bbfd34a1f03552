// SPDX-License-Identifier: Apache-2.0
#include "common/policy/regex_subset.h"

#include <re2/re2.h>

#include <algorithm>

#include "common/base/utf8.h"
#include "common/policy/regex_tree.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kLongestPattern = 1000;

Error refused(std::string reason, std::string hint, std::optional<std::size_t> position = {}) {
  return {.code = ErrorCode::policyInvalid,
          .message = "the pattern cannot be used: " + std::move(reason),
          .hint = std::move(hint),
          .position = position};
}

Result<void> checkMeaning(const RegexNode& root) {
  if (canBeEmpty(root)) {
    return refused("it matches the empty text, which engines replace differently",
                   "Use + for *, or leave out what is optional.");
  }
  if (isOneUnambiguous(root) || hasOneVariablePart(root)) return {};
  return refused("a text can match it in more than one way, and engines choose differently",
                 "Let every repeated or alternative part be told by its next character, as in [^@]*@ for .*@.");
}

Result<void> checkReplacement(std::string_view replacement, const RegexNode& root) {
  const std::vector<int> groups = certainGroups(root);
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '\\') continue;
    const char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
    if (next != '\\' && (next < '1' || next > '9')) {
      return refused("in a replacement, \\ stands before \\ or a group's number", "Write \\\\ for a backslash.", i);
    }
    if (next != '\\' && std::find(groups.begin(), groups.end(), next - '0') == groups.end()) {
      return refused(std::string("\\") + next + " is no group that takes part in every match",
                     "Number groups from the left; not those that are repeated or alternatives.", i);
    }
    ++i;
  }
  return {};
}

std::shared_ptr<const RE2> compiledRe2(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(8 << 20);
  return std::make_shared<const RE2>(pattern, options);
}

}  // namespace

Result<PortableRegex> PortableRegex::compile(std::string_view pattern, std::string_view replacement,
                                             bool caseInsensitive) {
  if (pattern.size() > kLongestPattern || replacement.size() > kLongestPattern) {
    return refused("it is longer than 1000 bytes", "");
  }
  if (!base::isValidUtf8(pattern) || !base::isValidUtf8(replacement)) return refused("it is not valid UTF-8", "");
  SCRIM_TRY(const RegexNode root, parseRegex(pattern, caseInsensitive));
  SCRIM_CHECK_OK(checkMeaning(root));
  SCRIM_CHECK_OK(checkReplacement(replacement, root));
  PortableRegex out;
  out.pattern_ = spelled(root);
  out.replacement_ = std::string(replacement);
  out.compiled_ = compiledRe2(out.pattern_);
  if (!out.compiled_->ok()) return refused(out.compiled_->error(), "");
  return out;
}

std::string PortableRegex::replaceAll(std::string_view text) const {
  std::string out(text);
  RE2::GlobalReplace(&out, *compiled_, replacement_);
  return out;
}

}  // namespace scrim::policy
