// SPDX-License-Identifier: Apache-2.0
// Pages: a search that is read page by page to its end. Any thread.
#pragma once

#include <functional>

#include "ldap/link.h"

namespace scrim::ldap {

/// Ends with the first error, of `onPage` or of the search. Errors besides: programLimit: more than
/// options.mostEntries, or one empty page after another.
base::Result<void> forEachPage(Link& link, const DirectoryOptions& options, const SearchRequest& request,
                               const Call& call, const std::function<base::Result<void>(const Page&)>& onPage);

}  // namespace scrim::ldap
