// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/subscription_store.h"

namespace scrim::catalog {
namespace {

constexpr const char* kExpired = "Its time was over.";

/// Approved requests say what is true: the access that they gave is no more.
base::Result<void> endRequests(Writer& writer, base::DataSourceId source, const std::vector<std::string>& users,
                               const std::string& reason) {
  SCRIM_CHECK_OK(writer.link().run(
      "UPDATE scrim.access_request r SET state = 'ended', settled_at = now(), settled_by = $3, settled_reason = $4"
      " FROM scrim.account a WHERE a.id = r.account_id AND r.state = 'approved' AND r.data_source_id = $1::bigint"
      " AND a.name = ANY ($2::text[])",
      {store::value(source.value), store::array(users), writer.author(), reason}));
  return {};
}

}  // namespace

base::Result<std::map<base::DataSourceId, Grants>> loadGrants(store::Link& link, const Selection& selection) {
  SCRIM_TRY(store::Rows rows, link.run("SELECT data_source_id, user_name, group_name FROM scrim.subscription"
                                       " WHERE ($1::bigint[] IS NULL OR data_source_id = ANY ($1::bigint[]))"
                                       " AND (expires_at IS NULL OR expires_at > now())",
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
  SCRIM_TRY(store::Rows gone,
            writer.link().run("DELETE FROM scrim.subscription WHERE data_source_id = $1::bigint"
                              " AND NOT (user_name = ANY ($2::text[]) OR group_name = ANY ($3::text[]))"
                              " RETURNING user_name",
                              {id, store::array(users), store::array(groups)}));
  std::vector<std::string> left;
  for (int row = 0; row < gone.size(); ++row) left.push_back(gone.string(row, 0));
  SCRIM_CHECK_OK(endRequests(writer, source, left, "Taken from the subscribers."));
  SCRIM_CHECK_OK(
      writer.link().run("INSERT INTO scrim.subscription SELECT $1::bigint, name, '' FROM unnest($2::text[]) name"
                        " UNION ALL SELECT $1::bigint, '', name FROM unnest($3::text[]) name ON CONFLICT DO NOTHING",
                        {id, store::array(users), store::array(groups)}));
  writer.changed(Noun::subscription, source.value);
  return {};
}

base::Result<void> grant(Writer& writer, base::DataSourceId source, const std::string& user,
                         std::int64_t lifetimeSeconds) {
  SCRIM_CHECK_OK(writer.link().run(
      "INSERT INTO scrim.subscription AS s (data_source_id, user_name, group_name, expires_at) VALUES ($1::bigint, $2,"
      " '', CASE WHEN $3::bigint > 0 THEN now() + make_interval(secs => $3::bigint) END)"
      " ON CONFLICT (data_source_id, user_name, group_name) DO UPDATE SET expires_at ="
      " CASE WHEN s.expires_at IS NULL OR excluded.expires_at IS NULL THEN NULL"
      " ELSE greatest(s.expires_at, excluded.expires_at) END",
      {store::value(source.value), user, store::value(lifetimeSeconds)}));
  writer.changed(Noun::subscription, source.value);
  return {};
}

base::Result<void> endGrant(Writer& writer, base::DataSourceId source, const std::string& user,
                            const std::string& reason) {
  SCRIM_CHECK_OK(
      writer.link().run("DELETE FROM scrim.subscription WHERE data_source_id = $1::bigint AND user_name = $2",
                        {store::value(source.value), user}));
  SCRIM_CHECK_OK(endRequests(writer, source, {user}, reason));
  writer.changed(Noun::subscription, source.value);
  return {};
}

base::Result<bool> anyGrantExpired(store::Link& link) {
  SCRIM_TRY(store::Rows rows, link.run("SELECT EXISTS (SELECT 1 FROM scrim.subscription WHERE expires_at <= now())"));
  return rows.boolean(0, 0);
}

base::Result<std::vector<EndedGrant>> endExpiredGrants(Writer& writer) {
  SCRIM_TRY(store::Rows rows, writer.link().run("DELETE FROM scrim.subscription WHERE expires_at <= now()"
                                                " RETURNING data_source_id, user_name"));
  std::vector<EndedGrant> ended;
  for (int row = 0; row < rows.size(); ++row) {
    ended.push_back({{rows.integer(row, 0)}, rows.string(row, 1)});
    SCRIM_CHECK_OK(endRequests(writer, ended.back().source, {ended.back().user}, kExpired));
    writer.changed(Noun::subscription, ended.back().source.value);
  }
  return ended;
}

}  // namespace scrim::catalog
