// SPDX-License-Identifier: Apache-2.0
// Colours of terminals.
#pragma once

#include <string_view>

namespace scrim::cli {

inline constexpr std::string_view kRed = "\x1b[31m";
inline constexpr std::string_view kGreen = "\x1b[32m";
inline constexpr std::string_view kYellow = "\x1b[33m";
inline constexpr std::string_view kPlain = "\x1b[0m";

/// Whether standard output is a terminal whose owner wants them, as https://no-color.org says.
bool wantsColours();

}  // namespace scrim::cli
