// SPDX-License-Identifier: Apache-2.0
// Which rules concern a resource. Internal to this room.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "common/policy/decide.h"

namespace scrim::policy {

/// Whether the rule's scope and its tags say the same: a local rule has no ON DATA SOURCES, a global one has.
bool isUnderstood(const Rule& rule);

/// The active rules whose scope covers the resource, in ascending order of ids. One that is not understood covers what
/// its text still says it covers, or else everything in its scope.
std::vector<const Rule*> rulesCovering(const Resource& resource, std::span<const std::shared_ptr<const Rule>> rules);

}  // namespace scrim::policy
