// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/user_store.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/api/user_parts.h"
#include "server/catalog/group_store.h"
#include "server/catalog/subscription_store.h"
#include "server/catalog/token_store.h"
#include "server/identity/scram_verifier.h"
#include "server/identity/token_logins.h"

namespace scrim::api::users {
namespace {

constexpr std::array<std::string_view, 5> kPermissions{"ADMIN", "GOVERNOR", "USER_ADMIN", "CREATE_DATA_SOURCE",
                                                       "AUDIT"};

struct Wanted {
  catalog::User user;  // without id
  std::optional<base::Secret> password;
};

ObjectPtr show(const catalog::User& user) {
  ObjectPtr out = contract::newObject();
  out->set("id", user.id.value);
  out->set("name", user.name);
  out->set("groups", textArray(user.groups));
  out->set("attributes", attributesObject(user.attributes));
  out->set("permissions", textArray(user.permissions));
  out->set("disabled", user.disabled);
  return out;
}

base::Result<Wanted> readChange(contract::Fields& fields) {
  Wanted wanted;
  SCRIM_TRY(const auto groups, optionalTexts(fields, "groups"));
  for (const std::string& group : groups) SCRIM_CHECK_OK(checkName(group, fields.placeOf("groups")));
  wanted.user.groups.insert(groups.begin(), groups.end());
  SCRIM_TRY(wanted.user.attributes, readAttributes(fields, "attributes"));
  SCRIM_TRY(const auto permissions, optionalTexts(fields, "permissions"));
  for (const std::string& permission : permissions) {
    if (std::find(kPermissions.begin(), kPermissions.end(), permission) == kPermissions.end()) {
      return contract::wrongAt(fields.placeOf("permissions"),
                               "the permissions are ADMIN, GOVERNOR, USER_ADMIN, CREATE_DATA_SOURCE and AUDIT");
    }
    wanted.user.permissions.insert(permission);
  }
  SCRIM_TRY(wanted.user.disabled, optionalFlag(fields, "disabled", false));
  if (!fields.has("password")) return wanted;
  SCRIM_TRY(std::string password, fields.text("password"));
  SCRIM_CHECK_OK(checkPasswordText(password, fields.placeOf("password")));
  wanted.password = base::Secret(std::move(password));
  return wanted;
}

base::Result<Wanted> readNew(contract::Fields& fields) {
  SCRIM_TRY(const std::string name, fields.text("name"));
  SCRIM_CHECK_OK(checkName(name, fields.placeOf("name")));
  if (identity::TokenLogins::accountIn(catalog::normalisedUserName(name))) {
    return contract::wrongAt(fields.placeOf("name"), "a name that begins with token: stands for a login by token");
  }
  SCRIM_TRY(Wanted wanted, readChange(fields));
  if (!wanted.password) return contract::wrongAt("$", "the field \"password\" is missing");
  wanted.user.name = catalog::normalisedUserName(name);
  return wanted;
}

/// Permissions are given by those who hold them all; a USER_ADMIN cannot make somebody mightier than ADMIN allows.
base::Result<void> checkGrants(const Caller& caller, const std::set<std::string>& before,
                               const std::set<std::string>& after) {
  if (caller.has("ADMIN") || before == after) return {};
  return base::Error{base::ErrorCode::permissionDenied, "You need the permission ADMIN to give or take permissions."};
}

/// What its owners' names open must not fall to the next account of that name.
base::Result<void> ownsNothing(catalog::Writer& writer, const catalog::User& user) {
  SCRIM_TRY(const bool owner, ownsDataSources(writer, user.name));
  if (!owner) return {};
  return base::Error{base::ErrorCode::duplicateObject,
                     "The user owns data sources: another account of that name would own them.",
                     {},
                     "Give them to other owners first, or disable the account."};
}

/// Who comes from a directory has their groups and attributes from it, and there alone a password.
base::Result<void> checkTheirs(const catalog::User& before, const Wanted& wanted) {
  if (before.isBuiltIn()) return {};
  const char* field = nullptr;
  if (wanted.password) field = "$.password";
  if (wanted.user.attributes != before.attributes) field = "$.attributes";
  if (wanted.user.groups != before.groups) field = "$.groups";
  if (field == nullptr) return {};
  return base::Error{base::ErrorCode::invalidValue,
                     "The user comes from a directory, which says their groups, attributes and password.", field,
                     "Change them there."};
}

/// Directories alone say who is in their groups.
base::Result<void> checkNewGroups(catalog::Writer& writer, const catalog::User& wanted,
                                  const std::set<std::string>& before) {
  std::set<std::string> more;
  std::set_difference(wanted.groups.begin(), wanted.groups.end(), before.begin(), before.end(),
                      std::inserter(more, more.end()));
  SCRIM_TRY(const auto theirs, directoryGroups(writer, more));
  if (!wanted.isBuiltIn() || theirs.empty()) return {};
  return base::Error{base::ErrorCode::invalidValue, "The group " + theirs.front() + " is a directory's.", "$.groups"};
}

/// Without an administrator, nobody could make one again.
base::Result<void> leavesAnAdministrator(catalog::Writer& writer) {
  SCRIM_TRY(const bool left, catalog::anyAdministrator(writer));
  if (left) return {};
  return base::Error{base::ErrorCode::invalidValue,
                     "Nobody would be left who holds ADMIN and may sign in.",
                     {},
                     "Give ADMIN to another user first."};
}

}  // namespace

base::Result<void> checkMightier(const Caller& caller, const catalog::User& before, const catalog::User& wanted) {
  const bool wakes = before.disabled && !wanted.disabled && !before.permissions.empty();
  if (caller.has("ADMIN") || (!before.permissions.contains("ADMIN") && !wakes)) return {};
  return base::Error{base::ErrorCode::permissionDenied, "You need the permission ADMIN to change this account so."};
}

base::Result<catalog::User> presentUser(catalog::Writer& writer, const Call& call, const std::string& name) {
  const catalog::UserPtr known = call.snapshot->user(name);
  const auto missing = noSuch("user", name);
  if (known == nullptr) return missing;
  SCRIM_TRY(auto found, catalog::loadUsers(writer.link(), {false, {known->id.value}}));
  if (found.empty()) return missing;
  return std::move(found.front());
}

base::Result<Answer> list(Call& call) {
  const std::string part = call.query("q").value_or("");
  const auto group = call.query("group");
  return pageAnswer(
      call, call.snapshot->users(), [](const auto& user) { return user->id.value; },
      [&](const auto& user) { return contains(user->name, part) && (!group || user->groups.contains(*group)); },
      [](const auto& user) { return show(*user); });
}

base::Result<Answer> get(Call& call) {
  const catalog::UserPtr user = call.snapshot->user(call.parameter("user"));
  if (user == nullptr) return noSuch("user", call.parameter("user"));
  return answerOf(show(*user));
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(Wanted wanted, readBody<Wanted>(call, readNew));
  SCRIM_CHECK_OK(checkGrants(*call.caller, {}, wanted.user.permissions));
  wanted.user.scramVerifier = identity::print(identity::makeVerifier(wanted.password->reveal()));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    catalog::User user = wanted.user;
    SCRIM_CHECK_OK(checkNewGroups(writer, user, {}));
    SCRIM_TRY(user.id, save(writer, user));
    return Outcome{createdAnswer(show(user), "/api/v1/users/" + user.name),
                   "user " + user.name + " made: " + contract::written(show(user))};
  });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(const Wanted wanted, readBody<Wanted>(call, readChange));
  const std::string verifier =
      wanted.password ? identity::print(identity::makeVerifier(wanted.password->reveal())) : "";
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const catalog::User before, presentUser(writer, call, call.parameter("user")));
    SCRIM_CHECK_OK(holdMatch(call, show(before)));
    SCRIM_CHECK_OK(checkGrants(*call.caller, before.permissions, wanted.user.permissions));
    // A password set by a mere USER_ADMIN for a mightier user would be a way to become that user.
    if (!verifier.empty()) SCRIM_CHECK_OK(checkGrants(*call.caller, before.permissions, {}));
    SCRIM_CHECK_OK(checkMightier(*call.caller, before, wanted.user));
    SCRIM_CHECK_OK(checkTheirs(before, wanted));
    catalog::User user = before;
    user.groups = wanted.user.groups;
    user.attributes = wanted.user.attributes;
    user.permissions = wanted.user.permissions;
    user.disabled = wanted.user.disabled;
    if (!verifier.empty()) user.scramVerifier = verifier;
    SCRIM_CHECK_OK(checkNewGroups(writer, user, before.groups));
    SCRIM_CHECK_OK(save(writer, user));
    SCRIM_CHECK_OK(leavesAnAdministrator(writer));
    const bool ends = !verifier.empty() || (user.disabled && !before.disabled);
    if (ends) SCRIM_CHECK_OK(removeTokensOf(writer, user.id, call.caller->token.id, true));
    return Outcome{answerOf(show(user)), "user " + user.name + " changed" + (verifier.empty() ? "" : ", password set") +
                                             (ends ? ", tokens ended" : "") + ": " + contract::written(show(user))};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const catalog::User user, presentUser(writer, call, call.parameter("user")));
    SCRIM_CHECK_OK(holdMatch(call, show(user)));
    SCRIM_CHECK_OK(checkGrants(*call.caller, user.permissions, {}));
    SCRIM_CHECK_OK(ownsNothing(writer, user));
    SCRIM_CHECK_OK(withdrawGrants(writer, user.name));
    SCRIM_CHECK_OK(removeUser(writer, user.id));
    SCRIM_CHECK_OK(leavesAnAdministrator(writer));
    return Outcome{Answer{}, "user " + user.name + " removed"};
  });
}

}  // namespace scrim::api::users
