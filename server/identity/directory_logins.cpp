// SPDX-License-Identifier: Apache-2.0
#include "server/identity/directory_logins.h"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "common/base/log.h"
#include "server/identity/session_factory.h"

namespace scrim::identity {
namespace {

using base::Error;
using base::ErrorCode;
using Checked = Authenticator::Checked;

Error tooBusy() {
  return {ErrorCode::tooManyConnections, "too many logins are waiting for a directory", {}, "Try again in a moment."};
}

Error stopping() { return {ErrorCode::shuttingDown, "the server is stopping"}; }

Error unavailable() {
  return {ErrorCode::sourceUnavailable,
          "the directory that checks this login cannot be reached",
          {},
          "Try again later; the administrator finds the reason in the log."};
}

}  // namespace

DirectoryLogins::DirectoryLogins(catalog::Catalog& catalog, Authenticator& authenticator, DirectoryLimits limits,
                                 const base::Clock& clock)
    : catalog_(catalog),
      authenticator_(authenticator),
      limits_(limits),
      clock_(clock),
      accounts_(catalog, directories_),
      watch_([this](base::UserId id, const std::stop_token& stop) { return accounts_.askAgain(id, stop); },
             limits.refreshing, clock),
      sync_(catalog, directories_, accounts_, clock),
      presence_(catalog, accounts_, watch_, clock) {}

DirectoryLogins::~DirectoryLogins() { stop(); }

void DirectoryLogins::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
  }
  for (const auto& lane : lanes_) lane.second->stop();
  presence_.stop();
  sync_.stop();
  watch_.stop();
}

bool DirectoryLogins::takes(const catalog::Snapshot& snapshot, std::string_view name) {
  const catalog::UserPtr user = snapshot.user(name);
  return user != nullptr ? !user->isBuiltIn() : !snapshot.identityProviders().empty();
}

Lane* DirectoryLogins::laneOf(std::string_view name) {
  const catalog::UserPtr user = catalog_.snapshot()->user(name);
  const base::IdentityProviderId home = user == nullptr ? base::IdentityProviderId{} : user->provider;
  const std::scoped_lock lock(mutex_);
  if (stopped_) return nullptr;
  std::unique_ptr<Lane>& lane = lanes_[home];
  if (lane == nullptr) lane = std::make_unique<Lane>(limits_.threads, limits_.waiting);
  return lane.get();
}

void DirectoryLogins::check(std::string name, base::Secret password, Done done) {
  Lane* lane = laneOf(name);
  auto login =
      std::make_shared<const Login>(Login{std::move(name), std::move(password), std::move(done), clock_.monotonic()});
  const bool taken = lane != nullptr && lane->add([this, login](const std::stop_token& stop) { serve(*login, stop); });
  if (!taken) login->done({std::nullopt, tooBusy(), "too many logins are waiting"});
}

Checked DirectoryLogins::checkNow(const std::string& name, base::Secret password) {
  constexpr int kAtOnce = 2;
  const base::MonotonicTime begun = clock_.monotonic();
  Checked checked{std::nullopt, tooBusy(), "too many logins are waiting"};
  if (blocked_.fetch_add(1) < kAtOnce) {
    std::promise<Checked> answered;
    check(name, std::move(password), [&answered](Checked each) { answered.set_value(std::move(each)); });
    checked = answered.get_future().get();
    if (!checked.session) std::this_thread::sleep_for(refusalTime() - (clock_.monotonic() - begun));
  }
  blocked_.fetch_sub(1);
  return checked;
}

void DirectoryLogins::serve(const Login& login, const std::stop_token& stop) {
  if (stop.stop_requested()) return login.done({std::nullopt, stopping(), "stopping"});
  const bool late = clock_.monotonic() - login.since > limits_.longestWait;
  login.done(late ? Checked{std::nullopt, tooBusy(), "waited too long"} : answer(login.name, login.password, stop));
}

Checked DirectoryLogins::refuse(const Claim& claim, std::string reason, bool counts) {
  if (counts) claim.lockout->failed(claim.name);
  return {std::nullopt, loginRefused(claim.typed), std::move(reason)};
}

Checked DirectoryLogins::cannotSay(const Claim& claim, const Error& error) {
  if (error.code == ErrorCode::invalidPassword) return refuse(claim, error.message);
  base::logWarning("identity", "a directory cannot say whether a login is right", {{"reason", error.message}});
  return {std::nullopt, unavailable(), error.message};
}

Checked DirectoryLogins::answer(const std::string& typed, const base::Secret& password, const std::stop_token& stop) {
  const auto snapshot = catalog_.current();
  if (!snapshot.ok()) return {std::nullopt, snapshot.error(), "no catalog"};
  Claim claim{typed, catalog::normalisedUserName(typed), (*snapshot)->user(typed), nullptr};
  claim.lockout = &authenticator_.lockoutOf(claim.user != nullptr);
  if (claim.lockout->isLocked(claim.name)) return refuse(claim, "locked out", false);
  if (claim.user != nullptr && (claim.user->isBuiltIn() || claim.user->disabled)) return refuse(claim, "disabled");
  return ask(claim, **snapshot, password, stop);
}

Checked DirectoryLogins::ask(const Claim& claim, const catalog::Snapshot& snapshot, const base::Secret& password,
                             const std::stop_token& stop) {
  for (const catalog::IdentityProviderPtr& provider : snapshot.identityProviders()) {
    if (claim.user != nullptr && claim.user->provider != provider->id) continue;
    const auto directory = directories_.of(*provider);
    if (!directory.ok()) return cannotSay(claim, directory.error());
    const base::MonotonicTime asked = clock_.monotonic();
    const auto found = (*directory)->authenticate(claim.name, password, stop);
    if (!found.ok() && found.error().message == ldap::kUnknownUser) continue;
    if (!found.ok()) return cannotSay(claim, found.error());
    // Logins that began before the name was locked do not get past the lock side by side.
    if (claim.lockout->isLocked(claim.name)) return refuse(claim, "locked out", false);
    auto session = admit(*provider, *found, asked);
    if (!session.ok()) return cannotSay(claim, session.error());
    claim.lockout->succeeded(claim.name);
    return {std::move(session).value(), {}, {}};
  }
  return refuse(claim, std::string(ldap::kUnknownUser));
}

base::Result<Session> DirectoryLogins::admit(const catalog::IdentityProvider& provider, const ldap::DirectoryUser& user,
                                             base::MonotonicTime asked) {
  SCRIM_TRY(const catalog::UserPtr account, accounts_.keep(provider, user));
  if (!account->mayLogIn()) return Error{ErrorCode::invalidPassword, "disabled"};
  return SessionFactory::make(*account, clock_, "directory", watch_.watch(account->id, provider, asked));
}

}  // namespace scrim::identity
