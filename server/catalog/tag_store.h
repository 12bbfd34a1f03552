// SPDX-License-Identifier: Apache-2.0
// Tags as names with a description, in the catalog's database. What has a tag is kept with the data source; policy
// knows tags by name alone, so that no snapshot holds them. Letter case does not count. Errors: those of store::Link.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "server/catalog/writer.h"

namespace scrim::catalog {

struct Tag {
  std::int64_t id = 0;
  std::string name;  // never changes: rules name it
  std::string description;
};

base::Result<std::vector<Tag>> loadTags(store::Link& link, const Selection& selection = {});
/// Inserts (id 0) or replaces the description. Returns the id. Errors: duplicateObject with a SQLSTATE: it is there.
base::Result<std::int64_t> save(Writer& writer, const Tag& tag);
/// Makes tags of the names that are none yet.
base::Result<void> keepTags(Writer& writer, const std::set<std::string>& names);
/// Whether a data source or a column has it.
base::Result<bool> isTagged(Writer& writer, const std::string& name);
base::Result<void> removeTag(Writer& writer, std::int64_t id);

}  // namespace scrim::catalog
