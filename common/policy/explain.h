// SPDX-License-Identifier: Apache-2.0
// A Decision as sentences, for the person it is about. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "common/policy/decide.h"

namespace scrim::policy {

/// "You see rows where .., because rule 2 says: ..", one sentence for each effect. A data source that is not visible is
/// said not to exist, and nothing else.
std::vector<std::string> explain(const Decision& decision, const Resource& resource);

}  // namespace scrim::policy
