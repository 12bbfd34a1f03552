// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/group_store.h"

namespace scrim::catalog {
namespace {

/// A directory's group without members is only remembered.
constexpr const char* kSelect =
    "SELECT g.id, g.name, g.description, g.built_in, ARRAY(SELECT DISTINCT p.name FROM scrim.account_group m"
    " JOIN scrim.account a ON a.id = m.account_id JOIN scrim.identity_provider p ON p.id = a.provider_id"
    " WHERE m.group_name = g.name ORDER BY 1) FROM scrim.user_group g"
    " WHERE ($1::bigint[] IS NULL OR g.id = ANY ($1::bigint[]))"
    " AND (g.built_in OR EXISTS (SELECT FROM scrim.account_group m WHERE m.group_name = g.name)) ORDER BY g.id";

}  // namespace

base::Result<std::vector<Group>> loadGroups(store::Link& link, const Selection& selection) {
  SCRIM_TRY(store::Rows rows, link.run(kSelect, {selection.parameter()}));
  std::vector<Group> groups;
  for (int row = 0; row < rows.size(); ++row) {
    Group group{{rows.integer(row, 0)}, rows.string(row, 1), rows.string(row, 2), true, rows.strings(row, 4)};
    group.builtIn = rows.boolean(row, 3) || group.directories.empty();
    groups.push_back(std::move(group));
  }
  return groups;
}

base::Result<base::GroupId> save(Writer& writer, const Group& group) {
  if (group.id) {
    SCRIM_CHECK_OK(writer.link().run("UPDATE scrim.user_group SET description = $2 WHERE id = $1::bigint",
                                     {store::value(group.id.value), group.description}));
    return group.id;
  }
  SCRIM_TRY(store::Rows rows,
            writer.link().run("INSERT INTO scrim.user_group AS g (name, description, built_in) VALUES ($1, $2, true)"
                              " ON CONFLICT (name) DO UPDATE SET description = $2, built_in = true WHERE NOT g.built_in"
                              " AND NOT EXISTS (SELECT FROM scrim.account_group m WHERE m.group_name = g.name)"
                              " RETURNING id",
                              {group.name, group.description}));
  if (rows.size() == 1) return base::GroupId{rows.integer(0, 0)};
  return base::Error{base::ErrorCode::duplicateObject, "There is a group of that name already.", "$.name"};
}

base::Result<std::vector<std::string>> directoryGroups(Writer& writer, const std::set<std::string>& names) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run("SELECT g.name FROM scrim.user_group g WHERE g.name = ANY ($1::text[]) AND NOT g.built_in"
                              " AND EXISTS (SELECT FROM scrim.account_group m JOIN scrim.account a"
                              " ON a.id = m.account_id WHERE m.group_name = g.name AND a.provider_id IS NOT NULL)"
                              " ORDER BY 1",
                              {store::array(std::vector<std::string>(names.begin(), names.end()))}));
  std::vector<std::string> found;
  for (int row = 0; row < rows.size(); ++row) found.push_back(rows.string(row, 0));
  return found;
}

base::Result<std::string> useOfGroup(Writer& writer, const std::string& name) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run(
                "SELECT CASE WHEN EXISTS (SELECT FROM scrim.account_group WHERE group_name = $1) THEN 'it has members'"
                " WHEN EXISTS (SELECT FROM scrim.subscription WHERE group_name = $1)"
                " THEN 'it is among the subscribers of a data source'"
                " WHEN EXISTS (SELECT FROM scrim.project_group WHERE group_name = $1)"
                " THEN 'it is among the members of a project' ELSE '' END",
                {name}));
  return rows.string(0, 0);
}

base::Result<void> removeGroup(Writer& writer, base::GroupId id) {
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.user_group WHERE id = $1::bigint", {store::value(id.value)}));
  return {};
}

}  // namespace scrim::catalog
