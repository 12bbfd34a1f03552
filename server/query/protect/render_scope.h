// SPDX-License-Identifier: Apache-2.0
// What rendering a predicate or a mask needs to know about the relation it stands over.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/policy/decide.h"
#include "server/query/parse/node.h"
#include "server/query/protect/policy_parameters.h"

namespace scrim::protect {

/// A data source to look up in, as it may be read by a policy: unmasked, unfiltered.
struct LookupTable {
  PgQuery__Node* from = nullptr;  // a FROM item, with the alias given to LookupTables
  std::vector<policy::ResourceColumn> columns;
  std::map<std::string, std::string> physical;  // column -> its name in `from`; missing: the same
};

/// The FROM item of a look-up under `alias`. Errors: policyInvalid, if there is no such data source on this connection.
using LookupTables =
    std::function<base::Result<LookupTable>(const schema::QualifiedName& source, std::string_view alias)>;

struct RenderScope {
  parse::Arena& arena;
  std::string relation;                                // the alias in front of every column
  const std::vector<policy::ResourceColumn>& columns;  // as policy names them
  const std::map<std::string, std::string>& physical;  // column -> its name under the alias; missing: the same
  const base::Secret& sampleKey;  // of the data source, under every project: two samples of it show no more than one
  const base::Secret& maskKey;    // of HASHING
  PolicyParameters& parameters;
  const LookupTables& lookups;
  bool describe = false;  // note display texts of what is applied, for plans
};

}  // namespace scrim::protect
