// SPDX-License-Identifier: Apache-2.0
// What a client is told when a source fails. For statements that touch protected data the source's message is not
// passed on, because it may quote values, remote names and policy constants: SQLSTATE stays, the words come from a
// table by SQLSTATE, the position is mapped into the user's text, all other fields go. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/base/error.h"
#include "server/query/route/routed_query.h"
#include "server/sources/postgres/wire.h"

namespace scrim::push {

/// How far a statement had come: what the source had read decides what its message can reveal.
enum class ErrorPhase {
  preliminary,  // settings and transaction commands: nothing of the statement
  parse,        // names and types, and the constants in the text; no row
  bind,         // also the values given
  execute,      // rows
};

struct ErrorContext {
  const route::RoutedQuery& query;
  ErrorPhase phase;
  std::size_t prefix = 0;         // bytes in front of query.sql in the text sent
  std::string_view auditId = {};  // put into rebuilt messages, if not empty
};

/// Of COMMIT, ROLLBACK or Sync, which no one statement stands behind: always from the table.
base::Error commandError(const postgres::SourceMessage& message);

base::Error clientError(const postgres::SourceMessage& message, const ErrorContext& context);

}  // namespace scrim::push
