// SPDX-License-Identifier: Apache-2.0
// Which columns a mask's selector means. Pure; any thread.
#pragma once

#include <vector>

#include "common/base/result.h"
#include "common/policy/decide.h"
#include "common/policy/rule.h"

namespace scrim::policy {

/// In the order of `columns`, into which the result points. Errors: a pattern that is none.
base::Result<std::vector<const ResourceColumn*>> selectedColumns(const ColumnSelector& selector,
                                                                 const std::vector<ResourceColumn>& columns);

}  // namespace scrim::policy
