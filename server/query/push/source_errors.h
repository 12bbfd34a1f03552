// SPDX-License-Identifier: Apache-2.0
// What a client is told when a source fails. For statements that touch protected data the source's message is not
// passed on, because it may quote values, remote names and policy constants: SQLSTATE stays, the words come from a
// table (source_errors.cpp) by SQLSTATE, the position is mapped into the user's text. Pure; any thread.
#pragma once

#include <string_view>

#include "common/base/error.h"
#include "server/query/route/routed_query.h"
#include "server/sources/postgres/wire.h"

namespace scrim::push {

/// The error for the client. `auditId` is put into rebuilt messages, if not empty.
base::Error clientError(const postgres::SourceMessage& message, const route::RoutedQuery& query, std::string_view auditId);

}  // namespace scrim::push
