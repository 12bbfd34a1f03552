// SPDX-License-Identifier: Apache-2.0
// schemas.json as a text of the program; made by this room's CMakeLists.txt. Internal to this room.
#pragma once

#include <string_view>

namespace scrim::api {

extern const std::string_view kEmbeddedSchemas;

}  // namespace scrim::api
