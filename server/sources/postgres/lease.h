// SPDX-License-Identifier: Apache-2.0
// Lease: a pool's connection on loan, and the place in its holder's share that it takes. Its end gives both back: the
// connection is kept if it is clean, else closed. Move-only; the pool's thread.
#pragma once

#include <memory>

#include "server/sources/postgres/budget.h"
#include "server/sources/postgres/upstream_connection.h"

namespace scrim::postgres {

class Pool;

class Lease {
 public:
  Lease() = default;
  Lease(std::shared_ptr<Pool> pool, std::unique_ptr<UpstreamConnection> connection, Place place)
      : pool_(std::move(pool)), connection_(std::move(connection)), place_(std::move(place)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { giveBack(); }
  explicit operator bool() const { return connection_ != nullptr; }
  UpstreamConnection* operator->() const { return connection_.get(); }
  UpstreamConnection& operator*() const { return *connection_; }
  void giveBack();
  bool isChargedTo(const BudgetPtr& share) const { return place_.isOf(share); }
  /// From now on it counts among those of another holder, even where that share is used up.
  void chargeTo(const BudgetPtr& share) {
    if (!place_.isOf(share)) place_ = Place::takeAnyway(share);
  }

 private:
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<UpstreamConnection> connection_;
  Place place_;
};

}  // namespace scrim::postgres
