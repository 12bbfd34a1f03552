// SPDX-License-Identifier: Apache-2.0
// The columns of a data source in the body of a request. One thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/cli/json.h"
#include "server/cli/verb.h"

namespace scrim::cli {

/// Of every column what PUT takes.
ArrayPtr keptColumns(const ArrayPtr& present);
/// Carries out --column-tag and its like in body.columns. Errors: wrongCommandLine.
base::Result<void> changeColumns(Kind kind, const std::vector<std::string>& values, ObjectPtr body);
/// "a=b" as a and b. Errors: wrongCommandLine.
base::Result<std::pair<std::string, std::string>> splitPair(const std::string& text);

}  // namespace scrim::cli
