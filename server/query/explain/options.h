// SPDX-License-Identifier: Apache-2.0
// The options of an EXPLAIN statement. Internal to this room.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/query/parse/node.h"

namespace scrim::explain {

struct Options {
  bool json = false;
  std::string asUser;   // empty: the asker
  std::string project;  // to act under; empty: as the asker does, or none for another user
};

/// Errors: notSupported for what would run the statement or is unknown, syntaxError for a value that is not understood.
base::Result<Options> optionsOf(const PgQuery__ExplainStmt& statement);

}  // namespace scrim::explain
