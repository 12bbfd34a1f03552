// SPDX-License-Identifier: Apache-2.0
// From a column's masks to PostgreSQL's tree. Result types are those of policy::effectOf(). Pure but for the arena and
// the parameters.
#pragma once

#include <vector>

#include "common/policy/decision.h"
#include "server/query/protect/render_scope.h"

namespace scrim::protect {

struct RenderedColumn {
  PgQuery__Node* value = nullptr;  // without a name
  schema::DataType type;           // of the value
  bool masked = false;
  bool leakProof = false;  // computing it cannot fail, whatever the row holds
};

/// A column as it is shown: masked (first mask whose condition is not FALSE wins), or itself; a type that only the
/// source knows is shown as text.
base::Result<RenderedColumn> renderColumn(const policy::ResourceColumn& column,
                                          const std::vector<policy::ColumnMask>& masks, const RenderScope& scope);

/// The type such a column has, without rendering it.
schema::DataType shownType(const schema::DataType& column, const std::vector<policy::ColumnMask>& masks);

}  // namespace scrim::protect
