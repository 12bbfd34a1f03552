// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/acting.h"

#include "server/catalog/project.h"

namespace scrim::catalog {
namespace {

base::Error refused(std::string message, std::string hint) {
  return {base::ErrorCode::permissionDenied, std::move(message), {}, std::move(hint)};
}

}  // namespace

base::Result<ProjectPtr> projectFor(const Snapshot& snapshot, const User& user, std::string_view name) {
  const std::string quoted = "\"" + std::string(name) + "\"";
  ProjectPtr project = snapshot.project(name);
  if (project == nullptr || !isMember(*project, user)) {
    return refused("there is no project " + quoted + " that you may act under",
                   "scrim project list shows yours; SET scrim.project = '' acts under none.");
  }
  if (!project->enabled) {
    return refused("project " + quoted + " is disabled", "Ask a governor; SET scrim.project = '' acts under none.");
  }
  if (!hasAcknowledged(*project, user.id)) {
    return refused("you have not agreed to the present text of project " + quoted,
                   "Read it and agree: scrim project acknowledge '" + std::string(name) + "'");
  }
  return project;
}

}  // namespace scrim::catalog
