// SPDX-License-Identifier: Apache-2.0
#include "server/identity/session.h"

#include "server/catalog/project.h"

namespace scrim::identity {

policy::Subject subjectOf(const catalog::User& user, const catalog::Project* project) {
  policy::Subject subject;
  subject.user = user.name;
  subject.groups = user.groups;
  subject.attributes = user.attributes;
  subject.permissions = user.permissions;
  if (project != nullptr) {
    subject.project = project->name;
    subject.purposes = project->purposes;
  }
  return subject;
}

base::Error tokenEnded() {
  return {base::ErrorCode::invalidAuthorization,
          "The token you logged in with was revoked or has expired.",
          {},
          "Connect again with another one."};
}

base::Result<catalog::UserPtr> Session::account(const catalog::Snapshot& snapshot) const {
  catalog::UserPtr user = snapshot.user(user_);
  if (user == nullptr || user->id != userId_ || !user->mayLogIn()) {
    return base::Error{base::ErrorCode::invalidAuthorization,
                       "The account you logged in with is no longer valid.",
                       {},
                       "Ask an administrator, then connect again."};
  }
  return user;
}

base::Result<SubjectPtr> Session::subject(const catalog::Snapshot& snapshot, const catalog::ProjectPtr& project) const {
  SCRIM_TRY(catalog::UserPtr user, account(snapshot));
  if (user != seen_ || project != seenProject_) {
    subject_ = std::make_shared<const policy::Subject>(subjectOf(*user, project.get()));
    seen_ = std::move(user);
    seenProject_ = project;
  }
  return subject_;
}

std::string Session::method() const {
  std::string all(method_);
  if (token_ != nullptr) all += " " + std::to_string(token_->id());
  return all;
}

base::Result<void> Session::confirmed() const {
  if (hasEnded()) return tokenEnded();
  if (token_ != nullptr && !token_->holds()) {
    return base::Error{base::ErrorCode::catalogUnavailable,
                       "The catalog has not said for too long whether your token stands.",
                       {},
                       "Try again when it is back; your administrator finds the reason in the log."};
  }
  if (confirmation_ == nullptr || confirmation_->holds()) return {};
  return base::Error{base::ErrorCode::invalidAuthorization,
                     "The directory that your account comes from has not answered for too long.",
                     {},
                     "Try again when it is back; your administrator finds the reason in the log."};
}

}  // namespace scrim::identity
