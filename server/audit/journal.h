// SPDX-License-Identifier: Apache-2.0
// Journal: the append-only, hash-chained record of what was asked, decided and done (law 6). The rule for callers:
// before the first row of a statement leaves, the ticket of its `started` record is
//   default mode: written(ticket), so call flush(ticket) first; a kill -9 of the server then loses nothing, and a
//                 background thread brings it to the disk within 50 ms;
//   strict mode:  durable(ticket), by whenDurable().
// An Error from any call means: serve nothing. Records accepted before the trouble are kept in memory and are written,
// in order and without a gap, when the directory can be written again; the journal finds that out by itself.
//
// All calls: any thread. Appending takes a short lock and never touches the disk; flush() makes one write() for all
// pending records of all threads, so call it once for a batch of ready handlers. One process owns a directory.
// The format is described in README.md; verify.h proves it, reader.h reads it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/base/secret.h"
#include "server/audit/record.h"

namespace scrim::audit {

class Files;  // files.h: the seam to the file system

struct JournalOptions {
  std::string directory;
  /// A segment is closed when it has grown past this.
  std::uint64_t segmentBytes = 128U << 20U;
  /// How long after a write the background thread starts fdatasync, so that writes share one.
  std::chrono::milliseconds syncDelay{20};
  /// While broken: how often repair is tried.
  std::chrono::milliseconds retryDelay{250};
  /// What may wait in memory for the disk, in bytes; beyond it the journal counts as broken.
  std::size_t memoryLimit = 256U << 20U;
  /// Signs the head file and segment headers with HMAC-SHA-256; empty: not signed.
  base::Secret checkpointKey = {};
  /// nullptr: the machine's file system. Outlives the journal.
  Files* files = nullptr;
};

class Journal {
 public:
  using DurableCallback = std::function<void(base::Result<void>)>;

  /// Creates the directory (0700) and a chain with a random beginning, or takes up the chain found there: a record torn
  /// by a crash is cut off with a warning in the log. Errors: in use by another process, wrong owner or permissions,
  /// damage that no crash explains, no space.
  static base::Result<std::unique_ptr<Journal>> open(JournalOptions options);
  /// Writes and syncs what is pending, calls back who still waits (with an error if need be).
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  base::Result<Ticket> started(const Started& record);
  /// While broken, the record is kept for later all the same, and the error says so.
  base::Result<Ticket> finished(const Finished& record);
  base::Result<Ticket> refused(const Refused& record);
  base::Result<Ticket> login(const Login& record);
  base::Result<Ticket> policyChanged(const PolicyChange& record);
  base::Result<Ticket> server(ServerEvent event, std::string_view version);

  /// Hands everything pending to the operating system with one write().
  base::Result<void> flush();
  /// Returns at once if the record is written already; else as flush().
  base::Result<void> flush(Ticket ticket);
  /// Handed to the operating system: one atomic load.
  bool written(Ticket ticket) const;
  /// On the disk, by fdatasync: one atomic load.
  bool durable(Ticket ticket) const;
  /// Calls back when the record is on the disk, or with an error as soon as the journal breaks. The journal writes and
  /// syncs on its own thread, sharing one fdatasync among all who wait; it calls back there, or at once on the caller's
  /// thread. The callback must not block nor call into the journal.
  void whenDurable(Ticket ticket, DurableCallback callback);

  /// nullopt: healthy. For health checks and the log; the message has no paths.
  std::optional<base::Error> failure() const;
  /// Tries to become healthy again now, rather than at the next retry; ok if it is.
  base::Result<void> repair();

  /// The record's public name, "<journal>-<sequence>": in error messages, and in /* scrim:... */ at the source.
  std::string auditId(Ticket ticket) const;
  /// Eight hexadecimal digits that tell this chain from others.
  const std::string& name() const;

 private:
  class Core;
  explicit Journal(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace scrim::audit
