// SPDX-License-Identifier: Apache-2.0
// Users in the catalog's database: verifiers, never passwords. Errors: those of store::Link.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "server/catalog/model.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

base::Result<std::vector<User>> loadUsers(store::Link& link, const Selection& selection = {});
/// nullopt: there is none of that name.
base::Result<std::optional<User>> loadUser(store::Link& link, std::string_view name);
/// Inserts (id 0) or replaces; does nothing if nothing differs. Returns the id.
base::Result<base::UserId> save(Writer& writer, const User& user);
/// Whether the name is among the owners of any data source.
/// Whether somebody who may log in holds ADMIN.
base::Result<bool> anyAdministrator(Writer& writer);
base::Result<bool> ownsDataSources(Writer& writer, const std::string& name);
base::Result<void> removeUser(Writer& writer, base::UserId id);

}  // namespace scrim::catalog
