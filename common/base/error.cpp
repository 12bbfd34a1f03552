// SPDX-License-Identifier: Apache-2.0
#include "common/base/error.h"

#include <array>

namespace scrim::base {
namespace {

struct Row {
  ErrorCode code;
  std::string_view name;
  std::string_view sqlstate;
  int http;
};

constexpr std::array kTable{
    Row{ErrorCode::syntaxError, "syntax-error", "42601", 400},
    Row{ErrorCode::undefinedTable, "undefined-table", "42P01", 404},
    Row{ErrorCode::undefinedColumn, "undefined-column", "42703", 400},
    Row{ErrorCode::undefinedFunction, "undefined-function", "42883", 400},
    Row{ErrorCode::undefinedObject, "undefined-object", "42704", 404},
    Row{ErrorCode::undefinedMethod, "undefined-method", "42704", 405},
    Row{ErrorCode::undefinedParameter, "undefined-parameter", "42P02", 400},
    Row{ErrorCode::ambiguousColumn, "ambiguous-column", "42702", 400},
    Row{ErrorCode::duplicateAlias, "duplicate-alias", "42712", 400},
    Row{ErrorCode::duplicateObject, "duplicate-object", "42710", 409},
    Row{ErrorCode::datatypeMismatch, "datatype-mismatch", "42804", 400},
    Row{ErrorCode::notSupported, "not-supported", "0A000", 400},
    Row{ErrorCode::permissionDenied, "permission-denied", "42501", 403},
    Row{ErrorCode::invalidPassword, "invalid-password", "28P01", 401},
    Row{ErrorCode::invalidAuthorization, "invalid-authorization", "28000", 401},
    Row{ErrorCode::tooComplex, "too-complex", "54001", 400},
    Row{ErrorCode::programLimit, "limit-exceeded", "54000", 400},
    Row{ErrorCode::tooManyConnections, "too-many-connections", "53300", 429},
    Row{ErrorCode::outOfMemory, "out-of-memory", "53200", 503},
    Row{ErrorCode::diskFull, "disk-full", "53100", 503},
    Row{ErrorCode::protocolViolation, "protocol-violation", "08P01", 400},
    Row{ErrorCode::sourceUnavailable, "source-unavailable", "08001", 503},
    Row{ErrorCode::connectionLost, "connection-lost", "08006", 503},
    Row{ErrorCode::queryCanceled, "query-canceled", "57014", 499},
    Row{ErrorCode::shuttingDown, "shutting-down", "57P01", 503},
    Row{ErrorCode::startingUp, "starting-up", "57P03", 503},
    Row{ErrorCode::inFailedTransaction, "in-failed-transaction", "25P02", 400},
    Row{ErrorCode::noActiveTransaction, "no-active-transaction", "25P01", 400},
    Row{ErrorCode::activeTransaction, "active-transaction", "25001", 400},
    Row{ErrorCode::readOnly, "read-only", "25006", 400},
    Row{ErrorCode::invalidCursorName, "invalid-cursor-name", "34000", 400},
    Row{ErrorCode::duplicateCursor, "duplicate-cursor", "42P03", 400},
    Row{ErrorCode::invalidStatementName, "invalid-statement-name", "26000", 400},
    Row{ErrorCode::duplicateStatement, "duplicate-statement", "42P05", 400},
    Row{ErrorCode::invalidParameter, "invalid-parameter", "22023", 400},
    Row{ErrorCode::invalidText, "invalid-text", "22021", 400},
    Row{ErrorCode::invalidValue, "invalid-value", "22P02", 400},
    Row{ErrorCode::policyChanged, "policy-changed", "40001", 409},
    Row{ErrorCode::policyInvalid, "policy-invalid", "42501", 403},
    Row{ErrorCode::auditUnavailable, "audit-unavailable", "58030", 503},
    Row{ErrorCode::catalogUnavailable, "catalog-unavailable", "57P03", 503},
    Row{ErrorCode::catalogConflict, "catalog-conflict", "40001", 409},
    Row{ErrorCode::preconditionFailed, "precondition-failed", "40001", 412},
    Row{ErrorCode::preconditionRequired, "precondition-required", "22023", 428},
    Row{ErrorCode::configInvalid, "config-invalid", "F0000", 400},
    Row{ErrorCode::sourceError, "source-error", "XX000", 502},
    Row{ErrorCode::internal, "internal", "XX000", 500},
};

constexpr const Row& rowOf(ErrorCode code) {
  for (const Row& row : kTable) {
    if (row.code == code) return row;
  }
  return kTable.back();
}

}  // namespace

std::string_view sqlstateOf(const Error& error) {
  return error.sqlstate.size() == 5 ? std::string_view(error.sqlstate) : rowOf(error.code).sqlstate;
}
int httpStatusOf(ErrorCode code) { return rowOf(code).http; }
std::string_view nameOf(ErrorCode code) { return rowOf(code).name; }

}  // namespace scrim::base
