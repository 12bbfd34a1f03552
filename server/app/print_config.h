// SPDX-License-Identifier: Apache-2.0
// What --print-config prints: every setting as a configuration file that says the same, secrets masked, and where each
// value comes from behind it. Pure; any thread.
#pragma once

#include <string>

#include "server/app/options.h"

namespace scrim::app {

std::string printedConfig(const Options& options);

/// The table of all settings in docs/admin/configuration.md.
std::string settingsTable();

}  // namespace scrim::app
