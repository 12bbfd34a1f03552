// SPDX-License-Identifier: Apache-2.0
#include "server/api/rights.h"

#include <algorithm>
#include <charconv>

#include "server/catalog/project.h"

namespace scrim::api {
namespace {

using base::Error;
using base::ErrorCode;

base::Result<void> require(bool held, const char* what) {
  if (held) return {};
  return Error{ErrorCode::permissionDenied,
               std::string("You need ") + what + " for this.",
               {},
               "Ask an administrator; GET /api/v1/me lists what you hold."};
}

/// Whoever does not even see a data source is told that there is none.
base::Result<void> requireOfSource(const Call& call, Right right) {
  SCRIM_TRY(const catalog::DataSourcePtr source, dataSourceOf(call));
  const Caller& caller = *call.caller;
  const bool governor = caller.has("GOVERNOR");
  if (right == Right::ownDataSource) return require(owns(caller, *source), "to own the data source");
  if (right == Right::seeDataSource) return {};
  return require(governor || owns(caller, *source), "to own the data source, or the permission GOVERNOR,");
}

base::Result<void> requireOfRule(const Call& call, Right right) {
  SCRIM_TRY(const catalog::RulePtr rule, ruleOf(call));
  const Caller& caller = *call.caller;
  const catalog::DataSourcePtr source = call.snapshot->dataSource(rule->dataSource);
  if (!rule->dataSource) return require(caller.has("GOVERNOR"), "the permission GOVERNOR");
  const bool owner = source != nullptr && owns(caller, *source);
  if (right == Right::seeRule) return require(owner || caller.has("GOVERNOR"), "to own the rule's data source");
  return require(owner, "to own the rule's data source");
}

bool belongs(const Call& call, const catalog::Project& project) {
  const catalog::UserPtr user = call.snapshot->user(call.caller->session.userId());
  return user != nullptr && catalog::isMember(project, *user);
}

base::Result<void> requireOfProject(const Call& call, Right right) {
  SCRIM_TRY(const catalog::ProjectPtr project, projectOf(call));
  if (right == Right::seeProject) return {};
  if (right == Right::joinProject) return require(belongs(call, *project), "to be a member of the project");
  return require(call.caller->has("GOVERNOR"), "the permission GOVERNOR");
}

}  // namespace

bool seesProject(const Call& call, const catalog::Project& project) {
  return call.caller->has("GOVERNOR") || belongs(call, project);
}

bool owns(const Caller& caller, const catalog::DataSource& source) {
  return std::find(source.owners.begin(), source.owners.end(), caller.subject.user) != source.owners.end();
}

bool sees(const Call& call, const catalog::DataSource& source) {
  const Caller& caller = *call.caller;
  return caller.has("GOVERNOR") || owns(caller, source) || call.snapshot->decide(caller.subject, source).visible;
}

base::Error noSuch(std::string_view noun, std::string_view name) {
  return {ErrorCode::undefinedObject, "There is no " + std::string(noun) + " " + std::string(name) + "."};
}

base::Result<std::int64_t> idOf(const Call& call, const std::string& parameter, std::string_view noun) {
  const std::string& text = call.parameter(parameter);
  std::int64_t id = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc() || end != text.data() + text.size() || id <= 0) return noSuch(noun, text);
  return id;
}

base::Result<catalog::DataSourcePtr> dataSourceOf(const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "dataSource", "data source"));
  catalog::DataSourcePtr source = call.snapshot->dataSource(base::DataSourceId{id});
  if (source == nullptr || !sees(call, *source)) return noSuch("data source", std::to_string(id));
  return source;
}

base::Result<catalog::RulePtr> ruleOf(const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "rule", "rule"));
  catalog::RulePtr rule = call.snapshot->rule(base::RuleId{id});
  if (rule == nullptr) return noSuch("rule", std::to_string(id));
  const Caller& caller = *call.caller;
  const catalog::DataSourcePtr source = call.snapshot->dataSource(rule->dataSource);
  const bool known = caller.has("GOVERNOR") || (source != nullptr && owns(caller, *source));
  if (!known) return noSuch("rule", std::to_string(id));
  return rule;
}

base::Result<catalog::ProjectPtr> projectOf(const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "project", "project"));
  catalog::ProjectPtr project = call.snapshot->project(base::ProjectId{id});
  if (project == nullptr || !seesProject(call, *project)) return noSuch("project", std::to_string(id));
  return project;
}

base::Result<void> checkProject(const Call& call, const std::string& name) {
  const catalog::ProjectPtr project = name.empty() ? nullptr : call.snapshot->project(name);
  if (name.empty() || (project != nullptr && seesProject(call, *project))) return {};
  return Error{ErrorCode::invalidValue, "There is no project " + name + ".", "$.project"};
}

base::Result<void> checkRight(const Call& call, Right right) {
  const Caller& caller = *call.caller;
  switch (right) {
    case Right::anyone:
    case Right::signedIn:
      return {};
    case Right::admin:
      return require(caller.has("ADMIN"), "the permission ADMIN");
    case Right::governor:
      return require(caller.has("GOVERNOR"), "the permission GOVERNOR");
    case Right::userAdmin:
      return require(caller.has("USER_ADMIN"), "the permission USER_ADMIN");
    case Right::audit:
      return require(caller.has("AUDIT"), "the permission AUDIT");
    case Right::createDataSource:
      return require(caller.has("CREATE_DATA_SOURCE"), "the permission CREATE_DATA_SOURCE");
    case Right::configure:
      return require(caller.has("ADMIN") && caller.has("GOVERNOR") && caller.has("USER_ADMIN"),
                     "the permissions ADMIN, GOVERNOR and USER_ADMIN, all of them,");
    case Right::readUsers:
      return require(caller.has("USER_ADMIN") || caller.has("GOVERNOR") || caller.has("ADMIN"),
                     "the permission USER_ADMIN, GOVERNOR or ADMIN");
    case Right::readConnections:
      return require(caller.has("ADMIN") || caller.has("CREATE_DATA_SOURCE"),
                     "the permission ADMIN or CREATE_DATA_SOURCE");
    case Right::seeDataSource:
    case Right::ownDataSource:
    case Right::describeDataSource:
    case Right::seeRules:
      return requireOfSource(call, right);
    case Right::seeProject:
    case Right::governProject:
    case Right::joinProject:
      return requireOfProject(call, right);
    case Right::seeRule:
    case Right::changeRule:
      return requireOfRule(call, right);
  }
  return Error{ErrorCode::internal, "A route asks for a right that is not known."};
}

}  // namespace scrim::api
