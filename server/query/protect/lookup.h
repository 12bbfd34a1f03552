// SPDX-License-Identifier: Apache-2.0
// What policies look up in: other data sources of the same connection, read unmasked and unfiltered. Any thread.
#pragma once

#include <functional>
#include <memory>

#include "server/catalog/snapshot.h"
#include "server/query/protect/render_scope.h"

namespace scrim::protect {

/// A data source by name; nullptr: there is none.
using DataSources = std::function<const catalog::DataSource*(const schema::QualifiedName&)>;
/// `snapshot` must outlive the result and what it returns.
DataSources dataSourcesOf(const catalog::Snapshot& snapshot);

/// Tables and definitions of `connection`, made in `arena`; it and what `sources` finds must outlive the result.
LookupTables lookupTables(const std::shared_ptr<parse::Arena>& arena, DataSources sources,
                          base::ConnectionId connection);

}  // namespace scrim::protect
