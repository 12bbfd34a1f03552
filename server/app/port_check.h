// SPDX-License-Identifier: Apache-2.0
// Whether an address can be listened on. The gateway's listeners share their port among threads (SO_REUSEPORT), so that
// the system would let a second scrimd of the same user in beside the first: this asks before.
#pragma once

#include "common/base/result.h"
#include "server/app/options.h"

namespace scrim::app {

/// Errors: configInvalid, with what to do.
base::Result<void> checkPortIsFree(const Listen& listen);

}  // namespace scrim::app
