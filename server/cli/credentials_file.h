// SPDX-License-Identifier: Apache-2.0
// Files that only their owner may read. Any thread.
#pragma once

#include <string>

#include "common/base/result.h"

namespace scrim::cli {

/// Errors: notSignedIn: it is not there, not a plain file of ours, or others may read or write it.
base::Result<std::string> readPrivateFile(const std::string& path);
/// Mode 0600, in a folder that is made with mode 0700; replaces what was there in one step.
/// Errors: refused.
base::Result<void> writePrivateFile(const std::string& path, const std::string& text);

}  // namespace scrim::cli
