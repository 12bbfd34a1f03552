// SPDX-License-Identifier: Apache-2.0
// The names of common/yaml in this room.
#pragma once

#include "common/yaml/yaml.h"

namespace scrim::apply {

using yaml::Place;
using yaml::placeWithin;
using yaml::Problem;
using yaml::Problems;
using yaml::readYaml;
using yaml::scalarText;
using yaml::suggestion;
using yaml::YamlMap;
using yaml::YamlNode;

}  // namespace scrim::apply
