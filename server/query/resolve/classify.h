// SPDX-License-Identifier: Apache-2.0
// What kind of statement a parsed statement is. Only SELECT (with VALUES and TABLE) takes the governed path; a short
// list of utility statements is the gateway's; everything else is refused here, with a sentence that says why.
// Pure; any thread.
#pragma once

#include <memory>

#include "common/base/result.h"
#include "server/query/parse/parse.h"

namespace scrim::resolve {

enum class StatementKind {
  select,       // SELECT, VALUES, TABLE, set operations
  set,          // SET, SET LOCAL, SET TRANSACTION .. (VariableSetStmt)
  reset,        // RESET, RESET ALL (VariableSetStmt)
  show,         // SHOW, SHOW ALL (VariableShowStmt)
  transaction,  // BEGIN .. ROLLBACK TO, without two-phase commit (TransactionStmt)
  declare,      // DECLARE .. CURSOR FOR <inner> (DeclareCursorStmt)
  fetch,        // FETCH and MOVE (FetchStmt)
  close,        // CLOSE (ClosePortalStmt)
  prepare,      // PREPARE .. AS <inner> (PrepareStmt)
  execute,      // EXECUTE (ExecuteStmt)
  deallocate,   // DEALLOCATE (DeallocateStmt)
  discard,      // DISCARD (DiscardStmt)
  explain,      // EXPLAIN <inner> (ExplainStmt)
  copyOut,      // COPY (<inner>) TO STDOUT, and COPY table TO STDOUT as SELECT .. FROM table (CopyStmt)
};

/// Errors: readOnly for what writes, notSupported for the rest; the position is the statement's beginning.
base::Result<StatementKind> classify(const parse::ParsedQuery& statement);

/// The SELECT inside a declare, prepare, explain or copyOut statement, as a statement of its own: it shares the arena
/// and the text, so positions stay those of the user's text. Errors: notSupported, if what is inside is no SELECT.
base::Result<parse::ParsedQuery> innerSelect(const parse::ParsedQuery& statement);

}  // namespace scrim::resolve
