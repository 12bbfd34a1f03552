// SPDX-License-Identifier: Apache-2.0
// EXPLAIN: what Scrim makes of a statement, never what the source would plan. Everybody sees their own governed plan,
// without the constants of rules. Who holds GOVERNOR or AUDIT sees everything, for any user: the plan as written, the
// plan after policy with the sentences behind each node, and the SQL that the source gets.
//
//   EXPLAIN [(FORMAT TEXT|JSON, VERBOSE, AS_USER 'alice')] SELECT ..
//
// Nothing is run. Any thread.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/query/query.h"

namespace scrim::explain {

struct Explanation {
  bool json = false;               // one line: a JSON document; the result column is of type json
  std::vector<std::string> lines;  // rows of the column "QUERY PLAN"
};

/// `statement` is an ExplainStmt (classify() said so). Errors: those of prepare(); permissionDenied for AS_USER without
/// the right; notSupported for options that would run the statement or show the source's plan; undefinedObject: no such
/// user.
base::Result<Explanation> explain(const query::QueryContext& context, const parse::ParsedQuery& statement);

}  // namespace scrim::explain
