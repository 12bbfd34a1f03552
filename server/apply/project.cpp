// SPDX-License-Identifier: Apache-2.0
#include "server/apply/project.h"

#include "common/schema/tag.h"
#include "server/apply/keys.h"
#include "server/apply/password.h"
#include "server/catalog/snapshot.h"

namespace scrim::apply {
namespace {

constexpr std::size_t kLongestName = 63;  // bytes, as PostgreSQL's identifiers

}  // namespace

PurposeEntry readPurpose(const YamlNode& node, Problems& problems) {
  YamlMap map(node, "a purpose", kPurposeKeys, problems);
  PurposeEntry entry{node.at, {}};
  entry.purpose.name = map.neededText("name");
  entry.purpose.description = map.text("description");
  if (!entry.purpose.name.empty() && !schema::isValidTag(entry.purpose.name)) {
    problems.add(placeOf(map, "name"), entry.purpose.name + " is no purpose: words with dots between them");
  }
  return entry;
}

ProjectEntry readProject(const YamlNode& node, Problems& problems) {
  YamlMap map(node, "a project", kProjectKeys, problems);
  ProjectEntry entry{node.at, {}, {}, {}};
  catalog::Project& project = entry.project;
  project.name = map.neededText("name");
  if (project.name.size() > kLongestName) problems.add(placeOf(map, "name"), "the name of a project is too long");
  if (catalog::normalisedUserName(project.name) == catalog::kNoProject) {
    problems.add(placeOf(map, "name"), "the database scrim stands for no project");
  }
  project.description = map.text("description");
  project.enabled = map.truth("enabled", true);
  project.acknowledgement = map.text("acknowledgement");
  project.maskedJoins = map.truth("masked_joins", false);
  for (std::string& purpose : map.texts("purposes")) project.purposes.insert(std::move(purpose));
  for (std::string& group : map.texts("groups")) project.groups.insert(std::move(group));
  for (const std::string& user : map.texts("users")) entry.users.push_back(catalog::normalisedUserName(user));
  for (const std::string& source : map.texts("data_sources")) entry.dataSources.push_back(qualifiedNameOf(source));
  return entry;
}

}  // namespace scrim::apply
