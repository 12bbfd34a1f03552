// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/subscription_store.h"

namespace scrim::catalog {

base::Result<std::map<base::DataSourceId, Grants>> loadGrants(store::Link& link, const Selection& selection) {
  SCRIM_TRY(store::Rows rows, link.run("SELECT data_source_id, user_name, group_name FROM scrim.subscription"
                                       " WHERE $1::bigint[] IS NULL OR data_source_id = ANY ($1::bigint[])",
                                       {selection.parameter()}));
  std::map<base::DataSourceId, Grants> all;
  for (int row = 0; row < rows.size(); ++row) {
    Grants& grants = all[{rows.integer(row, 0)}];
    if (!rows.text(row, 1).empty()) grants.users.insert(rows.string(row, 1));
    if (!rows.text(row, 2).empty()) grants.groups.insert(rows.string(row, 2));
  }
  return all;
}

base::Result<void> withdrawGrants(Writer& writer, const std::string& user) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run("DELETE FROM scrim.subscription WHERE user_name = $1 RETURNING data_source_id", {user}));
  for (int row = 0; row < rows.size(); ++row) writer.changed(Noun::subscription, rows.integer(row, 0));
  return {};
}

base::Result<void> saveGrants(Writer& writer, base::DataSourceId source, const Grants& given) {
  Grants grants;
  for (const std::string& user : given.users) grants.users.insert(normalisedUserName(user));
  grants.groups = given.groups;
  SCRIM_TRY(auto stored, loadGrants(writer.link(), {false, {source.value}}));
  const Grants& old = stored[source];
  if (old.users == grants.users && old.groups == grants.groups) return {};
  store::Value id = store::value(source.value);
  std::vector<std::string> users(grants.users.begin(), grants.users.end());
  std::vector<std::string> groups(grants.groups.begin(), grants.groups.end());
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.subscription WHERE data_source_id = $1::bigint", {id}));
  SCRIM_CHECK_OK(
      writer.link().run("INSERT INTO scrim.subscription SELECT $1::bigint, name, '' FROM unnest($2::text[]) name"
                        " UNION ALL SELECT $1::bigint, '', name FROM unnest($3::text[]) name",
                        {id, store::array(users), store::array(groups)}));
  writer.changed(Noun::subscription, source.value);
  return {};
}

}  // namespace scrim::catalog
