// SPDX-License-Identifier: Apache-2.0
// What policies look up in: other data sources of the same connection, read unmasked and unfiltered. Any thread.
#pragma once

#include "server/catalog/snapshot.h"
#include "server/query/protect/render_scope.h"

namespace scrim::protect {

/// `arena` and `snapshot` must outlive the result.
LookupTables lookupTables(parse::Arena& arena, const catalog::Snapshot& snapshot, base::ConnectionId connection);

}  // namespace scrim::protect
