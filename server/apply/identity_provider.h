// SPDX-License-Identifier: Apache-2.0
// Reading one entry of identity_providers. docs/admin/directories.md describes it.
#pragma once

#include "server/apply/document.h"

namespace scrim::apply {

IdentityProviderEntry readIdentityProvider(const YamlNode& node, Problems& problems);

}  // namespace scrim::apply
