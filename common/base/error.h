// SPDX-License-Identifier: Apache-2.0
// Error: an expected failure, as a value. The closed code list maps to SQLSTATE, HTTP status and a title in one table
// (error.cpp). Messages tell the user what to do next; they never hold data of a source, secrets or policy constants.
// Values; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace scrim::base {

enum class ErrorCode {
  syntaxError,
  undefinedTable,
  undefinedColumn,
  undefinedFunction,
  undefinedObject,
  undefinedMethod,  // HTTP: the path is there, the method is not
  undefinedParameter,
  ambiguousColumn,
  duplicateAlias,
  duplicateObject,
  datatypeMismatch,
  notSupported,
  permissionDenied,
  invalidPassword,
  invalidAuthorization,
  tooComplex,
  programLimit,
  tooManyConnections,
  outOfMemory,
  diskFull,
  protocolViolation,
  sourceUnavailable,
  connectionLost,
  queryCanceled,
  shuttingDown,
  startingUp,
  inFailedTransaction,
  noActiveTransaction,
  activeTransaction,
  readOnly,
  invalidCursorName,
  duplicateCursor,
  invalidStatementName,
  duplicateStatement,
  invalidParameter,
  invalidText,
  invalidValue,
  policyChanged,
  policyInvalid,
  auditUnavailable,
  catalogUnavailable,
  catalogConflict,
  preconditionFailed,    // the thing has changed since the client read it
  preconditionRequired,  // the client must say what it read
  configInvalid,
  sourceError,  // carries the source's own SQLSTATE in `sqlstate`
  internal,
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::string detail = {};
  std::string hint = {};
  std::optional<std::size_t> position = {};  // byte offset, from 0, in the text the user wrote
  std::string sqlstate = {};                 // empty: the code's own
};

/// The five characters a SQL client sees: the error's own, or its code's.
std::string_view sqlstateOf(const Error& error);
/// The HTTP status of a code (used by the REST API).
int httpStatusOf(ErrorCode code);
/// A stable, short, lower-case name of a code, e.g. "undefined-table": for logs and problem documents.
std::string_view nameOf(ErrorCode code);

}  // namespace scrim::base
