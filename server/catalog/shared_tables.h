// SPDX-License-Identifier: Apache-2.0
// Which data sources stand on the same remote tables. Pure; any thread.
#pragma once

#include <vector>

#include "server/catalog/snapshot.h"

namespace scrim::catalog {

/// Those that stand on one of the tables, read through this connection or another to the same database: one of its
/// hosts and ports, and its name. What the source's own views and foreign tables read is not known here, nor that two
/// names are one host.
std::vector<DataSourcePtr> standingOn(const Snapshot& snapshot, const Connection& connection,
                                      const std::vector<RemoteTable>& tables);

}  // namespace scrim::catalog
