// SPDX-License-Identifier: Apache-2.0
// What registering one data source and many have in common. One call.
#pragma once

#include "server/api/call.h"

namespace scrim::api::data_sources {

/// A data source to be, and the relations that hold some of its rows besides its own tables.
struct Candidate {
  catalog::DataSource source;
  std::vector<schema::QualifiedName> kin;
};

/// Whoever governs a table's rows governs all of them: nobody gets past their rules by registering it once more, nor by
/// registering a partition of it, what it is a partition of, or a view of it.
/// Errors: permissionDenied; catalogConflict: the snapshot is not the newest.
base::Result<void> mayStandOn(const Call& call, catalog::Writer& writer, const catalog::Connection& connection,
                              const Candidate& candidate);

}  // namespace scrim::api::data_sources
