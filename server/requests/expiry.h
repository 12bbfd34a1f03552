// SPDX-License-Identifier: Apache-2.0
// SubscriptionExpiry: a thread that ends subscriptions whose time is over, twice a second: a change of the catalog like
// any other, so every instance hears of it and open statements meet it. While the catalog is away nothing is ended, and
// past the lease nothing is served. Its end waits for the thread.
#pragma once

#include <thread>

#include "server/audit/journal.h"
#include "server/catalog/catalog.h"

namespace scrim::requests {

class SubscriptionExpiry {
 public:
  /// Both outlive this.
  SubscriptionExpiry(catalog::Catalog& catalog, audit::Journal& journal);

 private:
  void run(const std::stop_token& stop);
  base::Result<void> endNow();

  catalog::Catalog& catalog_;
  audit::Journal& journal_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace scrim::requests
