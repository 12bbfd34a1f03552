// SPDX-License-Identifier: Apache-2.0
// Exit codes: what a script learns from `scrim` without reading its words. Errors carry a code of common/base; this is
// the one place that maps it.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace scrim::cli {

struct ExitCode {
  int code;
  std::string_view means;
};

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kWrongCommandLine = 2;
inline constexpr int kNotReached = 3;
inline constexpr int kNotSignedIn = 4;
inline constexpr int kBrokenOff = 130;  // as shells have it for SIGINT

const std::array<ExitCode, 6>& exitCodes();
int exitCodeOf(const base::Error& error);

base::Error wrongCommandLine(std::string message, std::string hint = "");
base::Error notReached(std::string message, std::string hint = "");
base::Error notSignedIn(std::string message, std::string hint = "");
/// Of the server, or of what was asked for. `detail`: lines that are shown below it.
base::Error refused(std::string message, std::string hint = "", std::string detail = "");

/// As it is shown on standard error, harmless to terminals.
std::string shownError(const base::Error& error);

}  // namespace scrim::cli
