// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/project_choice.h"

#include "server/catalog/acting.h"
#include "server/catalog/project.h"

namespace scrim::gateway {

base::Result<void> ProjectChoice::choose(const catalog::Snapshot& snapshot, const catalog::User& user,
                                         std::string_view name) {
  if (name.empty()) return {};
  SCRIM_TRY(const catalog::ProjectPtr project, catalog::projectFor(snapshot, user, name));
  chosen_.insert_or_assign(std::string(name), project->id);
  return {};
}

base::Result<catalog::ProjectPtr> ProjectChoice::find(const catalog::Snapshot& snapshot, const catalog::User& user,
                                                      std::string_view name) const {
  if (name.empty()) return catalog::ProjectPtr();
  SCRIM_TRY(catalog::ProjectPtr project, catalog::projectFor(snapshot, user, name));
  const auto chosen = chosen_.find(name);
  if (chosen != chosen_.end() && chosen->second == project->id) return project;
  return base::Error{base::ErrorCode::permissionDenied,
                     "project \"" + std::string(name) + "\" is another one than you acted under",
                     {},
                     "SET scrim.project to its name again acts under it; SET scrim.project = '' acts under none."};
}

}  // namespace scrim::gateway
