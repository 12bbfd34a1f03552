// SPDX-License-Identifier: Apache-2.0
#include "server/identity/authenticator.h"

#include <utility>

#include "common/base/log.h"
#include "server/identity/session_factory.h"

namespace scrim::identity {

base::Error loginRefused(std::string_view name) {
  return {base::ErrorCode::invalidPassword, "password authentication failed for user \"" + std::string(name) + "\""};
}

Login::Login(Lockout& lockout, const base::Clock& clock, std::string name, catalog::UserPtr user,
             std::string_view obstacle, ScramOptions options)
    : lockout_(&lockout),
      clock_(&clock),
      name_(std::move(name)),
      user_(std::move(user)),
      obstacle_(obstacle),
      scram_(std::move(options)) {}

/// Protocol errors are told as they are; everything about name and password in one sentence.
base::Error Login::refuse(const base::Error& cause) {
  bool wrong = cause.code == base::ErrorCode::invalidPassword;
  reason_ = !wrong ? "malformed" : obstacle_.empty() ? "wrong password" : obstacle_;
  if (!wrong) return cause;
  // A locked name stays locked for its time, not for as long as somebody tries.
  if (obstacle_ != "locked out") lockout_->failed(name_);
  return loginRefused(name_);
}

base::Result<std::string> Login::start(std::string_view mechanism, std::string_view clientFirst) {
  plus_ = mechanism == kScramSha256Plus;
  auto answer = scram_.start(mechanism, clientFirst);
  if (!answer) return refuse(answer.error());
  return answer;
}

base::Result<Login::Finished> Login::finish(std::string_view clientFinal) {
  // Logins that began before the name was locked do not get past the lock side by side.
  if (obstacle_.empty() && lockout_->isLocked(name_)) obstacle_ = "locked out";
  auto answer = scram_.finish(clientFinal);
  if (!answer) return refuse(answer.error());
  if (!obstacle_.empty()) return refuse(loginRefused(name_));
  lockout_->succeeded(name_);
  std::string_view method = plus_ ? "scram-sha-256-plus" : "scram-sha-256";
  return Finished{std::move(answer).value(), SessionFactory::make(*user_, *clock_, method)};
}

Authenticator::Authenticator(base::Secret serverSecret, LockoutLimits limits, const base::Clock& clock)
    : secret_(std::move(serverSecret)),
      lockout_(limits, clock),
      addresses_({}, clock),
      strangers_(limits, clock),
      clock_(clock) {}

Authenticator::Checked Authenticator::certified(const catalog::Snapshot& snapshot, std::string_view name) {
  const catalog::UserPtr user = snapshot.user(name);
  std::string reason;
  if (user == nullptr) reason = "unknown user";
  if (user != nullptr && !user->isBuiltIn()) reason = "a directory's user by certificate";
  if (user != nullptr && !user->mayLogIn()) reason = "disabled";
  if (!reason.empty()) return {std::nullopt, loginRefused(name), std::move(reason)};
  return {SessionFactory::make(*user, clock_, "certificate"), {}, {}};
}

base::Result<void> Authenticator::mayTry(const std::string& address) {
  const std::chrono::seconds pause = addresses_.pause(address);
  if (pause.count() == 0) return {};
  return base::Error{base::ErrorCode::tooManyConnections,
                     "too many logins have failed from this address",
                     {},
                     "Try again in " + std::to_string(pause.count()) + " seconds."};
}

void Authenticator::noteFailure(const std::string& address) {
  if (!addresses_.failed(address)) return;
  base::logWarning("identity", "too many logins have failed from one address: no more are looked at for a while",
                   {{"address", address}});
}

Authenticator::Found Authenticator::find(const catalog::Snapshot& snapshot, std::string_view name) {
  Found found{.name = catalog::normalisedUserName(name), .user = nullptr, .obstacle = {}, .verifier = {}};
  catalog::UserPtr user = snapshot.user(found.name);
  found.isKnown = user != nullptr;
  auto verifier = user == nullptr ? std::nullopt : parseVerifier(user->scramVerifier);
  if (user == nullptr) {
    found.obstacle = "unknown user";
  } else if (!user->isBuiltIn()) {
    found.obstacle = "directory password without TLS";
  } else if (!user->mayLogIn()) {
    found.obstacle = "disabled";
  } else if (!verifier) {
    found.obstacle = "no usable password";
  } else if (lockout_.isLocked(found.name)) {
    found.obstacle = "locked out";
  } else {
    found.user = std::move(user);
  }
  // A known name always shows its own salt: a salt that changed with lock-out or disabling would tell of it.
  found.verifier = verifier ? *std::move(verifier) : mockVerifier(found.name, secret_.reveal());
  return found;
}

Login Authenticator::begin(const catalog::Snapshot& snapshot, std::string_view name,
                           std::optional<std::string> endPoint) {
  Found found = find(snapshot, name);
  ScramOptions options{std::move(found.verifier), found.user != nullptr, std::move(endPoint), {}};
  Lockout& lockout = lockoutOf(found.isKnown);
  return {lockout, clock_, std::move(found.name), std::move(found.user), found.obstacle, std::move(options)};
}

Authenticator::Checked Authenticator::checkPassword(const catalog::Snapshot& snapshot, std::string_view name,
                                                    std::string_view password) {
  Found found = find(snapshot, name);
  bool right = identity::checkPassword(found.verifier, password) && !password.empty();
  if (right && found.user != nullptr) {
    lockout_.succeeded(found.name);
    return {SessionFactory::make(*found.user, clock_, "password"), {}, {}};
  }
  if (found.obstacle != "locked out") lockoutOf(found.isKnown).failed(found.name);
  return {std::nullopt, loginRefused(found.name),
          std::string(found.obstacle.empty() ? "wrong password" : found.obstacle)};
}

}  // namespace scrim::identity
