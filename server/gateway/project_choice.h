// SPDX-License-Identifier: Apache-2.0
// ProjectChoice: which project a name of scrim.project stands for in a session: the one that it stood for when it was
// SET, or named as the database. Another that takes its place is not slipped in. One a session; one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/catalog/snapshot.h"

namespace scrim::gateway {

class ProjectChoice {
 public:
  /// The name stands for the project of today. Errors: those of catalog::projectFor(); then it stands for what it did.
  base::Result<void> choose(const catalog::Snapshot& snapshot, const catalog::User& user, std::string_view name);
  /// nullptr: `name` is empty. Errors: those of catalog::projectFor(); the project is another one.
  base::Result<catalog::ProjectPtr> find(const catalog::Snapshot& snapshot, const catalog::User& user,
                                         std::string_view name) const;

 private:
  std::map<std::string, base::ProjectId, std::less<>> chosen_;
};

}  // namespace scrim::gateway
