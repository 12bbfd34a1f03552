// SPDX-License-Identifier: Apache-2.0
// Where each rule of a data source defined by SQL stands: below the definition, on the table that a column comes from,
// or just above it. Below only if the definition passes the column on without computing with it, so that policy never
// changes what the definition means (docs/policy_model.md, "How rules combine"). A rule may also look at columns that
// are not exposed, and at columns of the tables that the definition does not return: the latter only below. Pure; any
// thread.
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
  std::map<std::string, Origin> origins;  // columns that are passed through untouched, or only looked at
  std::map<std::string, int> masksBelow;  // exposed column -> table (index in the definition's names) that masks it
  std::vector<int> rowsBelow;             // one for each row guard: the table, or -1: above
  // Exposed columns, and hidden ones that rules look at -> index in the definition's outputs.
  std::map<std::string, std::size_t> outputs;
};

/// Errors: policyInvalid, if an exposed column is no output of the definition (any more), or a rule can stand nowhere.
base::Result<Placement> placementOf(const catalog::DataSource& source, const policy::Resource& resource,
                                    const policy::Decision& decision, const resolve::ResolvedDefinition& definition);

}  // namespace scrim::protect
