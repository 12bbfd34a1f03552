// SPDX-License-Identifier: Apache-2.0
// What registering one data source and many have in common. One call.
#pragma once

#include "server/api/call.h"

namespace scrim::api::data_sources {

/// Whoever governs a table's rows governs all of them: nobody gets past their rules by registering it once more.
/// Errors: permissionDenied; catalogConflict: the snapshot is not the newest.
base::Result<void> mayStandOn(const Call& call, catalog::Writer& writer, const catalog::Connection& connection,
                              const catalog::DataSource& source);

}  // namespace scrim::api::data_sources
