// SPDX-License-Identifier: Apache-2.0
// NamePattern: an RE2 pattern that selects columns by name: found anywhere in the name, without regard to letter case.
// Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/policy/rule.h"

namespace scrim::policy {

class NamePattern {
 public:
  /// Errors: RE2's reason, where the pattern is malformed or would be too costly.
  static base::Result<std::shared_ptr<const NamePattern>> compile(std::string_view pattern);
  NamePattern(const NamePattern&) = delete;
  NamePattern& operator=(const NamePattern&) = delete;
  ~NamePattern();
  bool matches(std::string_view columnName) const;

 private:
  struct Compiled;
  explicit NamePattern(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace scrim::policy
