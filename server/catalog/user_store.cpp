// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/user_store.h"

#include "server/catalog/snapshot.h"

namespace scrim::catalog {
namespace {

constexpr const char* kSelect =
    "SELECT a.id, a.name, a.scram_verifier, a.disabled,"
    " ARRAY(SELECT group_name FROM scrim.account_group g WHERE g.account_id = a.id),"
    " ARRAY(SELECT permission FROM scrim.account_permission p WHERE p.account_id = a.id),"
    " ARRAY(SELECT t.name FROM scrim.account_attribute t WHERE t.account_id = a.id ORDER BY t.name, t.value),"
    " ARRAY(SELECT t.value FROM scrim.account_attribute t WHERE t.account_id = a.id ORDER BY t.name, t.value),"
    " coalesce(a.provider_id, 0), a.external_id, a.directory_state"
    " FROM scrim.account a WHERE $1::bigint[] IS NULL OR a.id = ANY ($1::bigint[]) ORDER BY a.id";

User userFrom(const store::Rows& rows, int row) {
  User user;
  user.id = {rows.integer(row, 0)};
  user.name = rows.string(row, 1);
  user.scramVerifier = rows.string(row, 2);
  user.disabled = rows.boolean(row, 3);
  for (std::string& group : rows.strings(row, 4)) user.groups.insert(std::move(group));
  for (std::string& permission : rows.strings(row, 5)) user.permissions.insert(std::move(permission));
  std::vector<std::string> names = rows.strings(row, 6);
  std::vector<std::string> values = rows.strings(row, 7);
  for (std::size_t i = 0; i < names.size() && i < values.size(); ++i) user.attributes[names[i]].insert(values[i]);
  user.provider = {rows.integer(row, 8)};
  user.externalId = rows.string(row, 9);
  user.directoryState = rows.string(row, 10);
  return user;
}

bool same(const User& left, const User& right) {
  return left.name == right.name && left.scramVerifier == right.scramVerifier && left.disabled == right.disabled &&
         left.groups == right.groups && left.attributes == right.attributes && left.permissions == right.permissions &&
         left.provider == right.provider && left.externalId == right.externalId &&
         left.directoryState == right.directoryState;
}

std::vector<store::Value> parametersOf(const User& user) {
  store::Value provider;
  if (user.provider) provider = store::value(user.provider.value);
  return {user.name, user.scramVerifier, store::value(user.disabled), provider, user.externalId, user.directoryState};
}

base::Result<void> saveDetails(Writer& writer, const User& user, base::UserId id) {
  store::Value owner = store::value(id.value);
  for (const char* table : {"account_group", "account_permission", "account_attribute"}) {
    SCRIM_CHECK_OK(
        writer.link().run("DELETE FROM scrim." + std::string(table) + " WHERE account_id = $1::bigint", {owner}));
  }
  std::vector<std::string> groups(user.groups.begin(), user.groups.end());
  std::vector<std::string> permissions(user.permissions.begin(), user.permissions.end());
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const auto& [name, set] : user.attributes) {
    for (const std::string& value : set) {
      names.push_back(name);
      values.push_back(value);
    }
  }
  SCRIM_CHECK_OK(writer.link().run(
      "INSERT INTO scrim.user_group (name, built_in) SELECT unnest($1::text[]), $2::boolean ON CONFLICT DO NOTHING",
      {store::array(groups), store::value(user.isBuiltIn())}));
  SCRIM_CHECK_OK(writer.link().run("INSERT INTO scrim.account_group SELECT $1::bigint, * FROM unnest($2::text[])",
                                   {owner, store::array(groups)}));
  SCRIM_CHECK_OK(writer.link().run("INSERT INTO scrim.account_permission SELECT $1::bigint, * FROM unnest($2::text[])",
                                   {owner, store::array(permissions)}));
  SCRIM_CHECK_OK(
      writer.link().run("INSERT INTO scrim.account_attribute SELECT $1::bigint, * FROM unnest($2::text[], $3::text[])",
                        {owner, store::array(names), store::array(values)}));
  return {};
}

}  // namespace

base::Result<std::vector<User>> loadUsers(store::Link& link, const Selection& selection) {
  SCRIM_TRY(store::Rows rows, link.run(kSelect, {selection.parameter()}));
  std::vector<User> users;
  for (int row = 0; row < rows.size(); ++row) users.push_back(userFrom(rows, row));
  return users;
}

base::Result<std::optional<User>> loadUser(store::Link& link, std::string_view name) {
  SCRIM_TRY(store::Rows rows,
            link.run("SELECT id FROM scrim.account WHERE name = $1", {store::Value(normalisedUserName(name))}));
  if (rows.size() == 0) return std::optional<User>();
  SCRIM_TRY(auto users, loadUsers(link, {false, {rows.integer(0, 0)}}));
  return users.empty() ? std::optional<User>() : std::optional<User>(std::move(users.front()));
}

base::Result<base::UserId> save(Writer& writer, const User& given) {
  User user = given;
  user.name = normalisedUserName(user.name);
  if (user.id) {
    SCRIM_TRY(auto stored, loadUsers(writer.link(), {false, {user.id.value}}));
    if (stored.size() == 1 && same(stored[0], user)) return user.id;
    std::vector<store::Value> parameters = parametersOf(user);
    parameters.push_back(store::value(user.id.value));
    SCRIM_CHECK_OK(writer.link().run(
        "UPDATE scrim.account SET name = $1, scram_verifier = $2, disabled = $3::boolean, provider_id = $4::bigint,"
        " external_id = $5, directory_state = $6 WHERE id = $7::bigint",
        parameters));
  } else {
    SCRIM_TRY(store::Rows rows,
              writer.link().run("INSERT INTO scrim.account (name, scram_verifier, disabled, provider_id, external_id,"
                                " directory_state) VALUES ($1, $2, $3::boolean, $4::bigint, $5, $6) RETURNING id",
                                parametersOf(user)));
    user.id = {rows.integer(0, 0)};
  }
  SCRIM_CHECK_OK(saveDetails(writer, user, user.id));
  writer.changed(Noun::user, user.id.value);
  return user.id;
}

base::Result<bool> anyAdministrator(Writer& writer) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run(
                "SELECT EXISTS (SELECT FROM scrim.account a JOIN scrim.account_permission p ON"
                " p.account_id = a.id WHERE p.permission = 'ADMIN' AND NOT a.disabled AND a.directory_state = '')"));
  return rows.boolean(0, 0);
}

base::Result<bool> ownsDataSources(Writer& writer, const std::string& name) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run("SELECT EXISTS (SELECT FROM scrim.data_source_owner WHERE user_name = $1)", {name}));
  return rows.boolean(0, 0);
}

base::Result<void> removeUser(Writer& writer, base::UserId id) {
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.account WHERE id = $1::bigint", {store::value(id.value)}));
  writer.changed(Noun::user, id.value);
  return {};
}

}  // namespace scrim::catalog
