// SPDX-License-Identifier: Apache-2.0
// Follower: the thread that keeps a catalog's snapshot new. It lives on a link of its own to a server that takes writes
// (a standby may lag, and says nothing of a right taken away), listens, asks for the version now and then, and
// reconnects.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "server/catalog/catalog.h"

namespace scrim::catalog {

class Catalog::Follower {
 public:
  struct Target {
    base::Published<Snapshot>& snapshot;
    std::atomic<std::int64_t>& heardAt;
  };

  Follower(const CatalogOptions& options, store::LinkOptions link, const store::SecretBox& box, Target target);
  ~Follower();

  /// The first load, on the caller's thread.
  base::Result<void> load();
  void run();
  /// Looks at once; returns when the snapshot has that version, or false when the time is over.
  bool waitFor(base::SnapshotVersion version, std::chrono::milliseconds limit);
  void onChange(std::function<void(const SnapshotPtr&)> listener);
  FollowStatistics statistics() const;

 private:
  void follow(std::stop_token stop);
  base::Result<void> connect();
  base::Result<void> refresh();
  base::Result<void> raiseVersion(std::int64_t known);
  void publish(SnapshotPtr snapshot, bool everything);
  void count();

  CatalogOptions options_;
  store::LinkOptions linkOptions_;
  const store::SecretBox& box_;
  Target target_;
  std::optional<store::Link> link_;
  FollowStatistics earlier_;  // of links that are gone
  int wake_;                  // eventfd: ends a wait
  mutable std::mutex mutex_;
  std::condition_variable published_;
  FollowStatistics statistics_;
  std::function<void(const SnapshotPtr&)> listener_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace scrim::catalog
