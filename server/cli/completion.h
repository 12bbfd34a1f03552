// SPDX-License-Identifier: Apache-2.0
// Completion scripts for shells, made of the table of verbs. Pure; any thread.
#pragma once

#include <string>

namespace scrim::cli {

std::string bashCompletion();
std::string zshCompletion();
std::string fishCompletion();

}  // namespace scrim::cli
