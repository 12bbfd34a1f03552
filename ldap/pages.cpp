// SPDX-License-Identifier: Apache-2.0
#include "ldap/pages.h"

namespace scrim::ldap {

base::Result<void> forEachPage(Link& link, const DirectoryOptions& options, const SearchRequest& request,
                               const Call& call, const std::function<base::Result<void>(const Page&)>& onPage) {
  constexpr int kMostEmptyPages = 100;  // a busy Active Directory sends some; a server that sends many never ends
  std::string cookie;
  std::size_t entries = 0;
  int empty = 0;
  do {
    SCRIM_TRY(const Page page, link.page(request, cookie, call));
    entries += page.entries.size();
    empty = page.entries.empty() ? empty + 1 : 0;
    if (entries > options.mostEntries || empty > kMostEmptyPages) {
      return base::Error{base::ErrorCode::programLimit,
                         "The directory has more entries than are taken. Make the base or the filter narrower."};
    }
    SCRIM_CHECK_OK(onPage(page));
    cookie = page.cookie;
  } while (!cookie.empty());
  return {};
}

}  // namespace scrim::ldap
