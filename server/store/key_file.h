// SPDX-License-Identifier: Apache-2.0
// The key file: 32 random bytes that open every secret of a catalog. Made at first start with mode 0600, whole or not
// at all; refused if it is not ours alone. Instances that share a catalog share a copy of it.
#pragma once

#include <filesystem>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace scrim::store {

/// Errors: configInvalid with a sentence that says what to do (readable by others, another's, wrong size, no regular
/// file, cannot be made), diskFull.
base::Result<base::Secret> loadOrCreateKeyFile(const std::filesystem::path& path);

/// Writes a new file of mode 0600 that appears complete or not at all. Errors: as above.
base::Result<void> writePrivateFile(const std::filesystem::path& path, std::string_view bytes);
/// Reads a file that must be a regular one, ours, and closed to others. Errors: as above; undefinedObject if there is
/// none.
base::Result<base::Secret> readPrivateFile(const std::filesystem::path& path, std::size_t maxBytes);

}  // namespace scrim::store
