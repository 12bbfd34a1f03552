// SPDX-License-Identifier: Apache-2.0
#include "common/policy/named.h"

#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/api/user_parts.h"
#include "server/catalog/group_store.h"
#include "server/catalog/rule_store.h"
#include "server/catalog/user_store.h"

namespace scrim::api::groups {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::Group;

ObjectPtr show(const Group& group) {
  ObjectPtr out = contract::newObject();
  out->set("id", group.id.value);
  out->set("name", group.name);
  out->set("description", group.description);
  out->set("builtIn", group.builtIn);
  out->set("directories", textArray(group.directories));
  return out;
}

base::Result<Group> readChange(contract::Fields& fields) {
  Group group;
  SCRIM_TRY(group.description, optionalText(fields, "description"));
  SCRIM_CHECK_OK(checkText(group.description, kLongestDescription, fields.placeOf("description")));
  return group;
}

base::Result<Group> readNew(contract::Fields& fields) {
  SCRIM_TRY(Group group, readChange(fields));
  SCRIM_TRY(group.name, fields.text("name"));
  SCRIM_CHECK_OK(checkName(group.name, fields.placeOf("name")));
  return group;
}

base::Result<std::vector<Group>> load(const Call& call, const catalog::Selection& selection) {
  std::vector<Group> found;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(found, catalog::loadGroups(writer.link(), selection));
    return {};
  }));
  return found;
}

base::Result<Group> named(const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "group", "group"));
  SCRIM_TRY(auto found, load(call, {false, {id}}));
  if (found.empty()) return noSuch("group", std::to_string(id));
  return std::move(found.front());
}

/// The group that the path names, as it is inside a change.
base::Result<Group> present(catalog::Writer& writer, const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "group", "group"));
  SCRIM_TRY(auto found, catalog::loadGroups(writer.link(), {false, {id}}));
  if (found.empty()) return noSuch("group", std::to_string(id));
  return std::move(found.front());
}

base::Result<void> checkOurs(const Group& group) {
  if (group.builtIn) return {};
  return Error{ErrorCode::duplicateObject,
               "The group is read only: it comes from the directory " + group.directories.front() + ".",
               {},
               "Change it there."};
}

base::Result<void> checkUnused(catalog::Writer& writer, const Group& group) {
  SCRIM_TRY(std::string use, useOfGroup(writer, group.name));
  SCRIM_TRY(const auto rules, catalog::loadRules(writer.link()));
  for (const policy::Rule& rule : rules) {
    const bool named = rule.sentence != nullptr && policy::groupsNamed(*rule.sentence).contains(group.name);
    if (use.empty() && named) use = "rule " + std::to_string(rule.id.value) + " names it";
  }
  if (use.empty()) return {};
  return Error{ErrorCode::duplicateObject, "The group is in use: " + use + "."};
}

ObjectPtr showMember(const Call& call, const catalog::User& user) {
  ObjectPtr out = contract::newObject();
  out->set("user", user.name);
  out->set("disabled", user.disabled);
  const auto directory = call.snapshot->identityProvider(user.provider);
  if (directory != nullptr) out->set("directory", directory->name);
  return out;
}

base::Result<std::string> readMember(contract::Fields& fields) { return fields.text("user"); }

/// In or out; what is so already stays so.
base::Result<Answer> setMember(Call& call, const std::string& name, bool in) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Group group, present(writer, call));
    SCRIM_CHECK_OK(checkOurs(group));
    SCRIM_TRY(catalog::User user, users::presentUser(writer, call, name));
    SCRIM_CHECK_OK(users::checkMightier(*call.caller, user, user));
    if (!user.isBuiltIn()) {
      return Error{ErrorCode::duplicateObject,
                   "The user comes from a directory, which says their groups.",
                   {},
                   "Change them there."};
    }
    if (in) user.groups.insert(group.name);
    if (!in) user.groups.erase(group.name);
    SCRIM_CHECK_OK(save(writer, user));
    return Outcome{Answer{}, "user " + user.name + (in ? " put into group " : " taken out of group ") + group.name};
  });
}

}  // namespace

base::Result<Answer> list(Call& call) {
  const std::string part = call.query("q").value_or("");
  SCRIM_TRY(const std::vector<Group> all, load(call, {}));
  return pageAnswer(
      call, all, [](const Group& each) { return each.id.value; },
      [&](const Group& each) { return contains(each.name, part); }, show);
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const Group group, named(call));
  return answerOf(show(group));
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(const Group wanted, readBody<Group>(call, readNew));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    Group group = wanted;
    SCRIM_TRY(group.id, save(writer, group));
    return Outcome{createdAnswer(show(group), "/api/v1/groups/" + std::to_string(group.id.value)),
                   "group " + group.name + " made: " + contract::written(show(group)), true};
  });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(const Group wanted, readBody<Group>(call, readChange));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(Group group, present(writer, call));
    SCRIM_CHECK_OK(checkOurs(group));
    SCRIM_CHECK_OK(holdMatch(call, show(group)));
    group.description = wanted.description;
    SCRIM_CHECK_OK(save(writer, group));
    return Outcome{answerOf(show(group)), "group " + group.name + " changed: " + contract::written(show(group)), true};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Group group, present(writer, call));
    SCRIM_CHECK_OK(checkOurs(group));
    SCRIM_CHECK_OK(holdMatch(call, show(group)));
    SCRIM_CHECK_OK(checkUnused(writer, group));
    SCRIM_CHECK_OK(removeGroup(writer, group.id));
    return Outcome{Answer{}, "group " + group.name + " removed", true};
  });
}

base::Result<Answer> members(Call& call) {
  SCRIM_TRY(const Group group, named(call));
  return pageAnswer(
      call, call.snapshot->users(), [](const auto& user) { return user->id.value; },
      [&](const auto& user) { return user->groups.contains(group.name); },
      [&](const auto& user) { return showMember(call, *user); });
}

base::Result<Answer> addMember(Call& call) {
  SCRIM_TRY(const std::string name, readBody<std::string>(call, readMember));
  return setMember(call, name, true);
}

base::Result<Answer> removeMember(Call& call) { return setMember(call, call.parameter("user"), false); }

}  // namespace scrim::api::groups
