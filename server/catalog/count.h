// SPDX-License-Identifier: Apache-2.0
// How many rows a protected statement lets through: for showing what a rule would change, never for serving anybody.
// Blocking, within the time; any thread. Errors: sourceUnavailable; sourceError with the SQLSTATE and none of the
// source's words, which may hold data.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/secret.h"
#include "server/catalog/model.h"

namespace scrim::catalog {

/// The number that `sql` gives (one row, one column), read only. `values`: of its bytea parameters.
base::Result<std::int64_t> readCount(const Connection& connection, const std::string& sql,
                                     const std::vector<base::Secret>& values, std::chrono::milliseconds limit);

}  // namespace scrim::catalog
