// SPDX-License-Identifier: Apache-2.0
// Whether a sentence can be a rule of a data source: checked before it is saved. A global rule is checked against each
// data source that it covers. Pure; any thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/policy/decide.h"
#include "common/policy/typing.h"

namespace scrim::policy {

/// What is known of users, where it is known: names that are not among these give a warning. Groups, attributes and
/// their values compare byte for byte, so that a wrong letter case would silently match nobody.
struct KnownNames {
  const std::set<std::string>* groups = nullptr;
  const std::set<std::string>* attributes = nullptr;
  bool proposed = true;  // a warning may name one that is near
};

/// The warnings for the author: what falls back to NULL, what selects nothing, which names nobody has.
/// Errors: a column, type, look-up or pattern that the rule cannot work with; the message says which.
base::Result<std::vector<std::string>> validate(const Sentence& sentence, const Resource& resource,
                                                const LookupSources& lookups, const KnownNames& known = {});

}  // namespace scrim::policy
