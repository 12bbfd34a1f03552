// SPDX-License-Identifier: Apache-2.0
// Purposes and projects of an apply file. Pure; any thread.
#pragma once

#include "server/apply/document.h"

namespace scrim::apply {

PurposeEntry readPurpose(const YamlNode& node, Problems& problems);
ProjectEntry readProject(const YamlNode& node, Problems& problems);

}  // namespace scrim::apply
