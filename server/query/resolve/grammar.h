// SPDX-License-Identifier: Apache-2.0
// The grammar that the query stages understand: node types and, of each, the fields. Checked by reflection before
// anything else looks at a tree, so that a node or field nobody thought of is refused and not overlooked.
#pragma once

#include "common/base/result.h"
#include "server/query/parse/node.h"

namespace scrim::resolve {

/// Errors: notSupported, naming the node or field.
base::Result<void> checkGrammar(const PgQuery__Node& statement);

}  // namespace scrim::resolve
