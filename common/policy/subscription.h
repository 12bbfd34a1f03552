// SPDX-License-Identifier: Apache-2.0
// ALLOW SUBSCRIPTION rules: who may subscribe, and whose subscription still holds. All active rules of a data source
// must hold. Pure; any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/policy/decide.h"

namespace scrim::policy {

enum class Subscribing {
  byRule,      // every rule lets this subject in: counts as subscribed
  byGrant,     // there is no rule, or one asks for approval or an invitation: only a standing grant lets in
  impossible,  // a rule's condition does not hold, or a rule is not understood: not even with a grant
};

Subscribing subscribing(const Subject& subject, const Resource& resource,
                        std::span<const std::shared_ptr<const Rule>> rules);

/// What a grant takes, whoever asks: the roles that must approve it, in the order of the rules (OWNER, GOVERNOR), each
/// once; and whether a rule lets in by invitation only, so that nobody can ask. A rule that is not understood: closed.
struct GrantTerms {
  std::vector<std::string> approvers;
  bool closed = false;
};
GrantTerms grantTerms(const Resource& resource, std::span<const std::shared_ptr<const Rule>> rules);

/// Whether the subject counts as subscribed without a grant.
bool subscriptionAllowed(const Subject& subject, const Resource& resource,
                         std::span<const std::shared_ptr<const Rule>> rules);

}  // namespace scrim::policy
