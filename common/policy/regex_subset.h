// SPDX-License-Identifier: Apache-2.0
// PortableRegex: the regular expressions of USING REGEX. Engines differ (which alternative wins, what '.', '$', '\d'
// and case-insensitivity mean), so only patterns are taken that mean the same in RE2 (DuckDB), PostgreSQL's ARE and
// java.util.regex (Spark), and every engine is sent one spelled-out form: docs/policy_model.md lists the subset.
// Immutable; any thread.
//
// Why the subset is safe: backtracking engines take the first match in order of preference, POSIX ones the longest.
// They agree if the next character always decides what a pattern does (it is one-unambiguous: Brueggemann-Klein and
// Wood, "One-unambiguous regular languages", 1998), or if at most one part of it varies in length.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace re2 {
class RE2;
}

namespace scrim::policy {

class PortableRegex {
 public:
  /// Errors: policyInvalid with the reason; `position` is a byte offset in the pattern (or in the replacement).
  static base::Result<PortableRegex> compile(std::string_view pattern, std::string_view replacement,
                                             bool caseInsensitive);

  /// Spelled out: no flag, class escape or dot is left. For regexp_replace(value, pattern, replacement, 'g') of
  /// PostgreSQL and DuckDB; java.util.regex needs '\z' for a '$' at its end.
  const std::string& pattern() const { return pattern_; }
  /// With \1 to \9 for groups and \\ for a backslash.
  const std::string& replacement() const { return replacement_; }
  /// Every match replaced.
  std::string replaceAll(std::string_view text) const;

 private:
  std::string pattern_;
  std::string replacement_;
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace scrim::policy
