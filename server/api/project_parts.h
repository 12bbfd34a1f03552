// SPDX-License-Identifier: Apache-2.0
// What the handlers of projects have in common. One call.
#pragma once

#include "server/api/call.h"
#include "server/catalog/project.h"

namespace scrim::api::projects {

/// The project that the path names, as it is inside a change. Errors: undefinedObject.
base::Result<catalog::Project> presentProject(catalog::Writer& writer, const Call& call);

}  // namespace scrim::api::projects
