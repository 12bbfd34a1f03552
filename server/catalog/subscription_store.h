// SPDX-License-Identifier: Apache-2.0
// Subscriptions in the catalog's database: who was given standing access to a data source. Errors: those of
// store::Link.
#pragma once

#include <map>

#include "server/catalog/snapshot_builder.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

/// By data source; `selection` holds ids of data sources.
base::Result<std::map<base::DataSourceId, Grants>> loadGrants(store::Link& link, const Selection& selection = {});
/// Takes from an account that goes what was given to its name: the next one of that name begins with nothing.
base::Result<void> withdrawGrants(Writer& writer, const std::string& user);
/// Replaces who is subscribed to the data source; does nothing if nothing differs.
base::Result<void> saveGrants(Writer& writer, base::DataSourceId source, const Grants& grants);

}  // namespace scrim::catalog
