// SPDX-License-Identifier: Apache-2.0
// Writer: the end of the chain on the disk. Batches come in, are sealed and written in order; those not yet synced are
// kept in memory, so that after a failed fdatasync (when the page cache may have dropped what it claimed to hold) they
// can be written again into a new segment. Answers are 0 or an errno. Not thread-safe: the journal's write lock guards
// all of it except the syncing itself.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/audit/chain.h"
#include "server/audit/files.h"
#include "server/audit/recovery.h"

namespace scrim::audit {

/// What has to be synced for `target` to be durable; carried out without the lock.
struct SyncPlan {
  std::vector<std::shared_ptr<File>> files;
  bool directory = false;
  Position target;
  std::uint64_t repairs = 0;  // the plan is void when a repair has happened meanwhile
};

class Writer {
 public:
  Writer(Files& files, std::string directory, std::uint64_t segmentBytes, std::string key, Recovered start);

  /// Seals the batch, then writes it and whatever waits before it. On failure all of it waits for restore().
  int write(Batch batch);
  /// After a failed write or sync: puts the end of the journal right and writes what waits.
  int restore();
  /// A sync failed: nothing that was not synced is trusted to be on the disk any more.
  void distrust() { distrusted_ = true; }

  bool needsSync() const { return !distrusted_ && written_.last.sequence > synced_.last.sequence; }
  SyncPlan planSync();
  /// The plan was carried out: forgets what it covers and notes it in the head file.
  int synced(const SyncPlan& plan);
  /// The last head: the server stops in good order.
  int close();

  const Position& written() const { return written_; }
  const Link& syncedUpTo() const { return synced_.last; }
  std::size_t unsyncedBytes() const { return unsyncedBytes_; }
  /// A used batch, empty, with its memory; or a new one.
  Batch spare();

 private:
  int writeWaiting();
  int openNext();
  int rewrite();
  int fillNew(File& file, std::string_view header, Position& end);
  int removeLeftovers();
  int cutTornTail();
  int writeHead(bool closed);
  void forget(std::uint64_t upTo);

  Files& files_;
  const std::string directory_;
  const std::uint64_t segmentBytes_;
  const std::string key_;
  const std::string journal_;
  Chain chain_;
  std::shared_ptr<File> segment_;
  std::unique_ptr<File> head_;
  Position written_;
  Position synced_;
  std::uint64_t headerSize_;    // of the open segment
  std::deque<Batch> waiting_;   // sealed, not written
  std::deque<Batch> unsynced_;  // written, not synced
  std::size_t unsyncedBytes_ = 0;
  std::vector<std::shared_ptr<File>> toSync_;  // closed segments with unsynced records
  bool directoryChanged_ = false;
  bool distrusted_ = false;
  bool beginSegment_ = false;
  std::uint64_t repairs_ = 0;
  std::optional<Position> leftover_;  // up to where the old segments stay; `segment_` replaces the rest
  std::vector<Batch> spares_;
};

}  // namespace scrim::audit
