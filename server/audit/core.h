// SPDX-License-Identifier: Apache-2.0
// The journal's inside: the queue of pending records, the write lock, the thread that syncs and repairs.
// Lock order: sync, write, append, waiters/failure/wake. Callbacks are called with no lock held.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/audit/directory.h"
#include "server/audit/journal.h"
#include "server/audit/writer.h"

namespace scrim::audit {

enum class WhileBroken { refuse, keep };

class Journal::Core {
 public:
  static base::Result<std::unique_ptr<Core>> open(JournalOptions options);
  Core(JournalOptions options, Files& files, DirectoryLock lock, Recovered start);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  base::Result<Ticket> append(std::string_view members, WhileBroken whileBroken);
  base::Result<void> flush();
  base::Result<void> flush(Ticket ticket);
  base::Result<void> repair();
  void whenDurable(Ticket ticket, DurableCallback callback);
  std::uint64_t writtenUpTo() const { return written_.load(std::memory_order_acquire); }
  std::uint64_t durableUpTo() const { return durable_.load(std::memory_order_acquire); }
  std::optional<base::Error> failure() const;
  const std::string& name() const { return name_; }

 private:
  struct Waiter {
    std::uint64_t sequence;
    DurableCallback callback;
  };

  base::Error failureNow() const;
  base::Result<void> flushLocked();
  base::Error breakDown(int problem, const char* doing);
  base::Result<void> becomeHealthy();
  Batch takePending();
  void sync();
  int carryOut(const SyncPlan& plan);
  void settleWaiters(const std::optional<base::Error>& ending = {});
  void noteWork();
  void wakeUp();
  void run();
  void runOnce(std::unique_lock<std::mutex>& wake);

  const JournalOptions options_;
  Files& files_;
  DirectoryLock lock_;
  const std::string name_;

  std::mutex syncMutex_;
  std::mutex writeMutex_;
  Writer writer_;

  std::mutex appendMutex_;
  Batch pending_;
  std::uint64_t next_;
  std::uint64_t refusedWhileBroken_ = 0;

  std::atomic<std::uint64_t> written_;
  std::atomic<std::uint64_t> durable_;
  std::atomic<bool> broken_{false};

  mutable std::mutex failureMutex_;
  std::optional<base::Error> failure_;
  int failedWith_ = 0;
  std::chrono::steady_clock::time_point brokenSince_;
  std::uint64_t lateFrom_ = 0;

  std::mutex waitersMutex_;
  std::vector<Waiter> waiters_;

  std::mutex wakeMutex_;
  std::condition_variable wake_;
  std::atomic<bool> work_{false};
  bool hurry_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace scrim::audit
