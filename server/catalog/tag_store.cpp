// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/tag_store.h"

namespace scrim::catalog {

base::Result<std::vector<Tag>> loadTags(store::Link& link, const Selection& selection) {
  SCRIM_TRY(store::Rows rows, link.run("SELECT id, name, description FROM scrim.tag_name"
                                       " WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[]) ORDER BY id",
                                       {selection.parameter()}));
  std::vector<Tag> tags;
  for (int row = 0; row < rows.size(); ++row) {
    tags.push_back({rows.integer(row, 0), rows.string(row, 1), rows.string(row, 2)});
  }
  return tags;
}

base::Result<std::int64_t> save(Writer& writer, const Tag& tag) {
  if (tag.id != 0) {
    SCRIM_CHECK_OK(writer.link().run("UPDATE scrim.tag_name SET description = $2 WHERE id = $1::bigint",
                                     {store::value(tag.id), tag.description}));
    return tag.id;
  }
  SCRIM_TRY(store::Rows rows,
            writer.link().run("INSERT INTO scrim.tag_name (name, description) VALUES ($1, $2) RETURNING id",
                              {tag.name, tag.description}));
  return rows.integer(0, 0);
}

base::Result<void> keepTags(Writer& writer, const std::set<std::string>& names) {
  if (names.empty()) return {};
  SCRIM_CHECK_OK(writer.link().run("INSERT INTO scrim.tag_name (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING",
                                   {store::array(std::vector<std::string>(names.begin(), names.end()))}));
  return {};
}

base::Result<bool> isTagged(Writer& writer, const std::string& name) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run("SELECT EXISTS (SELECT FROM scrim.tag WHERE lower(tag) = lower($1))", {name}));
  return rows.boolean(0, 0);
}

base::Result<void> removeTag(Writer& writer, std::int64_t id) {
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.tag_name WHERE id = $1::bigint", {store::value(id)}));
  return {};
}

}  // namespace scrim::catalog
