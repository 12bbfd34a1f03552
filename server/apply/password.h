// SPDX-License-Identifier: Apache-2.0
// Reading where a password comes from, for every kind of entry of an apply file.
#pragma once

#include <string>

#include "server/apply/document.h"

namespace scrim::apply {

/// Where the value of a key stands, or the map if it is not there.
Place placeOf(const YamlMap& map, const std::string& key);

/// password, password_env, password_file and, for users, scram_verifier: at most one of them.
PasswordSource readPassword(YamlMap& map, bool withVerifier);

}  // namespace scrim::apply
