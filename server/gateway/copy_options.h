// SPDX-License-Identifier: Apache-2.0
// Copy options: the WITH list of COPY .. TO STDOUT, with PostgreSQL's rules and words. Pure; any thread.
#pragma once

#include <span>

#include "common/base/result.h"
#include "server/gateway/copy_command.h"
#include "server/query/parse/node.h"

namespace scrim::gateway {

base::Result<CopyCommand> readCopyOptions(std::span<PgQuery__Node* const> options);

}  // namespace scrim::gateway
