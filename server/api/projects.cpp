// SPDX-License-Identifier: Apache-2.0
#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/project_parts.h"
#include "server/api/rights.h"
#include "server/catalog/project_store.h"
#include "server/catalog/purpose_store.h"

namespace scrim::api::projects {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::Project;

constexpr std::size_t kLongestName = 63;                 // bytes, as of a database
constexpr std::size_t kLongestAcknowledgement = 20'000;  // bytes

ObjectPtr show(const Call& call, const Project& project) {
  ObjectPtr out = contract::newObject();
  out->set("id", project.id.value);
  out->set("name", project.name);
  out->set("description", project.description);
  out->set("enabled", project.enabled);
  out->set("purposes", textArray(project.purposes));
  out->set("acknowledgement", project.acknowledgement);
  out->set("acknowledgementVersion", project.acknowledgementVersion);
  out->set("maskedJoins", project.maskedJoins);
  out->set("acknowledged", catalog::hasAcknowledged(project, call.caller->session.userId()));
  return out;
}

base::Result<Project> readChange(contract::Fields& fields) {
  Project project;
  SCRIM_TRY(project.description, optionalText(fields, "description"));
  SCRIM_CHECK_OK(checkText(project.description, kLongestDescription, fields.placeOf("description")));
  SCRIM_TRY(project.enabled, optionalFlag(fields, "enabled", true));
  SCRIM_TRY(const auto purposes, optionalTexts(fields, "purposes"));
  project.purposes.insert(purposes.begin(), purposes.end());
  SCRIM_TRY(project.acknowledgement, optionalText(fields, "acknowledgement"));
  SCRIM_CHECK_OK(checkText(project.acknowledgement, kLongestAcknowledgement, fields.placeOf("acknowledgement")));
  SCRIM_TRY(project.maskedJoins, optionalFlag(fields, "maskedJoins", false));
  return project;
}

base::Result<Project> readNew(contract::Fields& fields) {
  SCRIM_TRY(Project project, readChange(fields));
  SCRIM_TRY(project.name, fields.text("name"));
  SCRIM_CHECK_OK(checkName(project.name, fields.placeOf("name")));
  if (project.name.size() > kLongestName) {
    return contract::wrongAt(fields.placeOf("name"), "a project's name has at most 63 bytes");
  }
  if (catalog::normalisedUserName(project.name) == catalog::kNoProject) {
    return contract::wrongAt(fields.placeOf("name"), "the database scrim stands for no project");
  }
  return project;
}

/// Names as the purposes themselves spell them.
base::Result<void> takePurposes(const Call& call, catalog::Writer& writer, const std::set<std::string>& wanted,
                                Project& project) {
  SCRIM_TRY(const auto all, catalog::loadPurposes(writer.link()));
  project.purposes.clear();
  for (const std::string& name : wanted) {
    const auto* found = catalog::purposeNamed(all, name);
    if (found == nullptr) {
      return Error{ErrorCode::invalidValue, "There is no purpose " + name + ".", "$.purposes",
                   call.caller->has("GOVERNOR") ? "Make it first: POST /api/v1/purposes." : ""};
    }
    project.purposes.insert(found->name);
  }
  return {};
}

/// What a project says may change; who belongs to it, and its key, stay.
void takeChange(const Project& wanted, Project& project) {
  project.description = wanted.description;
  project.enabled = wanted.enabled;
  project.acknowledgement = wanted.acknowledgement;
  project.maskedJoins = wanted.maskedJoins;
}

base::Result<Outcome> saved(const Call& call, catalog::Writer& writer, const Project& project,
                            const std::set<std::string>& purposes) {
  Project wanted;
  wanted.id = project.id;
  wanted.name = project.name;
  takeChange(project, wanted);
  SCRIM_CHECK_OK(takePurposes(call, writer, purposes, wanted));
  SCRIM_TRY(wanted.id, save(writer, wanted));
  SCRIM_TRY(const auto after, catalog::loadProjects(writer.link(), writer.box(), {false, {wanted.id.value}}));
  if (after.size() != 1) return Error{ErrorCode::internal, "The project cannot be read back."};
  const ObjectPtr shown = show(call, after[0]);
  const std::string path = "/api/v1/projects/" + std::to_string(wanted.id.value);
  return Outcome{project.id ? answerOf(shown) : createdAnswer(shown, path),
                 "project " + project.name + (project.id ? " changed: " : " made: ") + contract::written(shown)};
}

}  // namespace

base::Result<Answer> list(Call& call) {
  const std::string part = call.query("q").value_or("");
  return pageAnswer(
      call, call.snapshot->projects(), [](const auto& each) { return each->id.value; },
      [&](const auto& each) { return contains(each->name, part) && seesProject(call, *each); },
      [&](const auto& each) { return show(call, *each); });
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const catalog::ProjectPtr found, projectOf(call));
  return answerOf(show(call, *found));
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(const Project wanted, readBody<Project>(call, readNew));
  return change(call, [&](catalog::Writer& writer) { return saved(call, writer, wanted, wanted.purposes); });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(const Project wanted, readBody<Project>(call, readChange));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(Project project, presentProject(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(call, project)));
    takeChange(wanted, project);
    return saved(call, writer, project, wanted.purposes);
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Project project, presentProject(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(call, project)));
    SCRIM_CHECK_OK(removeProject(writer, project.id));
    return Outcome{Answer{}, "project " + project.name + " removed"};
  });
}

namespace {

base::Result<int> readAcknowledgement(contract::Fields& fields) {
  SCRIM_TRY(const std::int64_t version, fields.whole("version"));
  if (version >= 1 && version <= INT32_MAX) return static_cast<int>(version);
  return contract::wrongAt(fields.placeOf("version"), "the acknowledgementVersion of the text that was read is needed");
}

}  // namespace

base::Result<Answer> acknowledge(Call& call) {
  SCRIM_TRY(const int version, readBody<int>(call, readAcknowledgement));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(Project project, presentProject(writer, call));
    const catalog::UserPtr user = call.snapshot->user(call.caller->session.userId());
    if (user == nullptr) return noSuch("user", call.caller->subject.user);
    if (version != project.acknowledgementVersion) {
      return Error{ErrorCode::preconditionFailed, "That is not the present text.", {}, "Read it, then decide."};
    }
    SCRIM_CHECK_OK(catalog::acknowledge(writer, project, *user));
    project.acknowledged.insert(user->id);
    return Outcome{answerOf(show(call, project)),
                   "project " + project.name + ": version " + std::to_string(version) + " of its text acknowledged"};
  });
}

base::Result<Answer> acknowledgements(Call& call) {
  SCRIM_TRY(const Page page, pageOf(call));
  SCRIM_TRY(const catalog::ProjectPtr project, projectOf(call));
  std::vector<catalog::Acknowledgement> found;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(found, catalog::loadAcknowledgements(writer.link(), project->id, page.after,
                                                   static_cast<std::int64_t>(page.limit) + 1));
    return {};
  }));
  return pageAnswer(
      call, found, [](const auto& each) { return each.id; }, [](const auto&) { return true; },
      [](const auto& each) {
        ObjectPtr item = contract::newObject();
        item->set("user", each.user);
        item->set("version", each.version);
        item->set("at", each.at);
        return item;
      });
}

}  // namespace scrim::api::projects
