// SPDX-License-Identifier: Apache-2.0
// Catalog: the one way to the catalog. Readers take the current snapshot; writers change it in a transaction that
// becomes exactly one new version. A thread follows the database (LISTEN, and polling as a safety net), reloads what
// changed and nothing else, and swaps the new snapshot in. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "common/base/clock.h"
#include "common/base/published.h"
#include "common/base/secret.h"
#include "server/catalog/snapshot.h"
#include "server/catalog/writer.h"
#include "server/store/pool.h"

namespace scrim::catalog {

struct CatalogOptions {
  std::string dsn;
  std::chrono::milliseconds lease{10'000};  // not heard from for so long: current() refuses
  std::chrono::milliseconds poll{500};      // how often the version is asked for without a notification
  std::chrono::seconds connectTimeout{3};
};

/// What following the database cost; tests watch it.
struct FollowStatistics {
  std::uint64_t fullLoads = 0;
  std::uint64_t partialLoads = 0;
  std::uint64_t rowsRead = 0;
  std::uint64_t statements = 0;
};

class Catalog {
 public:
  /// Brings the schema up to date, checks that the key belongs to the catalog, loads all of it.
  /// Errors: catalogUnavailable, configInvalid (newer schema, another key).
  static base::Result<std::unique_ptr<Catalog>> open(CatalogOptions options, store::SecretBox box);
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// The newest snapshot that is known here, however old; for statements use current().
  SnapshotPtr snapshot() const;
  /// The newest snapshot. Errors: catalogUnavailable once the lease is over.
  base::Result<SnapshotPtr> current() const;
  /// Whether the catalog was heard from within the lease.
  bool healthy() const;

  /// Called on the following thread after each swap. Set once, before anything else runs.
  void onChange(std::function<void(const SnapshotPtr&)> listener);

  /// Work may run more than once (see store::inTransaction). If it notes no change, nothing is committed as new.
  using Work = std::function<base::Result<void>(Writer&)>;
  /// The version after it; returns when this instance's snapshot has it.
  base::Result<base::SnapshotVersion> change(const std::string& author, const Work& work);

  /// Work on what is no part of a snapshot (tokens, keys of requests), in a transaction of its own that makes no
  /// version. Notes of changes are refused: internal.
  base::Result<void> run(const std::string& author, const Work& work);

  /// The secret for mock verifiers, the same on every instance of this catalog.
  base::Secret mockSecret() const { return mockSecret_.clone(); }
  FollowStatistics statistics() const;
  const store::SecretBox& box() const { return box_; }

 private:
  class Follower;
  Catalog(CatalogOptions options, store::SecretBox box);
  base::Result<void> prepare();
  base::Result<void> agreeOnFacts(store::Link& link);
  base::Result<base::SnapshotVersion> changeWithin(Writer& writer, const Work& work);
  base::Result<void> waitFor(base::SnapshotVersion version);

  CatalogOptions options_;
  store::SecretBox box_;
  store::Pool pool_;
  base::Secret mockSecret_;
  base::Published<Snapshot> snapshot_;
  std::atomic<std::int64_t> heardAt_{0};  // steady clock, nanoseconds
  std::unique_ptr<Follower> follower_;    // last: its thread uses the rest
};

}  // namespace scrim::catalog
