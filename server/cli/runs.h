// SPDX-License-Identifier: Apache-2.0
// What verbs do. `run` holds the few ways that most verbs share; `own` those that are like no other, each in the file
// of its name or of its noun.
#pragma once

#include "server/cli/verb.h"

namespace scrim::cli {

namespace run {
/// GET, page after page, up to --limit.
base::Result<int> list(const Given& given);
/// One request, its answer shown: GET of one thing, POST with a body made of flags, DELETE without conditions.
base::Result<int> send(const Given& given);
/// GET, the flags put over what is there, PUT with If-Match.
base::Result<int> change(const Given& given);
/// GET, a question on the terminal, DELETE with If-Match.
base::Result<int> remove(const Given& given);
}  // namespace run

namespace own {
base::Result<int> login(const Given& given);
base::Result<int> logout(const Given& given);
base::Result<int> changePassword(const Given& given);
base::Result<int> explain(const Given& given);
base::Result<int> acknowledge(const Given& given);
base::Result<int> query(const Given& given);
base::Result<int> applyFiles(const Given& given);
base::Result<int> exportConfiguration(const Given& given);
base::Result<int> test(const Given& given);
base::Result<int> auditTail(const Given& given);
base::Result<int> auditExport(const Given& given);
base::Result<int> completion(const Given& given);
base::Result<int> man(const Given& given);
base::Result<int> help(const Given& given);
}  // namespace own

}  // namespace scrim::cli
