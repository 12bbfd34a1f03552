// SPDX-License-Identifier: Apache-2.0
// The tables that a data source's SQL definition names, as the query stages understand it.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/schema/names.h"

namespace scrim::app {

/// Needs a deep stack (deep_stack.h). Errors: what parsing and resolving a definition refuse.
base::Result<std::vector<schema::QualifiedName>> referencedTables(const std::string& definition);

}  // namespace scrim::app
