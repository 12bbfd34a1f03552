// SPDX-License-Identifier: Apache-2.0
// Lease: a pool's connection on loan. Its end gives the connection back: kept if it is clean, else closed. Move-only;
// the pool's thread.
#pragma once

#include <memory>

#include "server/sources/postgres/upstream_connection.h"

namespace scrim::postgres {

class Pool;

class Lease {
 public:
  Lease() = default;
  Lease(std::shared_ptr<Pool> pool, std::unique_ptr<UpstreamConnection> connection)
      : pool_(std::move(pool)), connection_(std::move(connection)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { giveBack(); }
  explicit operator bool() const { return connection_ != nullptr; }
  UpstreamConnection* operator->() const { return connection_.get(); }
  UpstreamConnection& operator*() const { return *connection_; }
  void giveBack();

 private:
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<UpstreamConnection> connection_;
};

}  // namespace scrim::postgres
