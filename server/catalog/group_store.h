// SPDX-License-Identifier: Apache-2.0
// Groups in the catalog's database. Who is in one is kept with the user (user_store.h); policy knows groups by name
// alone, so that no snapshot holds them. Errors: those of store::Link.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "server/catalog/model.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

struct Group {
  base::GroupId id;
  std::string name;  // never changes: rules name it
  std::string description;
  bool builtIn = true;                   // else its members are what directories say
  std::vector<std::string> directories;  // that bring members
};

base::Result<std::vector<Group>> loadGroups(store::Link& link, const Selection& selection = {});
/// Inserts (id 0) or replaces the description. Returns the id. Errors: duplicateObject: there is one of that name.
base::Result<base::GroupId> save(Writer& writer, const Group& group);
/// Those names that are directories' groups.
base::Result<std::vector<std::string>> directoryGroups(Writer& writer, const std::set<std::string>& names);
/// What keeps the group from being removed, rules aside; empty: nothing.
base::Result<std::string> useOfGroup(Writer& writer, const std::string& name);
/// Errors: sourceError 23503 while it has members.
base::Result<void> removeGroup(Writer& writer, base::GroupId id);

}  // namespace scrim::catalog
