// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/project.h"

#include <algorithm>

namespace scrim::catalog {

bool isMember(const Project& project, const User& user) {
  return project.users.contains(user.id) ||
         std::any_of(user.groups.begin(), user.groups.end(),
                     [&](const std::string& group) { return project.groups.contains(group); });
}

bool hasAcknowledged(const Project& project, base::UserId user) {
  return project.acknowledgement.empty() || project.acknowledged.contains(user);
}

}  // namespace scrim::catalog
