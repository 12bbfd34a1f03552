// SPDX-License-Identifier: Apache-2.0
// Applying a document to the catalog: all or nothing, in one change; a second time changes nothing. What the document
// alone cannot tell (references, columns, rules against columns) is checked here, and every problem is reported at its
// place. Passwords come from whoever brings the document: this process's environment and files are not read.
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

}  // namespace scrim::apply
