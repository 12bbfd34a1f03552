// SPDX-License-Identifier: Apache-2.0
// The names of common/yaml's tree in this room.
#pragma once

#include "common/yaml/yaml.h"
#include "server/app/problems.h"

namespace scrim::app {

using yaml::placeWithin;
using yaml::readYaml;
using yaml::scalarText;
using yaml::YamlMap;
using yaml::YamlNode;

}  // namespace scrim::app
