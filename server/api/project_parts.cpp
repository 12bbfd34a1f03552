// SPDX-License-Identifier: Apache-2.0
// Who and what belongs to a project.
#include "server/api/project_parts.h"

#include "server/api/change.h"
#include "server/api/data_source_fields.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/rights.h"
#include "server/catalog/project_store.h"

namespace scrim::api::projects {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::Project;

struct Members {
  std::set<std::string> users;
  std::set<std::string> groups;
};

ObjectPtr showMembers(const Call& call, const Project& project) {
  std::set<std::string> users;
  for (const base::UserId id : project.users) {
    if (const catalog::UserPtr user = call.snapshot->user(id)) users.insert(user->name);
  }
  ObjectPtr out = contract::newObject();
  out->set("users", textArray(users));
  out->set("groups", textArray(project.groups));
  return out;
}

base::Result<Members> readMembers(contract::Fields& fields) {
  Members members;
  SCRIM_TRY(members.users, fields.textSet("users"));
  SCRIM_TRY(members.groups, fields.textSet("groups"));
  for (const std::string& group : members.groups) SCRIM_CHECK_OK(checkName(group, fields.placeOf("groups")));
  return members;
}

/// Members see those of the data sources that exist for them.
ObjectPtr showSources(const Call& call, const Project& project) {
  std::set<std::string> names;
  for (const base::DataSourceId id : project.dataSources) {
    const catalog::DataSourcePtr source = call.snapshot->dataSource(id);
    if (source != nullptr && sees(call, *source)) names.insert(source->name.schema + "." + source->name.name);
  }
  ObjectPtr out = contract::newObject();
  out->set("dataSources", textArray(names));
  return out;
}

base::Result<std::set<std::string>> readSources(contract::Fields& fields) { return fields.textSet("dataSources"); }

}  // namespace

base::Result<Project> presentProject(catalog::Writer& writer, const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "project", "project"));
  SCRIM_TRY(auto found, catalog::loadProjects(writer.link(), writer.box(), {false, {id}}));
  if (found.empty()) return noSuch("project", std::to_string(id));
  return std::move(found.front());
}

base::Result<Answer> members(Call& call) {
  SCRIM_TRY(const catalog::ProjectPtr project, projectOf(call));
  return answerOf(showMembers(call, *project));
}

base::Result<Answer> setMembers(Call& call) {
  SCRIM_TRY(const Members wanted, readBody<Members>(call, readMembers));
  std::set<base::UserId> users;
  for (const std::string& name : wanted.users) {
    const catalog::UserPtr user = call.snapshot->user(name);
    if (user == nullptr) return Error{ErrorCode::invalidValue, "There is no user " + name + ".", "$.users"};
    users.insert(user->id);
  }
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(Project project, presentProject(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, showMembers(call, project)));
    project.users = users;
    project.groups = wanted.groups;
    SCRIM_CHECK_OK(saveMembers(writer, project.id, project.users, project.groups));
    const ObjectPtr shown = showMembers(call, project);
    return Outcome{answerOf(shown), "members of project " + project.name + ": " + contract::written(shown)};
  });
}

base::Result<Answer> sources(Call& call) {
  SCRIM_TRY(const catalog::ProjectPtr project, projectOf(call));
  return answerOf(showSources(call, *project));
}

base::Result<Answer> setSources(Call& call) {
  SCRIM_TRY(const std::set<std::string> wanted, readBody<std::set<std::string>>(call, readSources));
  std::set<base::DataSourceId> ids;
  for (const std::string& name : wanted) {
    const auto qualified = data_sources::qualifiedOf(name);
    const catalog::DataSourcePtr source = qualified ? call.snapshot->dataSource(*qualified) : nullptr;
    if (source == nullptr) {
      return Error{ErrorCode::invalidValue, "There is no data source " + name + ".", "$.dataSources"};
    }
    ids.insert(source->id);
  }
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(Project project, presentProject(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, showSources(call, project)));
    project.dataSources = ids;
    SCRIM_CHECK_OK(saveDataSources(writer, project.id, project.dataSources));
    const ObjectPtr shown = showSources(call, project);
    return Outcome{answerOf(shown), "data sources of project " + project.name + ": " + contract::written(shown)};
  });
}

}  // namespace scrim::api::projects
