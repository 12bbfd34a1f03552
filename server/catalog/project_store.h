// SPDX-License-Identifier: Apache-2.0
// Projects in the catalog's database: what they are, who belongs to them, who agreed to what. Errors: those of
// store::Link.
#pragma once

#include <vector>

#include "server/catalog/project.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

/// A project whose hash key cannot be opened is left out (and logged): nobody can act under it then.
base::Result<std::vector<Project>> loadProjects(store::Link& link, const store::SecretBox& box,
                                                const Selection& selection = {});
/// Inserts (id 0; makes the hash key) or replaces (name and key stay; another text is another version, which nobody
/// has agreed to); does nothing if nothing differs. Members and data sources are saved by themselves. Purposes are
/// those there are. Returns the id.
base::Result<base::ProjectId> save(Writer& writer, const Project& project);
/// Accounts that are gone meanwhile are left out.
base::Result<void> saveMembers(Writer& writer, base::ProjectId id, const std::set<base::UserId>& users,
                               const std::set<std::string>& groups);
/// Data sources that are gone meanwhile are left out.
base::Result<void> saveDataSources(Writer& writer, base::ProjectId id, const std::set<base::DataSourceId>& sources);
base::Result<void> removeProject(Writer& writer, base::ProjectId id);

/// Who agreed to which version of the text.
struct Acknowledgement {
  std::int64_t id = 0;
  std::string user;
  int version = 0;
  std::string at;  // ISO 8601, UTC
};

/// Does nothing if the user has agreed to the present text before.
base::Result<void> acknowledge(Writer& writer, const Project& project, const User& user);
/// Oldest first; ids above `after`, so many at most.
base::Result<std::vector<Acknowledgement>> loadAcknowledgements(store::Link& link, base::ProjectId project,
                                                                std::int64_t after, std::int64_t limit);

}  // namespace scrim::catalog
