// SPDX-License-Identifier: Apache-2.0
// TableLookup: what a name in FROM that is no CTE stands for; resolve's caller says it (data sources for users'
// statements, remote tables for definitions).
#pragma once

#include <vector>

#include "common/base/result.h"
#include "server/query/resolve/resolved_query.h"

namespace scrim::resolve {

struct FoundTable {
  const std::vector<TableColumn>* columns;  // must outlive the resolution
  std::size_t key;                          // handed on in TableReference
  std::string_view schema;                  // for schema.table.column; must outlive the resolution
};

class TableLookup {
 public:
  virtual ~TableLookup() = default;
  /// Errors: undefinedTable and whatever else speaks against it, with the position of the name.
  virtual base::Result<FoundTable> find(const PgQuery__RangeVar& name) = 0;
};

}  // namespace scrim::resolve
