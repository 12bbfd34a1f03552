// SPDX-License-Identifier: Apache-2.0
// The plan of a statement as a tree, in the manner of Spark's. Pure; any thread.
#pragma once

#include <string>

#include "server/cli/json.h"

namespace scrim::cli {

/// `answer`: what POST /api/v1/plans gives. Colours: nodes of policy stand out, their sentences too.
std::string planText(const ObjectPtr& answer, bool colours);

}  // namespace scrim::cli
