// SPDX-License-Identifier: Apache-2.0
// Applying a file to the catalog: all or nothing, in one change; a second time changes nothing. What the file alone
// cannot tell (references, columns, rules against columns) is checked here, and every problem is reported at its place.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/apply/document.h"
#include "server/apply/work.h"
#include "server/apply/written.h"
#include "server/catalog/catalog.h"
#include "server/catalog/introspect.h"

namespace scrim::apply {

/// The password that `password_env` or `password_file` names. Errors: configInvalid: none.
using PasswordReader = std::function<base::Result<base::Secret>(const PasswordSource&)>;
/// From this process's environment and this machine's private files. Errors: not there, readable by others.
base::Result<base::Secret> readLocalPassword(const PasswordSource& source);
/// Puts passwords into the document.
void fetchPasswords(Document& document, const PasswordReader& read, Problems& problems);

/// What applying a document does: what differs in the catalog, and "file:line:column: text" of warnings.
struct Attempt {
  std::vector<Change> changes;
  std::vector<std::string> warnings;
};
/// Applies it within the transaction of `writer`; whoever only wants to know ends that without a commit. May be called
/// again with the same `problems`, for another try. Errors: configInvalid when there are problems; those of the
/// catalog.
base::Result<Attempt> attempt(const Document& document, catalog::Writer& writer, ShapeCache& shapes,
                              Problems& problems);

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
