// SPDX-License-Identifier: Apache-2.0
// The names of common/yaml's problems in this room.
#pragma once

#include "common/yaml/problems.h"

namespace scrim::app {

using yaml::Place;
using yaml::Problem;
using yaml::Problems;
using yaml::suggestion;

}  // namespace scrim::app
