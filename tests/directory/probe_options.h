// SPDX-License-Identifier: Apache-2.0
// Options of a directory by name, for the probe.
#pragma once

#include <string>

#include "ldap/options.h"

namespace scrim::tests {

/// False: there is no option of that name, or the value is not one of its own.
bool setOption(ldap::DirectoryOptions& options, const std::string& name, const std::string& value);

}  // namespace scrim::tests
