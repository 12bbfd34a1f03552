// SPDX-License-Identifier: Apache-2.0
// Problems (RFC 9457) of the API as errors of the command line. Pure; any thread.
#pragma once

#include "server/cli/json.h"

namespace scrim::cli {

/// `body`: what was sent with a status that is no success; anything but a problem document is told as such.
base::Error problemOf(int status, const Json& body);

}  // namespace scrim::cli
