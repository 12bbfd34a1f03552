// SPDX-License-Identifier: Apache-2.0
// A rule that somebody writes: read from a body, who may write it, whether it can be enforced. Used where rules are
// saved and where their impact is asked for. One call.
#pragma once

#include <string>
#include <vector>

#include "common/policy/rule.h"
#include "server/api/call.h"

namespace scrim::api::rules {

/// With the name that what it is on has in `snapshot`.
ObjectPtr show(const policy::Rule& rule, const catalog::Snapshot& snapshot);
/// Sentence, state and reason. Errors: invalidValue and those of the language, with the field in `detail`.
base::Result<policy::Rule> readChange(contract::Fields& fields);
/// Likewise with the data source.
base::Result<policy::Rule> readNew(contract::Fields& fields);
/// Local: for the owner. Global: for governors. What a caller does not see does not exist.
base::Result<void> checkMayWrite(const Call& call, const policy::Rule& rule);
/// Whether the purposes that it names are there. Errors: invalidValue.
base::Result<void> checkPurposes(const catalog::Snapshot& snapshot, const policy::Rule& rule);
/// Likewise inside a change, where nobody can take one away. Errors: also catalogConflict.
base::Result<void> holdPurposes(const Call& call, catalog::Writer& writer, const policy::Rule& rule);
/// Against every data source that the rule covers: its warnings, or why it cannot be saved. `kept`: the sentence stands
/// already, written by somebody who might.
base::Result<std::vector<std::string>> validateRule(const Call& call, const policy::Rule& rule, bool kept = false);

}  // namespace scrim::api::rules
