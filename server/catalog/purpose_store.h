// SPDX-License-Identifier: Apache-2.0
// Purposes in the catalog's database. Errors: those of store::Link.
#pragma once

#include <string_view>
#include <vector>

#include "server/catalog/project.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

base::Result<std::vector<Purpose>> loadPurposes(store::Link& link, const Selection& selection = {});
/// nullptr: there is none. Letter case does not count.
const Purpose* purposeNamed(const std::vector<Purpose>& all, std::string_view name);
/// Inserts (id 0) or replaces the description; does nothing if nothing differs. Returns the id.
base::Result<base::PurposeId> save(Writer& writer, const Purpose& purpose);
/// Errors: sourceError 23503 while a project has it.
base::Result<void> removePurpose(Writer& writer, base::PurposeId id);

}  // namespace scrim::catalog
