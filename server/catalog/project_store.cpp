// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/project_store.h"

#include "common/base/hash.h"
#include "common/base/log.h"

namespace scrim::catalog {
namespace {

using store::Rows;
using store::Value;

constexpr std::size_t kHashKeyBytes = 32;

constexpr const char* kSelect =
    "SELECT id, name, description, enabled, acknowledgement, acknowledgement_version, masked_joins, hash_key,"
    " ARRAY(SELECT u.name FROM scrim.project_purpose x JOIN scrim.purpose u ON u.id = x.purpose_id"
    " WHERE x.project_id = p.id),"
    " ARRAY(SELECT account_id::text FROM scrim.project_user x WHERE x.project_id = p.id),"
    " ARRAY(SELECT group_name FROM scrim.project_group x WHERE x.project_id = p.id),"
    " ARRAY(SELECT data_source_id::text FROM scrim.project_data_source x WHERE x.project_id = p.id),"
    " ARRAY(SELECT account_id::text FROM scrim.project_acknowledgement x"
    " WHERE x.project_id = p.id AND x.version = p.acknowledgement_version)"
    " FROM scrim.project p WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[]) ORDER BY id";

std::string placeOf(std::int64_t id) { return "project hash key " + std::to_string(id); }

template <typename Id>
std::set<Id> idsFrom(const Rows& rows, int row, int column) {
  std::set<Id> ids;
  for (const std::string& text : rows.strings(row, column)) ids.insert(Id{std::stoll(text)});
  return ids;
}

std::set<std::string> textsFrom(const Rows& rows, int row, int column) {
  const auto texts = rows.strings(row, column);
  return {texts.begin(), texts.end()};
}

template <typename Id>
Value idArray(const std::set<Id>& ids) {
  Ids numbers;
  for (const Id& id : ids) numbers.push_back(id.value);
  return store::array(numbers);
}

Value textArray(const std::set<std::string>& texts) {
  return store::array(std::vector<std::string>(texts.begin(), texts.end()));
}

Project projectFrom(const Rows& rows, int row) {
  Project project;
  project.id = {rows.integer(row, 0)};
  project.name = rows.string(row, 1);
  project.description = rows.string(row, 2);
  project.enabled = rows.boolean(row, 3);
  project.acknowledgement = rows.string(row, 4);
  project.acknowledgementVersion = static_cast<int>(rows.integer(row, 5));
  project.maskedJoins = rows.boolean(row, 6);
  project.purposes = textsFrom(rows, row, 8);
  project.users = idsFrom<base::UserId>(rows, row, 9);
  project.groups = textsFrom(rows, row, 10);
  project.dataSources = idsFrom<base::DataSourceId>(rows, row, 11);
  project.acknowledged = idsFrom<base::UserId>(rows, row, 12);
  return project;
}

bool same(const Project& left, const Project& right) {
  return left.description == right.description && left.enabled == right.enabled && left.purposes == right.purposes &&
         left.acknowledgement == right.acknowledgement && left.maskedJoins == right.maskedJoins;
}

base::Result<void> insertText(Writer& writer, base::ProjectId id, int version, const std::string& text) {
  SCRIM_CHECK_OK(writer.link().run(
      "INSERT INTO scrim.project_text (project_id, version, text, author) VALUES ($1::bigint, $2::integer, $3, $4)",
      {store::value(id.value), store::value(std::int64_t{version}), text, writer.author()}));
  return {};
}

base::Result<base::ProjectId> insertHead(Writer& writer, const Project& project) {
  // The id is drawn first: the key is sealed for the place it is kept in.
  SCRIM_TRY(Rows drawn, writer.link().run("SELECT nextval(pg_get_serial_sequence('scrim.project', 'id'))"));
  const base::ProjectId id{drawn.integer(0, 0)};
  const base::Secret key(base::randomBytes(kHashKeyBytes));
  SCRIM_CHECK_OK(writer.link().run(
      "INSERT INTO scrim.project (id, name, description, enabled, acknowledgement, acknowledgement_version,"
      " masked_joins, hash_key) OVERRIDING SYSTEM VALUE"
      " VALUES ($1::bigint, $2, $3, $4::boolean, $5, 1, $6::boolean, $7::bytea)",
      {store::value(id.value), project.name, project.description, store::value(project.enabled),
       project.acknowledgement, store::value(project.maskedJoins),
       store::bytes(writer.box().seal(key.reveal(), placeOf(id.value)))}));
  SCRIM_CHECK_OK(insertText(writer, id, 1, project.acknowledgement));
  return id;
}

base::Result<void> updateHead(Writer& writer, const Project& before, const Project& project) {
  const bool another = before.acknowledgement != project.acknowledgement;
  const int version = before.acknowledgementVersion + (another ? 1 : 0);
  if (another) SCRIM_CHECK_OK(insertText(writer, project.id, version, project.acknowledgement));
  SCRIM_CHECK_OK(writer.link().run(
      "UPDATE scrim.project SET description = $2, enabled = $3::boolean, acknowledgement = $4,"
      " acknowledgement_version = $5::integer, masked_joins = $6::boolean WHERE id = $1::bigint",
      {store::value(project.id.value), project.description, store::value(project.enabled), project.acknowledgement,
       store::value(std::int64_t{version}), store::value(project.maskedJoins)}));
  return {};
}

base::Result<void> savePurposes(Writer& writer, base::ProjectId id, const std::set<std::string>& purposes) {
  const Value number = store::value(id.value);
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.project_purpose WHERE project_id = $1::bigint", {number}));
  SCRIM_CHECK_OK(
      writer.link().run("INSERT INTO scrim.project_purpose SELECT $1::bigint, id FROM scrim.purpose"
                        " WHERE lower(name) IN (SELECT lower(wanted) FROM unnest($2::text[]) wanted)",
                        {number, textArray(purposes)}));
  return {};
}

}  // namespace

base::Result<std::vector<Project>> loadProjects(store::Link& link, const store::SecretBox& box,
                                                const Selection& selection) {
  SCRIM_TRY(Rows rows, link.run(kSelect, {selection.parameter()}));
  std::vector<Project> projects;
  for (int row = 0; row < rows.size(); ++row) {
    Project project = projectFrom(rows, row);
    auto key = box.open(rows.bytes(row, 7), placeOf(project.id.value));
    if (!key || key->reveal().size() != kHashKeyBytes) {
      base::logError("catalog", "project left out: its hash key cannot be opened", {{"project", project.name}});
      continue;
    }
    project.hashKey = std::move(key).value();
    projects.push_back(std::move(project));
  }
  return projects;
}

base::Result<base::ProjectId> save(Writer& writer, const Project& project) {
  base::ProjectId id = project.id;
  if (!id) {
    SCRIM_TRY(id, insertHead(writer, project));
  } else {
    SCRIM_TRY(auto stored, loadProjects(writer.link(), writer.box(), {false, {id.value}}));
    if (stored.size() == 1 && same(stored[0], project)) return id;
    if (stored.size() != 1) {
      return base::Error{base::ErrorCode::configInvalid, "The project's hash key cannot be opened."};
    }
    SCRIM_CHECK_OK(updateHead(writer, stored[0], project));
  }
  SCRIM_CHECK_OK(savePurposes(writer, id, project.purposes));
  writer.changed(Noun::project, id.value);
  return id;
}

base::Result<void> saveMembers(Writer& writer, base::ProjectId id, const std::set<base::UserId>& users,
                               const std::set<std::string>& groups) {
  const Value number = store::value(id.value);
  for (const char* table : {"project_user", "project_group"}) {
    SCRIM_CHECK_OK(
        writer.link().run("DELETE FROM scrim." + std::string(table) + " WHERE project_id = $1::bigint", {number}));
  }
  SCRIM_CHECK_OK(
      writer.link().run("INSERT INTO scrim.project_user SELECT $1::bigint, id FROM scrim.account"
                        " WHERE id = ANY ($2::bigint[])",
                        {number, idArray(users)}));
  SCRIM_CHECK_OK(writer.link().run("INSERT INTO scrim.project_group SELECT $1::bigint, * FROM unnest($2::text[])",
                                   {number, textArray(groups)}));
  writer.changed(Noun::project, id.value);
  return {};
}

base::Result<void> saveDataSources(Writer& writer, base::ProjectId id, const std::set<base::DataSourceId>& sources) {
  const Value number = store::value(id.value);
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.project_data_source WHERE project_id = $1::bigint", {number}));
  SCRIM_CHECK_OK(
      writer.link().run("INSERT INTO scrim.project_data_source SELECT $1::bigint, id FROM scrim.data_source"
                        " WHERE id = ANY ($2::bigint[])",
                        {number, idArray(sources)}));
  writer.changed(Noun::project, id.value);
  return {};
}

base::Result<void> removeProject(Writer& writer, base::ProjectId id) {
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.project WHERE id = $1::bigint", {store::value(id.value)}));
  writer.changed(Noun::project, id.value);
  return {};
}

base::Result<void> acknowledge(Writer& writer, const Project& project, const User& user) {
  SCRIM_TRY(Rows rows, writer.link().run(
                           "INSERT INTO scrim.project_acknowledgement (project_id, version, account_id, user_name)"
                           " VALUES ($1::bigint, $2::integer, $3::bigint, $4) ON CONFLICT DO NOTHING",
                           {store::value(project.id.value), store::value(std::int64_t{project.acknowledgementVersion}),
                            store::value(user.id.value), user.name}));
  if (rows.affected() > 0) writer.changed(Noun::project, project.id.value);
  return {};
}

base::Result<std::vector<Acknowledgement>> loadAcknowledgements(store::Link& link, base::ProjectId project,
                                                                std::int64_t after, std::int64_t limit) {
  SCRIM_TRY(Rows rows, link.run("SELECT id, user_name, version,"
                                " to_char(acknowledged_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                                " FROM scrim.project_acknowledgement WHERE project_id = $1::bigint AND id > $2::bigint"
                                " ORDER BY id LIMIT $3::bigint",
                                {store::value(project.value), store::value(after), store::value(limit)}));
  std::vector<Acknowledgement> all;
  for (int row = 0; row < rows.size(); ++row) {
    all.push_back(
        {rows.integer(row, 0), rows.string(row, 1), static_cast<int>(rows.integer(row, 2)), rows.string(row, 3)});
  }
  return all;
}

}  // namespace scrim::catalog
