// SPDX-License-Identifier: Apache-2.0
// Work: purposes and projects.
#include <algorithm>

#include "server/apply/work.h"
#include "server/catalog/project_store.h"
#include "server/catalog/purpose_store.h"

namespace scrim::apply {
namespace {

catalog::Project copyOf(const catalog::Project& from) {
  catalog::Project copy;
  copy.name = from.name;
  copy.description = from.description;
  copy.enabled = from.enabled;
  copy.acknowledgement = from.acknowledgement;
  copy.maskedJoins = from.maskedJoins;
  return copy;
}

}  // namespace

base::Result<void> Work::applyPurposes() {
  SCRIM_TRY(purposesThere_, catalog::loadPurposes(writer_.link()));
  for (const PurposeEntry& entry : document_.purposes) {
    catalog::Purpose purpose = entry.purpose;
    const std::size_t dot = purpose.name.rfind('.');
    if (dot != std::string::npos && !catalog::purposeNamed(purposesThere_, purpose.name.substr(0, dot))) {
      problems_.add(entry.at, "there is no purpose " + purpose.name.substr(0, dot) + " that it could stand below");
      continue;
    }
    const catalog::Purpose* present = catalog::purposeNamed(purposesThere_, purpose.name);
    const bool isNew = present == nullptr;
    if (!isNew) purpose.id = present->id;
    if (!isNew) purpose.name = present->name;
    SCRIM_TRY(purpose.id, save(writer_, purpose));
    if (isNew) purposesThere_.push_back(purpose);
    purposes_.insert(purpose.name);
  }
  return {};
}

base::Result<void> Work::applyProjects() {
  SCRIM_TRY(projects_, catalog::loadProjects(writer_.link(), writer_.box()));
  for (const ProjectEntry& entry : document_.projects) SCRIM_CHECK_OK(applyProject(entry));
  return {};
}

base::Result<void> Work::applyProject(const ProjectEntry& entry) {
  catalog::Project project = copyOf(entry.project);
  const std::size_t before = problems_.list().size();
  const auto missing = [&](const std::string& what) {
    problems_.add(entry.at, "project " + project.name + ": there is no " + what);
  };
  for (const std::string& name : entry.project.purposes) {
    const catalog::Purpose* found = catalog::purposeNamed(purposesThere_, name);
    found == nullptr ? missing("purpose " + name) : void(project.purposes.insert(found->name));
  }
  std::set<base::UserId> users;
  for (const std::string& name : entry.users) {
    const auto found = users_.find(name);
    found == users_.end() ? missing("user " + name) : void(users.insert(found->second.id));
  }
  std::set<base::DataSourceId> sources;
  for (const schema::QualifiedName& name : entry.dataSources) {
    const auto found = sources_.find(name);
    found == sources_.end() ? missing("data source " + display(name)) : void(sources.insert(found->second.id));
  }
  if (problems_.list().size() > before) return {};
  const auto present = std::find_if(projects_.begin(), projects_.end(),
                                    [&](const catalog::Project& each) { return each.name == project.name; });
  const bool isNew = present == projects_.end();
  if (!isNew) project.id = present->id;
  SCRIM_TRY(project.id, save(writer_, project));
  if (isNew || present->users != users || present->groups != entry.project.groups) {
    SCRIM_CHECK_OK(saveMembers(writer_, project.id, users, entry.project.groups));
  }
  if (!isNew && present->dataSources == sources) return {};
  return saveDataSources(writer_, project.id, sources);
}

base::Result<void> Work::pruneProjects() {
  for (const catalog::Project& present : projects_) {
    const bool named = std::any_of(document_.projects.begin(), document_.projects.end(),
                                   [&](const ProjectEntry& entry) { return entry.project.name == present.name; });
    if (!named) SCRIM_CHECK_OK(removeProject(writer_, present.id));
  }
  for (const catalog::Purpose& present : purposesThere_) {
    const bool named = std::any_of(
        document_.purposes.begin(), document_.purposes.end(),
        [&](const PurposeEntry& entry) { return catalog::purposeNamed({present}, entry.purpose.name) != nullptr; });
    if (!named && present.id) SCRIM_CHECK_OK(removePurpose(writer_, present.id));
  }
  return {};
}

}  // namespace scrim::apply
