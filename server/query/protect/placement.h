// SPDX-License-Identifier: Apache-2.0
// Where each rule of a data source defined by SQL stands: below the definition, on the table that a column comes from,
// or just above it. Below only if the definition passes the column on without computing with it, so that policy never
// changes what the definition means (docs/policy_model.md, "How rules combine"). Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/policy/decide.h"
#include "common/policy/decision.h"
#include "server/query/resolve/definition.h"

namespace scrim::protect {

struct Placement {
  struct Origin {
    int table;
    int column;
  };
  std::map<std::string, Origin> origins;  // exposed columns that are passed through untouched
  std::map<std::string, int> masksBelow;  // exposed column -> table (index in the definition's names) that masks it
  std::vector<int> rowsBelow;             // one for each row guard: the table, or -1: above
  std::map<std::string, std::size_t> outputs;  // exposed column -> index in the definition's outputs
};

/// Errors: policyInvalid, if an exposed column is no output of the definition (any more).
base::Result<Placement> placementOf(const catalog::DataSource& source, const policy::Resource& resource,
                                    const policy::Decision& decision, const resolve::ResolvedDefinition& definition);

}  // namespace scrim::protect
