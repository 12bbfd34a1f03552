// SPDX-License-Identifier: Apache-2.0
#include "common/policy/subscription.h"

#include "common/policy/applying.h"
#include "common/policy/audience.h"

namespace scrim::policy {

Subscribing subscribing(const Subject& subject, const Resource& resource,
                        std::span<const std::shared_ptr<const Rule>> rules) {
  bool anyRule = false;
  bool grantNeeded = false;
  for (const Rule* rule : rulesCovering(resource, rules)) {
    if (!isUnderstood(*rule)) return Subscribing::impossible;
    const auto* action = std::get_if<SubscriptionAction>(&rule->sentence->action);
    if (action == nullptr) continue;
    anyRule = true;
    using Kind = SubscriptionAction::Kind;
    if (action->kind == Kind::condition && !holds(*action->condition, subject)) return Subscribing::impossible;
    grantNeeded = grantNeeded || action->kind == Kind::approval || action->kind == Kind::invitation;
  }
  return anyRule && !grantNeeded ? Subscribing::byRule : Subscribing::byGrant;
}

bool subscriptionAllowed(const Subject& subject, const Resource& resource,
                         std::span<const std::shared_ptr<const Rule>> rules) {
  return subscribing(subject, resource, rules) == Subscribing::byRule;
}

}  // namespace scrim::policy
