// SPDX-License-Identifier: Apache-2.0
// DirectoryPresence: whether a directory has told of a user lately enough, for who comes with an access token and so
// without the session that a login makes. Whoever was asked about is watched from then on (DirectoryWatch), until no
// token of theirs has been used for ten minutes. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <stop_token>
#include <unordered_map>

#include "common/base/clock.h"
#include "server/catalog/catalog.h"
#include "server/identity/confirmation.h"
#include "server/identity/directory_accounts.h"
#include "server/identity/directory_watch.h"

namespace scrim::identity {

class DirectoryPresence {
 public:
  /// All of them outlive it.
  DirectoryPresence(catalog::Catalog& catalog, DirectoryAccounts& accounts, DirectoryWatch& watch,
                    const base::Clock& clock)
      : catalog_(catalog), accounts_(accounts), watch_(watch), clock_(clock) {}

  /// Asks the directory when nobody has lately: blocks as ldap::Directory, for two callers at once at most, and the
  /// account in the catalog is another afterwards if the directory says so.
  /// Errors: tooManyConnections; sourceUnavailable; invalidAuthorization: the directory is not configured any more.
  base::Result<std::shared_ptr<const Confirmation>> of(const catalog::User& user);
  /// Questions that are being asked are given up, and no more are asked.
  void stop() { stop_.request_stop(); }

 private:
  struct Known {
    std::shared_ptr<const Confirmation> confirmation;
    base::MonotonicTime used;
  };

  std::shared_ptr<const Confirmation> known(base::UserId id);
  base::Result<void> begin(base::IdentityProviderId provider);
  base::Result<std::shared_ptr<const Confirmation>> ask(const catalog::User& user,
                                                        const catalog::IdentityProvider& provider);

  catalog::Catalog& catalog_;
  DirectoryAccounts& accounts_;
  DirectoryWatch& watch_;
  const base::Clock& clock_;
  std::stop_source stop_;
  std::mutex mutex_;
  int asking_ = 0;
  std::unordered_map<base::UserId, Known> known_;
  std::unordered_map<base::IdentityProviderId, base::MonotonicTime> silentSince_;  // last question unanswered
};

}  // namespace scrim::identity
