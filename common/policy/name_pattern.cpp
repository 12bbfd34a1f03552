// SPDX-License-Identifier: Apache-2.0
#include "common/policy/name_pattern.h"

#include <re2/re2.h>

namespace scrim::policy {
namespace {

RE2::Options options() {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  return options;
}

}  // namespace

struct NamePattern::Compiled {
  explicit Compiled(std::string_view pattern) : regex(re2::StringPiece(pattern.data(), pattern.size()), options()) {}
  RE2 regex;
};

NamePattern::NamePattern(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
NamePattern::~NamePattern() = default;

base::Result<std::shared_ptr<const NamePattern>> NamePattern::compile(std::string_view pattern) {
  auto compiled = std::make_unique<const Compiled>(pattern);
  if (!compiled->regex.ok()) {
    return base::Error{base::ErrorCode::policyInvalid, "the pattern is not valid: " + compiled->regex.error()};
  }
  return std::shared_ptr<const NamePattern>(new NamePattern(std::move(compiled)));
}

bool NamePattern::matches(std::string_view columnName) const {
  return RE2::PartialMatch(re2::StringPiece(columnName.data(), columnName.size()), compiled_->regex);
}

}  // namespace scrim::policy
