// SPDX-License-Identifier: Apache-2.0
// Lookup: names where the API wants ids. Digits are an id. One thread.
#pragma once

#include "server/cli/client.h"
#include "server/cli/verb.h"

namespace scrim::cli {

/// Names::text: the text itself. Errors: refused: there is none of that name, or several; those of the client.
base::Result<std::string> idOf(const Client& client, Names names, const std::string& text);

/// All items of a list, page after page, at most `limit` (0: all). `more`: whether there are more.
base::Result<ArrayPtr> allItems(const Client& client, Call call, std::size_t limit, bool& more);

}  // namespace scrim::cli
