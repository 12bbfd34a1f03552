// SPDX-License-Identifier: Apache-2.0
#include "server/cli/colours.h"

#include <unistd.h>

#include <cstdlib>

#include "server/cli/prompt.h"

namespace scrim::cli {

bool wantsColours() {
  const char* refusal = std::getenv("NO_COLOR");
  return isTerminal(STDOUT_FILENO) && (refusal == nullptr || *refusal == '\0');
}

}  // namespace scrim::cli
