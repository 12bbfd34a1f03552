// SPDX-License-Identifier: Apache-2.0
// Body: flags put over a document that goes to the server. One thread.
#pragma once

#include "server/cli/client.h"
#include "server/cli/given.h"

namespace scrim::cli {

/// Puts every flag that goes into the body into `body`, which may already say what is there.
/// Errors: wrongCommandLine; those of looking names up.
base::Result<void> applyFlags(const Client& client, const Given& given, ObjectPtr body);
/// Likewise one flag's value, as it goes into a query. Errors: as above.
base::Result<std::string> queryText(const Client& client, const Flag& flag, const std::string& text);
/// Of what is there, the fields that PUT takes.
ObjectPtr kept(const ObjectPtr& present, const std::vector<std::string_view>& fields);
/// Errors: wrongCommandLine, which names `what` takes it.
base::Result<std::int64_t> wholeOf(const std::string& text, std::string_view what);
/// "15m" as 900. Errors: wrongCommandLine.
base::Result<std::int64_t> secondsOf(const std::string& text);

}  // namespace scrim::cli
