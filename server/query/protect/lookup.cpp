// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/lookup.h"

#include "server/query/parse/build.h"

namespace scrim::protect {

LookupTables lookupTables(parse::Arena& arena, const catalog::Snapshot& snapshot, base::ConnectionId connection) {
  return [&arena, &snapshot, connection](const schema::QualifiedName& name,
                                         std::string_view alias) -> base::Result<LookupTable> {
    const catalog::DataSourcePtr source = snapshot.dataSource(name);
    if (source == nullptr || source->connection != connection || source->isSql() || source->degraded) {
      return base::Error{
          .code = base::ErrorCode::policyInvalid,
          .message = "a policy of this data source cannot be applied: what it looks up in is not available"};
    }
    LookupTable table;
    table.from = parse::rangeVar(arena, source->remote.schema, source->remote.name);
    table.from->range_var->alias = parse::alias(arena, alias);
    for (const catalog::Column& column : source->columns) {
      table.columns.push_back({column.name, column.type, column.tags});
      if (!column.remoteName.empty()) table.physical.emplace(column.name, column.remoteName);
    }
    return table;
  };
}

}  // namespace scrim::protect
