// SPDX-License-Identifier: Apache-2.0
// Whether the purposes that a sentence names are there. Pure; any thread.
#pragma once

#include <set>
#include <string>

#include "common/base/result.h"
#include "common/policy/named.h"

namespace scrim::policy {

/// A wrong one would silently open to nobody, or shut nobody out. `known`: all there are; letter case does not count.
/// Errors: policyInvalid: names one that there is not.
base::Result<void> checkPurposes(const Sentence& sentence, const std::set<std::string>& known);

}  // namespace scrim::policy
