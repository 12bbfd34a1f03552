// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/purpose_store.h"

#include "common/schema/tag.h"

namespace scrim::catalog {

const Purpose* purposeNamed(const std::vector<Purpose>& all, std::string_view name) {
  for (const Purpose& each : all) {
    if (schema::foldedTag(each.name) == schema::foldedTag(name)) return &each;
  }
  return nullptr;
}

base::Result<std::vector<Purpose>> loadPurposes(store::Link& link, const Selection& selection) {
  SCRIM_TRY(store::Rows rows, link.run("SELECT id, name, description FROM scrim.purpose"
                                       " WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[]) ORDER BY id",
                                       {selection.parameter()}));
  std::vector<Purpose> purposes;
  for (int row = 0; row < rows.size(); ++row) {
    purposes.push_back({{rows.integer(row, 0)}, rows.string(row, 1), rows.string(row, 2)});
  }
  return purposes;
}

base::Result<base::PurposeId> save(Writer& writer, const Purpose& purpose) {
  base::PurposeId id = purpose.id;
  if (!id) {
    SCRIM_TRY(store::Rows rows,
              writer.link().run("INSERT INTO scrim.purpose (name, description) VALUES ($1, $2) RETURNING id",
                                {purpose.name, purpose.description}));
    id = {rows.integer(0, 0)};
  } else {
    SCRIM_TRY(store::Rows rows, writer.link().run("UPDATE scrim.purpose SET description = $2 WHERE id = $1::bigint"
                                                  " AND description <> $2",
                                                  {store::value(id.value), purpose.description}));
    if (rows.affected() == 0) return id;
  }
  writer.changed(Noun::purpose, id.value);
  return id;
}

base::Result<void> removePurpose(Writer& writer, base::PurposeId id) {
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.purpose WHERE id = $1::bigint", {store::value(id.value)}));
  writer.changed(Noun::purpose, id.value);
  return {};
}

}  // namespace scrim::catalog
