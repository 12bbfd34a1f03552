// SPDX-License-Identifier: Apache-2.0
#include "server/identity/session.h"

namespace scrim::identity {

policy::Subject subjectOf(const catalog::User& user) {
  policy::Subject subject;
  subject.user = user.name;
  subject.groups = user.groups;
  subject.attributes = user.attributes;
  subject.permissions = user.permissions;
  return subject;
}

base::Result<SubjectPtr> Session::subject(const catalog::Snapshot& snapshot) const {
  catalog::UserPtr user = snapshot.user(user_);
  if (user == nullptr || user->id != userId_ || user->disabled) {
    return base::Error{base::ErrorCode::invalidAuthorization,
                       "The account you logged in with is no longer valid.",
                       {},
                       "Ask an administrator, then connect again."};
  }
  if (user != seen_) {
    subject_ = std::make_shared<const policy::Subject>(subjectOf(*user));
    seen_ = std::move(user);
  }
  return subject_;
}

}  // namespace scrim::identity
