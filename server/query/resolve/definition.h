// SPDX-License-Identifier: Apache-2.0
// The SQL definition of a data source, resolved against the remote tables behind it. Made anew for each statement,
// because protect changes the tree. Any thread.
#pragma once

#include <memory>
#include <vector>

#include "server/catalog/model.h"
#include "server/query/parse/parse.h"
#include "server/query/resolve/resolved_query.h"

namespace scrim::resolve {

struct ResolvedDefinition {
  PgQuery__SelectStmt* select = nullptr;  // in the arena given; every table has its schema, no node a location
  Resolution names;                       // TableReference::key: index into DataSource::remoteTables
  std::vector<std::unique_ptr<std::vector<TableColumn>>> columns;  // what names.tables point at
};

/// Errors: policyInvalid, when the definition is not understood (any more): the data source cannot be used then.
base::Result<ResolvedDefinition> resolveDefinition(const std::shared_ptr<parse::Arena>& arena,
                                                   const catalog::DataSource& source);

}  // namespace scrim::resolve
