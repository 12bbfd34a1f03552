// SPDX-License-Identifier: Apache-2.0
// What runs have in common: who is talked to, the call of a verb, and what is printed at the end. One thread.
#pragma once

#include "server/cli/client.h"
#include "server/cli/given.h"

namespace scrim::cli {

/// Errors: those of the endpoint and the client.
base::Result<Client> signedInClient();
/// Method, path with the arguments in it, and query; no body. Errors: those of looking names up.
base::Result<Call> callOf(const Client& client, const Given& given);
/// The arguments that are no part of the path, and the flags. Errors: those of applyFlags().
base::Result<ObjectPtr> bodyOf(const Client& client, const Given& given);

/// To standard output. Errors: refused: it cannot be written.
base::Result<void> print(const std::string& text);
/// The answer in the format that was asked for, or what the verb says when there is none; the exit code.
base::Result<int> show(const Given& given, const Json& answer);

}  // namespace scrim::cli
