// SPDX-License-Identifier: Apache-2.0
// verify(): reads a protected text again, with code that shares nothing with the rewriter, and demands a guard over
// every table: the exposed columns, masked as the decision says, and every row guard. Nothing else may be read or
// called. Any difference is refused; the message names it for the audit record and holds no constants of a policy. Any
// thread.
#pragma once

#include <string>

#include "server/query/protect/protected_query.h"

namespace scrim::protect {

/// `text`: what was printed from query.query().statement(). Errors: internal.
base::Result<void> verify(const ProtectedQuery& query, const std::string& text);

}  // namespace scrim::protect
