// SPDX-License-Identifier: Apache-2.0
// Session: proof that somebody logged in (law 2: a query needs one, and only this room makes one). It knows who, when
// and how, never what they may do: that is read from the snapshot a statement runs with, so that a right taken away is
// gone with the next snapshot.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/clock.h"
#include "common/base/id.h"
#include "common/base/result.h"
#include "common/policy/subject.h"
#include "server/catalog/snapshot.h"
#include "server/identity/confirmation.h"
#include "server/identity/token_life.h"

namespace scrim::identity {

using SubjectPtr = std::shared_ptr<const policy::Subject>;

/// Movable. One thread at a time (it remembers the last subject).
class Session {
 public:
  const std::string& user() const { return user_; }
  base::UserId userId() const { return userId_; }
  base::WallTime loginTime() const { return loginTime_; }
  /// "scram-sha-256", "scram-sha-256-plus", "password", "directory" or "token 17": for the audit record.
  std::string method() const;

  /// Their account. Errors: invalidAuthorization when it is gone, disabled, or another one of the same name.
  base::Result<catalog::UserPtr> account(const catalog::Snapshot& snapshot) const;
  /// Who they are in that snapshot: the same pointer as long as neither the user's record nor the project changed.
  /// `project`: acted under, as catalog::projectFor() gave it of this snapshot; nullptr: none. Errors: as above.
  base::Result<SubjectPtr> subject(const catalog::Snapshot& snapshot, const catalog::ProjectPtr& project = {}) const;
  /// Whether the directory that the user comes from was heard from lately enough, and the token that was given stands;
  /// for statements, besides subject().
  /// Errors: invalidAuthorization.
  base::Result<void> confirmed() const;
  /// Whether the token that was given was revoked or has expired: the session is over.
  bool hasEnded() const { return token_ != nullptr && token_->ended(); }

 private:
  friend class SessionFactory;
  Session(std::string user, base::UserId id, base::WallTime at, std::string_view method)
      : user_(std::move(user)), userId_(id), loginTime_(at), method_(method) {}

  std::string user_;
  base::UserId userId_;
  base::WallTime loginTime_;
  std::string_view method_;
  std::shared_ptr<const Confirmation> confirmation_;  // nullptr: a built-in user
  std::shared_ptr<const TokenLife> token_;            // nullptr: another way to log in
  mutable catalog::UserPtr seen_;
  mutable catalog::ProjectPtr seenProject_;
  mutable SubjectPtr subject_;
};

/// The subject that a user's record describes, acting under the project; nullptr: under none.
policy::Subject subjectOf(const catalog::User& user, const catalog::Project* project = nullptr);

/// Said to a session that hasEnded().
base::Error tokenEnded();

}  // namespace scrim::identity
