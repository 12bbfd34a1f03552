// SPDX-License-Identifier: Apache-2.0
// Drift: what a data source becomes when the tables behind it have changed. A new column stays hidden until an owner
// accepts it; one that vanished or has another type degrades the data source, and rules that name it deny.
#pragma once

#include <string>
#include <vector>

#include "server/catalog/catalog.h"
#include "server/catalog/introspect.h"

namespace scrim::catalog {

struct Drift {
  std::vector<std::string> appeared;  // hidden now
  std::vector<std::string> vanished;
  std::vector<std::string> changed;  // of another type
  bool any() const { return !appeared.empty() || !vanished.empty() || !changed.empty(); }
};

/// Fits the data source to the shape and says what is different. The shape read back makes a degraded one whole again.
Drift applyShape(DataSource& source, const Shape& shape);

/// Reads the source's present shape and stores what became of the data source, as one change; none if nothing drifted.
base::Result<Drift> refreshRemoteSchema(Catalog& catalog, base::DataSourceId id,
                                        const ReferencedTables& referencedTables);

}  // namespace scrim::catalog
