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
    " ARRAY(SELECT t.value FROM scrim.account_attribute t WHERE t.account_id = a.id ORDER BY t.name, t.value)"
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
  return user;
}

bool same(const User& left, const User& right) {
  return left.name == right.name && left.scramVerifier == right.scramVerifier && left.disabled == right.disabled &&
         left.groups == right.groups && left.attributes == right.attributes && left.permissions == right.permissions;
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

base::Result<base::UserId> save(Writer& writer, const User& given) {
  User user = given;
  user.name = normalisedUserName(user.name);
  if (user.id) {
    SCRIM_TRY(auto stored, loadUsers(writer.link(), {false, {user.id.value}}));
    if (stored.size() == 1 && same(stored[0], user)) return user.id;
    SCRIM_CHECK_OK(writer.link().run(
        "UPDATE scrim.account SET name = $1, scram_verifier = $2, disabled = $3::boolean WHERE id = $4::bigint",
        {user.name, user.scramVerifier, store::value(user.disabled), store::value(user.id.value)}));
  } else {
    SCRIM_TRY(store::Rows rows, writer.link().run("INSERT INTO scrim.account (name, scram_verifier, disabled)"
                                                  " VALUES ($1, $2, $3::boolean) RETURNING id",
                                                  {user.name, user.scramVerifier, store::value(user.disabled)}));
    user.id = {rows.integer(0, 0)};
  }
  SCRIM_CHECK_OK(saveDetails(writer, user, user.id));
  writer.changed(Noun::user, user.id.value);
  return user.id;
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
