// SPDX-License-Identifier: Apache-2.0
// Data sources in the catalog's database: columns, tags, owners and the remote tables behind them.
// Errors: those of store::Link.
#pragma once

#include <vector>

#include "server/catalog/model.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

/// A data source whose hash key cannot be opened is left out (and logged): it does not exist then.
base::Result<std::vector<DataSource>> loadDataSources(store::Link& link, const store::SecretBox& box,
                                                      const Selection& selection = {});
/// Inserts (id 0; makes the hash key) or replaces (the key stays); does nothing if nothing differs. Returns the id.
base::Result<base::DataSourceId> save(Writer& writer, const DataSource& source);
/// With its rules and subscriptions.
base::Result<void> removeDataSource(Writer& writer, base::DataSourceId id);

/// Whether two say the same, apart from id, hash key and table OID.
bool sameContent(const DataSource& left, const DataSource& right);

}  // namespace scrim::catalog
