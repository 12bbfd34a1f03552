// SPDX-License-Identifier: Apache-2.0
// Reading one entry of identity_providers. docs/admin/directories.md describes it.
#pragma once

#include "server/app/apply_document.h"

namespace scrim::app {

IdentityProviderEntry readIdentityProvider(const YamlNode& node, Problems& problems);

}  // namespace scrim::app
