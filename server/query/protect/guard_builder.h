// SPDX-License-Identifier: Apache-2.0
// Building the guarded form of one data source. Internal to this room.
#pragma once

#include "server/catalog/snapshot.h"
#include "server/query/protect/protected_query.h"
#include "server/query/protect/render_scope.h"

namespace scrim::protect {

/// The user's conjuncts for one place, and what the fence has to do there.
struct FenceOrder {
  bool fence = false;
  bool hideStatistics = false;                 // text columns must not show the planner their statistics
  bool pinCollation = false;                   // texts must have the collation that was recorded, whatever came after
  std::vector<PgQuery__Node*> conjuncts;       // to be copied inside
  std::vector<bool> wanted;                    // exposed columns, in order, that the statement reads
  const resolve::Resolution* names = nullptr;  // says which column each reference in them means
};

struct GuardBuilder {
  const std::shared_ptr<parse::Arena>& shared;
  parse::Arena& arena;  // the same
  const catalog::Snapshot& snapshot;
  PolicyParameters& parameters;
  bool describe = false;

  /// Fills `guard` with the facts; the sub-query itself is the result. Errors: policyInvalid.
  base::Result<PgQuery__SelectStmt*> overTable(const resolve::SourceUse& use, const FenceOrder& order,
                                               Guard& guard) const;

  /// The same over a definition.
  base::Result<PgQuery__SelectStmt*> overDefinition(const resolve::SourceUse& use, const FenceOrder& order,
                                                    Guard& guard) const;

  /// Whether rows are held back at all, and whether by a sub-query.
  static bool hidesRows(const resolve::SourceUse& use);
  static bool looksUp(const policy::Decision& decision);
};

}  // namespace scrim::protect
