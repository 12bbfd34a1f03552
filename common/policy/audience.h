// SPDX-License-Identifier: Apache-2.0
// Whom a sentence concerns. Groups and attributes compare byte for byte (an identity provider may hold `hr` and `HR`);
// user names without regard to ASCII letter case, as they are stored in lower case; purposes as tags do: hierarchical
// and without regard to letter case. Pure; any thread.
#pragma once

#include "common/policy/rule.h"
#include "common/policy/subject.h"

namespace scrim::policy {

bool holds(const Condition& condition, const Subject& subject);
bool concerns(const Audience& audience, const Subject& subject);
/// What the sentence asks for this subject: its action, its OTHERWISE, or nullptr: nothing.
const Action* actionFor(const Sentence& sentence, const Subject& subject);
/// Whether the subject acts under `purpose` or one below it.
bool actsUnder(const Subject& subject, std::string_view purpose);
/// Whether a rule about data sources with `ruleTags` covers one with `resourceTags`: one of them does.
bool coversTags(const std::vector<std::string>& ruleTags, const std::vector<std::string>& resourceTags);

}  // namespace scrim::policy
