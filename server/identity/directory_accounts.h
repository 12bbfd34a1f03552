// SPDX-License-Identifier: Apache-2.0
// DirectoryAccounts: people of directories as accounts of the catalog. An account is made at the first login; groups
// and attributes are the directory's, permissions and "disabled" are ours. The catalog is only written when something
// differs, and every instance then has it. Any thread.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "ldap/user.h"
#include "server/catalog/catalog.h"
#include "server/identity/directories.h"

namespace scrim::identity {

/// The account as the directory has it now; `present`: as it was, with what is ours; nullptr: there was none.
catalog::User accountOf(const catalog::IdentityProvider& provider, const ldap::DirectoryUser& user,
                        const catalog::User* present);

/// Whether the account is that person's and says what the directory says.
bool isUpToDate(const catalog::User& account, const catalog::IdentityProvider& provider,
                const ldap::DirectoryUser& user);

class DirectoryAccounts {
 public:
  /// Both outlive it.
  DirectoryAccounts(catalog::Catalog& catalog, Directories& directories)
      : catalog_(catalog), directories_(directories) {}

  /// The account, made or brought up to date. Errors: invalidPassword, with the reason: the name is a built-in user's
  /// or comes from another directory, or another person had it (what was given to them must not pass on); those of the
  /// catalog.
  base::Result<catalog::UserPtr> keep(const catalog::IdentityProvider& provider, const ldap::DirectoryUser& user);

  /// The directory does not let them in any more: `why`. Their sessions end everywhere.
  base::Result<void> withdraw(const catalog::User& account, std::string_view why);

  /// Asks the account's directory and does what it says; returns its provider's `refresh`. Blocks as ldap::Directory.
  base::Result<std::chrono::seconds> askAgain(base::UserId id, const std::stop_token& stop);

 private:
  catalog::Catalog& catalog_;
  Directories& directories_;
};

}  // namespace scrim::identity
