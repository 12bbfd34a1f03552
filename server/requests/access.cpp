// SPDX-License-Identifier: Apache-2.0
#include "server/requests/access.h"

#include <algorithm>

#include "common/policy/subscription.h"
#include "server/catalog/subscription_store.h"
#include "server/identity/session.h"

namespace scrim::requests {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::RequestState;

constexpr const char* kOwner = "OWNER";
constexpr const char* kGovernor = "GOVERNOR";

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

policy::GrantTerms termsOf(const catalog::Snapshot& snapshot, const catalog::DataSource& source) {
  return policy::grantTerms(snapshot.resource(source), snapshot.rulesFor(source.id));
}

/// Whether a grant would let the subject in.
bool open(const catalog::Snapshot& snapshot, const policy::Subject& subject, const catalog::DataSource& source) {
  const policy::GrantTerms terms = termsOf(snapshot, source);
  return !terms.closed && !terms.approvers.empty() &&
         policy::subscribing(subject, snapshot.resource(source), snapshot.rulesFor(source.id)) ==
             policy::Subscribing::byGrant;
}

base::Result<void> require(const Act& act, RequestState state) {
  if (act.request.state == state) return {};
  return Error{ErrorCode::catalogConflict,
               "The request is " + std::string(nameOf(act.request.state)) + ", not " + std::string(nameOf(state)) + ".",
               {},
               "GET it again: somebody else may have settled it."};
}

base::Result<void> requireDecider(const Act& act) {
  for (const char* role : {kOwner, kGovernor}) {
    if (holdsRole(act.snapshot, act.actor.name, act.source, role)) return {};
  }
  return Error{ErrorCode::permissionDenied, "You need to own the data source, or the permission GOVERNOR, for this."};
}

base::Result<void> checkAsker(const Act& act) {
  const catalog::UserPtr asker = act.snapshot.user(act.request.user);
  const bool stillOpen =
      asker != nullptr && asker->mayLogIn() && open(act.snapshot, identity::subjectOf(*asker), act.source);
  if (stillOpen) return {};
  return Error{ErrorCode::catalogConflict,
               "The rules do not let this user have the data source by approval any more.",
               {},
               "Deny the request, or look at the data source's ALLOW SUBSCRIPTION rules."};
}

/// The role that the actor's yes counts for.
base::Result<std::string> roleOf(const Act& act) {
  if (act.actor.id == act.request.user) {
    return Error{ErrorCode::permissionDenied, "Nobody approves their own request."};
  }
  const auto& given = act.request.approvals;
  if (std::any_of(given.begin(), given.end(), [&](const auto& each) { return each.user == act.actor.name; })) {
    return Error{ErrorCode::catalogConflict, "You have approved it already; each role takes a person of its own."};
  }
  for (const std::string& role : missing(act.snapshot, act.request, act.source)) {
    if (holdsRole(act.snapshot, act.actor.name, act.source, role)) return role;
  }
  return Error{ErrorCode::permissionDenied,
               "It does not wait for the approval of a role that you hold.",
               {},
               "needs in GET of the request says whose approval it waits for."};
}

}  // namespace

std::vector<std::string> approversOf(const catalog::Snapshot& snapshot, const catalog::DataSource& source) {
  return termsOf(snapshot, source).approvers;
}

bool mayAsk(const catalog::Snapshot& snapshot, const policy::Subject& subject, const catalog::DataSource& source) {
  return open(snapshot, subject, source) && !snapshot.subscribed(subject, source.id);
}

bool holdsRole(const catalog::Snapshot& snapshot, const std::string& user, const catalog::DataSource& source,
               const std::string& role) {
  const catalog::UserPtr account = snapshot.user(user);
  if (account == nullptr || !account->mayLogIn()) return false;
  if (role == kOwner) return has(source.owners, account->name);
  return role == kGovernor && account->permissions.contains(kGovernor);
}

std::vector<std::string> missing(const catalog::Snapshot& snapshot, const catalog::AccessRequest& request,
                                 const catalog::DataSource& source) {
  std::vector<std::string> roles = approversOf(snapshot, source);
  std::erase_if(roles, [&](const std::string& role) {
    return std::any_of(request.approvals.begin(), request.approvals.end(), [&](const catalog::Approval& each) {
      return each.role == role && holdsRole(snapshot, each.user, source, role);
    });
  });
  return roles;
}

base::Result<void> holdNewest(catalog::Writer& writer, const catalog::Snapshot& snapshot) {
  SCRIM_TRY(store::Rows rows, writer.link().run("SELECT version FROM scrim.catalog_version"));
  if (rows.integer(0, 0) == snapshot.version().value) return {};
  return Error{ErrorCode::catalogConflict, "The catalog was changed at the same moment.", {}, "Send it again."};
}

base::Result<void> approve(const Act& act) {
  SCRIM_CHECK_OK(require(act, RequestState::pending));
  SCRIM_TRY(const std::string role, roleOf(act));
  SCRIM_CHECK_OK(checkAsker(act));
  SCRIM_CHECK_OK(addApproval(act.writer, act.request.id, act.actor.id, role));
  catalog::AccessRequest after = act.request;
  after.approvals.push_back({act.actor.name, role, {}});
  if (!missing(act.snapshot, after, act.source).empty()) return {};
  SCRIM_CHECK_OK(grant(act.writer, act.source.id, act.request.userName, act.request.lifetimeSeconds));
  return settleRequest(act.writer, act.request.id, RequestState::approved, act.reason);
}

base::Result<void> deny(const Act& act) {
  SCRIM_CHECK_OK(requireDecider(act));
  SCRIM_CHECK_OK(require(act, RequestState::pending));
  return settleRequest(act.writer, act.request.id, RequestState::denied, act.reason);
}

base::Result<void> revoke(const Act& act) {
  SCRIM_CHECK_OK(requireDecider(act));
  SCRIM_CHECK_OK(require(act, RequestState::approved));
  return endGrant(act.writer, act.source.id, act.request.userName, act.reason);
}

base::Result<void> withdraw(const Act& act) {
  if (act.actor.id != act.request.user) {
    return Error{ErrorCode::permissionDenied, "Only who asked can withdraw a request."};
  }
  if (act.request.state == RequestState::approved) {
    return endGrant(act.writer, act.source.id, act.request.userName, act.reason);
  }
  SCRIM_CHECK_OK(require(act, RequestState::pending));
  return settleRequest(act.writer, act.request.id, RequestState::withdrawn, act.reason);
}

}  // namespace scrim::requests
