// SPDX-License-Identifier: Apache-2.0
// DirectorySync: reads each directory as a whole every provider.sync, and asks again about every account that differs
// from what was read or is not there any more. It makes no accounts. What it finds this way is as fresh as at a login:
// a long read never overwrites what was learned meanwhile. Any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

#include "common/base/clock.h"
#include "server/catalog/catalog.h"
#include "server/identity/directories.h"
#include "server/identity/directory_accounts.h"
#include "server/identity/lane.h"

namespace scrim::identity {

class DirectorySync {
 public:
  /// All of them outlive it.
  DirectorySync(catalog::Catalog& catalog, Directories& directories, DirectoryAccounts& accounts,
                const base::Clock& clock);
  ~DirectorySync();
  DirectorySync(const DirectorySync&) = delete;
  DirectorySync& operator=(const DirectorySync&) = delete;

  void stop();

 private:
  struct Plan {
    base::MonotonicTime last;
    std::unique_ptr<Lane> lane;
  };

  void keepTime(const std::stop_token& stop);
  void beginDue();
  void run(base::IdentityProviderId id, const std::stop_token& stop);
  /// The accounts that do not look as the directory has them.
  base::Result<std::vector<base::UserId>> compare(const catalog::Snapshot& snapshot,
                                                  const catalog::IdentityProvider& provider,
                                                  const std::stop_token& stop);

  catalog::Catalog& catalog_;
  Directories& directories_;
  DirectoryAccounts& accounts_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::unordered_map<base::IdentityProviderId, Plan> plans_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace scrim::identity
