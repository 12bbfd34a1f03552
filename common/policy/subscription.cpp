// SPDX-License-Identifier: Apache-2.0
#include "common/policy/subscription.h"

#include <algorithm>

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

GrantTerms grantTerms(const Resource& resource, std::span<const std::shared_ptr<const Rule>> rules) {
  GrantTerms terms;
  for (const Rule* rule : rulesCovering(resource, rules)) {
    const auto* action = isUnderstood(*rule) ? std::get_if<SubscriptionAction>(&rule->sentence->action) : nullptr;
    terms.closed = terms.closed || !isUnderstood(*rule) ||
                   (action != nullptr && action->kind == SubscriptionAction::Kind::invitation);
    if (action == nullptr) continue;
    for (const std::string& role : action->approvers) {
      const bool known = std::find(terms.approvers.begin(), terms.approvers.end(), role) != terms.approvers.end();
      if (!known) terms.approvers.push_back(role);
    }
  }
  return terms;
}

bool subscriptionAllowed(const Subject& subject, const Resource& resource,
                         std::span<const std::shared_ptr<const Rule>> rules) {
  return subscribing(subject, resource, rules) == Subscribing::byRule;
}

}  // namespace scrim::policy
