// SPDX-License-Identifier: Apache-2.0
// Questions on the terminal. They go to standard error, answers come from standard input. One thread.
#pragma once

#include <string>

#include "common/base/result.h"

namespace scrim::cli {

bool isTerminal(int file);
/// A line of standard input without its end. Errors: wrongCommandLine: it ended before.
base::Result<std::string> readLine();
/// What is typed, not shown. Without a terminal a line of standard input. Errors: wrongCommandLine: broken off, or
/// empty.
base::Result<std::string> askPassword(const std::string& question);
/// On the terminal that the program runs at, when standard input holds something else. Errors: also: there is none.
base::Result<std::string> askPasswordAtTerminal(const std::string& question);
/// Asked for twice on a terminal. Errors: as above, and that both differ.
base::Result<std::string> newPassword();
/// Errors: wrongCommandLine: no terminal to ask on.
base::Result<std::string> ask(const std::string& question);

}  // namespace scrim::cli
