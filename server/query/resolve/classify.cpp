// SPDX-License-Identifier: Apache-2.0
#include "server/query/resolve/classify.h"

#include <algorithm>
#include <string>
#include <vector>

#include "server/query/parse/build.h"

namespace scrim::resolve {
namespace {

using base::Error;
using base::ErrorCode;
using parse::as;

Error refusal(ErrorCode code, std::string message, const parse::ParsedQuery& statement, std::string hint = {}) {
  return Error{.code = code, .message = std::move(message), .hint = std::move(hint), .position = statement.offset()};
}

// The words PostgreSQL uses: a client that retries on them sees what it knows.
std::string writingCommand(PgQuery__Node__NodeCase kind) {
  switch (kind) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      return "INSERT";
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      return "UPDATE";
    case PG_QUERY__NODE__NODE_DELETE_STMT:
      return "DELETE";
    case PG_QUERY__NODE__NODE_MERGE_STMT:
      return "MERGE";
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
      return "TRUNCATE TABLE";
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      return "CREATE TABLE";
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      return "CREATE TABLE AS";
    case PG_QUERY__NODE__NODE_VIEW_STMT:
      return "CREATE VIEW";
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      return "CREATE INDEX";
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
      return "CREATE FUNCTION";
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
      return "CREATE SCHEMA";
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
      return "CREATE EXTENSION";
    case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
      return "CREATE ROLE";
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      return "ALTER TABLE";
    case PG_QUERY__NODE__NODE_ALTER_ROLE_STMT:
      return "ALTER ROLE";
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
      return "ALTER SYSTEM";
    case PG_QUERY__NODE__NODE_DROP_STMT:
      return "DROP";
    case PG_QUERY__NODE__NODE_DROP_ROLE_STMT:
      return "DROP ROLE";
    case PG_QUERY__NODE__NODE_GRANT_STMT:
      return "GRANT";
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
      return "GRANT ROLE";
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
      return "COMMENT";
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
      return "REFRESH MATERIALIZED VIEW";
    case PG_QUERY__NODE__NODE_NOTIFY_STMT:
      return "NOTIFY";
    default:
      return {};
  }
}

Error refuseOther(const parse::ParsedQuery& statement) {
  const std::string command = writingCommand(statement.statement().node_case);
  if (!command.empty()) {
    return refusal(ErrorCode::readOnly, "cannot execute " + command + " in a read-only transaction", statement,
                   "Scrim gives read access only.");
  }
  return refusal(
      ErrorCode::notSupported, "this kind of statement is not available through Scrim", statement,
      "SELECT, SET, SHOW, transactions, cursors, prepared statements, EXPLAIN and COPY (SELECT ..) TO STDOUT are.");
}

base::Result<StatementKind> classifyTransaction(const PgQuery__TransactionStmt& transaction,
                                                const parse::ParsedQuery& statement) {
  switch (transaction.kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
      return StatementKind::transaction;
    default:
      return refusal(ErrorCode::notSupported, "two-phase commit is not available through Scrim", statement);
  }
}

base::Result<StatementKind> classifyCopy(const PgQuery__CopyStmt& copy, const parse::ParsedQuery& statement) {
  if (copy.is_from) {
    return refusal(ErrorCode::readOnly, "cannot execute COPY FROM in a read-only transaction", statement,
                   "Scrim gives read access only.");
  }
  const bool toFile = copy.is_program || (copy.filename != nullptr && *copy.filename != '\0');
  if (toFile || copy.where_clause != nullptr) {
    return refusal(ErrorCode::notSupported, "COPY to a file or a program is not available through Scrim", statement,
                   "Use COPY .. TO STDOUT, or psql's \\copy.");
  }
  return StatementKind::copyOut;
}

PgQuery__Node* innerNode(const parse::ParsedQuery& statement) {
  const PgQuery__Node& node = statement.statement();
  if (const auto* declare = as<PgQuery__DeclareCursorStmt>(node)) return declare->query;
  if (const auto* prepare = as<PgQuery__PrepareStmt>(node)) return prepare->query;
  if (const auto* explain = as<PgQuery__ExplainStmt>(node)) return explain->query;
  if (const auto* copy = as<PgQuery__CopyStmt>(node)) return copy->query;
  return nullptr;
}

// COPY table (a, b) TO STDOUT reads what SELECT a, b FROM ONLY table does; Scrim has no inheritance, so plain FROM.
PgQuery__Node* selectOfCopy(parse::Arena& arena, PgQuery__CopyStmt& copy) {
  PgQuery__SelectStmt* select = parse::selectStatement(arena);
  std::vector<PgQuery__Node*> targets;
  for (PgQuery__Node* name : parse::list(copy.n_attlist, copy.attlist)) {
    PgQuery__Node* column = parse::columnRef(arena, {parse::stringOf(name)});
    column->column_ref->location = copy.relation->location;
    targets.push_back(parse::target(arena, column));
  }
  if (targets.empty()) {
    auto* star = parse::make<PgQuery__ColumnRef>(arena);
    parse::append(arena, star->n_fields, star->fields, parse::wrap(arena, parse::make<PgQuery__AStar>(arena)));
    targets.push_back(parse::target(arena, parse::wrap(arena, star)));
  }
  parse::setList(arena, select->n_target_list, select->target_list, targets);
  parse::append(arena, select->n_from_clause, select->from_clause, parse::wrap(arena, copy.relation));
  return parse::wrap(arena, select);
}

}  // namespace

base::Result<StatementKind> classify(const parse::ParsedQuery& statement) {
  const PgQuery__Node& node = statement.statement();
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      return StatementKind::select;
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
      return StatementKind::show;
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
      return StatementKind::declare;
    case PG_QUERY__NODE__NODE_FETCH_STMT:
      return StatementKind::fetch;
    case PG_QUERY__NODE__NODE_CLOSE_PORTAL_STMT:
      return StatementKind::close;
    case PG_QUERY__NODE__NODE_PREPARE_STMT:
      return StatementKind::prepare;
    case PG_QUERY__NODE__NODE_EXECUTE_STMT:
      return StatementKind::execute;
    case PG_QUERY__NODE__NODE_DEALLOCATE_STMT:
      return StatementKind::deallocate;
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
      return StatementKind::discard;
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
      return StatementKind::explain;
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT: {
      const auto kind = node.variable_set_stmt->kind;
      const bool reset =
          kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET || kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL;
      return reset ? StatementKind::reset : StatementKind::set;
    }
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
      return classifyTransaction(*node.transaction_stmt, statement);
    case PG_QUERY__NODE__NODE_COPY_STMT:
      return classifyCopy(*node.copy_stmt, statement);
    default:
      return refuseOther(statement);
  }
}

base::Result<parse::ParsedQuery> innerSelect(const parse::ParsedQuery& statement) {
  PgQuery__Node* inner = innerNode(statement);
  auto* copy = as<PgQuery__CopyStmt>(const_cast<PgQuery__Node*>(&statement.statement()));
  if (inner == nullptr && copy != nullptr && copy->relation != nullptr) {
    inner = selectOfCopy(*statement.sharedArena(), *copy);
  }
  if (as<PgQuery__SelectStmt>(inner) == nullptr) {
    return refusal(ErrorCode::notSupported, "only SELECT is available inside this statement", statement);
  }
  return parse::ParsedQuery(statement.sharedText(), statement.sharedArena(), inner, statement.offset(),
                            statement.length());
}

}  // namespace scrim::resolve
