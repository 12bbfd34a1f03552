// SPDX-License-Identifier: Apache-2.0
// Applying a file to the catalog: all or nothing, in one change; a second time changes nothing. What the file alone
// cannot tell (references, columns, rules against columns) is checked here, and every problem is reported at its place.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/apply/document.h"
#include "server/catalog/catalog.h"
#include "server/catalog/introspect.h"

namespace scrim::apply {

/// Fetches passwords from the environment and from private files into the document. Problems: not there, readable by
/// others.
void fetchPasswords(Document& document, Problems& problems);

struct Applied {
  base::SnapshotVersion version;
  bool changed = false;
  std::vector<std::string> warnings;  // "file:line:column: text"
};

/// Errors: configInvalid when there are problems (they are in `problems`, and nothing was changed); those of
/// Catalog::change.
base::Result<Applied> applyDocument(const Document& document, catalog::Catalog& catalog,
                                    const catalog::ReferencedTables& referencedTables, Problems& problems);

/// Reads, checks, and applies.
base::Result<Applied> applyFile(const std::string& path, catalog::Catalog& catalog,
                                const catalog::ReferencedTables& referencedTables, Problems& problems);

/// Reads and checks what can be checked without a catalog; for --check-config.
void checkApplyFile(const std::string& path, Problems& problems);

}  // namespace scrim::apply
