// SPDX-License-Identifier: Apache-2.0
#include "common/policy/audience.h"

#include <algorithm>

#include "common/policy/token.h"
#include "common/schema/tag.h"

namespace scrim::policy {
namespace {

bool hasAttribute(const Condition& condition, const Subject& subject) {
  const auto found = subject.attributes.find(condition.name);
  if (found == subject.attributes.end() || found->second.empty()) return false;
  return !condition.value || found->second.contains(*condition.value);
}

}  // namespace

bool holds(const Condition& condition, const Subject& subject) {
  const auto childHolds = [&](const ConditionPtr& child) { return holds(*child, subject); };
  switch (condition.kind) {
    case ConditionKind::everyone:
      return true;
    case ConditionKind::memberOfGroup:
      return subject.groups.contains(condition.name);
    case ConditionKind::hasAttribute:
      return hasAttribute(condition, subject);
    case ConditionKind::actsUnderPurpose:
      return actsUnder(subject, condition.name);
    case ConditionKind::isUser:
      return equalIgnoringCase(condition.name, subject.user);
    case ConditionKind::both:
      return std::all_of(condition.children.begin(), condition.children.end(), childHolds);
    case ConditionKind::either:
      return std::any_of(condition.children.begin(), condition.children.end(), childHolds);
    case ConditionKind::negation:
      break;
  }
  return !holds(*condition.children.front(), subject);
}

bool concerns(const Audience& audience, const Subject& subject) {
  if (!audience.condition) return true;
  return holds(*audience.condition, subject) != audience.everyoneExcept;
}

const Action* actionFor(const Sentence& sentence, const Subject& subject) {
  if (concerns(sentence.audience, subject)) return &sentence.action;
  return sentence.otherwise ? &*sentence.otherwise : nullptr;
}

bool actsUnder(const Subject& subject, std::string_view purpose) {
  return std::any_of(subject.purposes.begin(), subject.purposes.end(),
                     [&](const std::string& acted) { return schema::tagCovers(purpose, acted); });
}

bool coversTags(const std::vector<std::string>& ruleTags, const std::vector<std::string>& resourceTags) {
  for (const std::string& ruleTag : ruleTags) {
    for (const std::string& tag : resourceTags) {
      if (schema::tagCovers(ruleTag, tag)) return true;
    }
  }
  return false;
}

}  // namespace scrim::policy
