// SPDX-License-Identifier: Apache-2.0
// Pool: a few links to the catalog's database, opened when needed and kept. Several hosts in the DSN are libpq's
// matter; links for writing ask for a server that takes writes, so that a fail-over is followed. Any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "server/store/link.h"

namespace scrim::store {

struct PoolOptions {
  std::string dsn;
  std::size_t size = 4;
  std::chrono::milliseconds waitLimit{5'000};  // for a free link
  std::chrono::seconds connectTimeout{5};
  std::chrono::milliseconds answerTimeout{30'000};
};

class Pool {
 public:
  explicit Pool(PoolOptions options) : options_(std::move(options)) {}

  /// Gives its link back when destroyed; a dead one, or one within a transaction, is closed instead.
  class Lease {
   public:
    Lease(Pool& pool, Link link) : pool_(&pool), link_(std::move(link)) {}
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), link_(std::move(other.link_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Link& operator*() { return link_; }
    Link* operator->() { return &link_; }

   private:
    Pool* pool_;
    Link link_;
  };

  /// Errors: catalogUnavailable (not reachable, no server that takes writes, none free in time).
  base::Result<Lease> acquire();
  /// How a link of its own is opened, for who keeps one (the watcher).
  LinkOptions linkOptions() const;

 private:
  void giveBack(Link link);

  PoolOptions options_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Link> idle_;
  std::size_t taken_ = 0;
};

}  // namespace scrim::store
