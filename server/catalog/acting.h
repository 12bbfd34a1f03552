// SPDX-License-Identifier: Apache-2.0
// Who may act under which project. Pure; any thread.
#pragma once

#include <string_view>

#include "common/base/result.h"
#include "server/catalog/snapshot.h"

namespace scrim::catalog {

/// The project of that name, for a member who has agreed to its present text, when it is enabled.
/// Errors: permissionDenied, with what to do; one of others sounds as one that does not exist.
base::Result<ProjectPtr> projectFor(const Snapshot& snapshot, const User& user, std::string_view name);

}  // namespace scrim::catalog
