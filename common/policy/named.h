// SPDX-License-Identifier: Apache-2.0
// What a sentence names, wherever it does. As written; pure; any thread.
#pragma once

#include <set>
#include <string>

#include "common/policy/rule.h"

namespace scrim::policy {

std::set<std::string> purposesNamed(const Sentence& sentence);
std::set<std::string> groupsNamed(const Sentence& sentence);
/// Of data sources and of columns.
std::set<std::string> tagsNamed(const Sentence& sentence);

}  // namespace scrim::policy
