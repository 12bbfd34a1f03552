// SPDX-License-Identifier: Apache-2.0
// Authenticator: from a claimed name to a Session. Unknown user, wrong password, disabled account and lock-out look the
// same to the client, in text and in time; reason() tells them apart for the operator's log and the audit record.
//
//   Login login = authenticator.begin(*snapshot, name, endPoint);
//   login.mechanisms();  login.start(mechanism, clientFirst) -> serverFirst
//   login.finish(clientFinal) -> {serverFinal, Session}
// or, for clear text inside TLS:  authenticator.checkPassword(*snapshot, name, password) -> Session
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "server/catalog/snapshot.h"
#include "server/identity/failure_rate.h"
#include "server/identity/lockout.h"
#include "server/identity/scram_server.h"
#include "server/identity/session.h"

namespace scrim::identity {

/// One SCRAM exchange. One thread at a time; lives at most as long as its Authenticator.
class Login {
 public:
  struct Finished {
    std::string serverFinal;
    Session session;
  };

  std::vector<std::string_view> mechanisms() const { return scram_.mechanisms(); }
  base::Result<std::string> start(std::string_view mechanism, std::string_view clientFirst);
  base::Result<Finished> finish(std::string_view clientFinal);

  /// Why it failed, for the operator only: "unknown user", "disabled", "locked out", "wrong password", "malformed".
  std::string_view reason() const { return reason_; }
  /// The name as the catalog knows it.
  const std::string& user() const { return name_; }

 private:
  friend class Authenticator;
  Login(Lockout& lockout, const base::Clock& clock, std::string name, catalog::UserPtr user, std::string_view obstacle,
        ScramOptions options);
  base::Error refuse(const base::Error& cause);

  Lockout* lockout_;
  const base::Clock* clock_;
  std::string name_;
  catalog::UserPtr user_;  // nullptr: unknown, disabled or locked out
  std::string_view obstacle_;
  std::string_view reason_;
  bool plus_ = false;
  ScramServer scram_;
};

/// Any thread. Immutable but for its lock-out list.
class Authenticator {
 public:
  /// `serverSecret`: 32 bytes, the same on every instance (Catalog::mockSecret()).
  Authenticator(base::Secret serverSecret, LockoutLimits limits, const base::Clock& clock = base::systemClock());

  /// `endPoint`: tlsServerEndPoint() of the server's certificate when the client came over TLS, else nullopt.
  Login begin(const catalog::Snapshot& snapshot, std::string_view name, std::optional<std::string> endPoint);

  struct Checked {
    std::optional<Session> session;  // nullopt: refused
    base::Error error;               // of a refusal, for the client
    std::string reason;              // of a refusal, for the operator
  };
  Checked checkPassword(const catalog::Snapshot& snapshot, std::string_view name, std::string_view password);

  /// For who has shown a client certificate of that name, which the TLS layer has verified: built-in users only.
  Checked certified(const catalog::Snapshot& snapshot, std::string_view name);

  void setLimits(const LockoutLimits& limits, const FailureRateLimits& ofAddress) {
    lockout_.setLimits(limits);
    strangers_.setLimits(limits);
    addresses_.setLimits(ofAddress);
  }
  /// Counts failures of all ways to log in under one name. Names that nobody has are counted apart.
  Lockout& lockoutOf(bool knownName) { return knownName ? lockout_ : strangers_; }

  /// For whoever has a client: whether its address may try a login of any kind, and what to do when one has failed.
  /// Errors: tooManyConnections.
  base::Result<void> mayTry(const std::string& address);
  void noteFailure(const std::string& address);

 private:
  struct Found {
    std::string name;
    catalog::UserPtr user;
    std::string_view obstacle;
    ScramVerifier verifier;
    bool isKnown = false;
  };
  Found find(const catalog::Snapshot& snapshot, std::string_view name);

  base::Secret secret_;
  Lockout lockout_;
  FailureRate addresses_;
  Lockout strangers_;  // names without an account: they take as long, and push no account's lock out of the list
  const base::Clock& clock_;
};

/// PostgreSQL's own words for it; tools match on them.
base::Error loginRefused(std::string_view name);

}  // namespace scrim::identity
