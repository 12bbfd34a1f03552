// SPDX-License-Identifier: Apache-2.0
// Masking: a catalog's connection string for people to read, without what opens the catalog. What is not understood is
// masked as a whole. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace scrim::app {

inline constexpr std::string_view kMask = "********";

/// Keywords ("host=.. password=..") or URI ("postgresql://user:password@host/?..") as libpq reads them. Shown are the
/// values of keywords that are known to be harmless; every other value becomes kMask.
std::string maskedDsn(std::string_view dsn);

}  // namespace scrim::app
