// SPDX-License-Identifier: Apache-2.0
#include "server/audit/core.h"

#include <cerrno>

#include "common/base/log.h"
#include "server/audit/render.h"

namespace scrim::audit {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::steady_clock;

// A caller that never flushes is made to when this much has gathered.
constexpr std::size_t kFlushAt = 256U << 10U;

const char* adviceFor(int problem) {
  switch (problem) {
    case ENOSPC:
    case EDQUOT:
      return "Operator: free space for the audit directory; service resumes by itself.";
    case EROFS:
      return "Operator: make the file system of the audit directory writable again; service resumes by itself.";
    case EFBIG:
      return "Operator: raise the file size limit of the server (ulimit -f); service resumes by itself.";
    case ENOBUFS:
      return "Operator: the disk of the audit directory is too slow or hangs; service resumes when it catches up.";
    case ESTALE:
      return "Operator: files of the audit directory were changed or removed under the running server; look at "
             "it with scrimd --verify-audit, put the files back, and restart.";
    default:
      return "Operator: check the disk of the audit directory (the server's log names it); service resumes by itself.";
  }
}

std::string describe(int problem) {
  if (problem == ENOBUFS) return "the disk does not keep up";
  if (problem == ESTALE) return "its files were changed by someone else";
  return wordsOf(problem);
}

}  // namespace

base::Result<std::unique_ptr<Journal::Core>> Journal::Core::open(JournalOptions options) {
  Files& files = options.files != nullptr ? *options.files : systemFiles();
  SCRIM_TRY(DirectoryLock lock, claimDirectory(options.directory));
  SCRIM_TRY(Recovered start, recover(files, options.directory, options.checkpointKey.reveal()));
  const std::uint64_t cut = start.cutBytes;
  auto core = std::make_unique<Core>(std::move(options), files, std::move(lock), std::move(start));
  if (cut > 0) {
    std::string members;
    renderRecovered(members, 0, 0, 0, 0,
                    "a crash had torn the last record: " + std::to_string(cut) + " bytes were cut off");
    SCRIM_CHECK_OK(core->append(members, WhileBroken::refuse));
    SCRIM_CHECK_OK(core->flush());
  }
  return core;
}

Journal::Core::Core(JournalOptions options, Files& files, DirectoryLock lock, Recovered start)
    : options_(std::move(options)),
      files_(files),
      lock_(std::move(lock)),
      name_(start.journal),
      writer_(files, options_.directory, options_.segmentBytes, std::string(options_.checkpointKey.reveal()),
              std::move(start)),
      next_(writer_.written().last.sequence + 1),
      written_(next_ - 1),
      durable_(next_ - 1),
      thread_([this] { run(); }) {}

Journal::Core::~Core() {
  {
    const std::lock_guard lock(wakeMutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  const auto healthy = broken_ ? repair() : flush();
  if (healthy) sync();
  const std::lock_guard lock(writeMutex_);
  if (const int problem = writer_.close(); problem != 0) {
    base::logError("audit", "the audit journal could not be closed in good order",
                   {{"directory", options_.directory}, {"reason", describe(problem)}});
  } else {
    // Kept by whoever collects the log, this is what an old copy of the directory cannot imitate.
    base::logInfo("audit", "the audit journal was closed",
                  {{"journal", name_},
                   {"last_record", std::to_string(writer_.syncedUpTo().sequence)},
                   {"hash", base::toHex(writer_.syncedUpTo().hash)}});
  }
  settleWaiters(Error{ErrorCode::shuttingDown, "the server is shutting down"});
}

base::Result<Ticket> Journal::Core::append(std::string_view members, WhileBroken whileBroken) {
  Ticket ticket;
  bool much = false;
  {
    const std::lock_guard lock(appendMutex_);
    const bool broken = broken_;
    if (broken && (whileBroken == WhileBroken::refuse || pending_.bytes.size() > options_.memoryLimit)) {
      ++refusedWhileBroken_;
      return failureNow();
    }
    ticket.sequence = next_++;
    pending_.add(ticket.sequence, members);
    much = !broken && pending_.bytes.size() > kFlushAt;
    if (broken) return failureNow();
  }
  noteWork();
  if (much) SCRIM_CHECK_OK(flush());
  return ticket;
}

void Journal::Core::noteWork() {
  if (work_.load(std::memory_order_relaxed) || work_.exchange(true)) return;
  wakeUp();
}

void Journal::Core::wakeUp() {
  const std::lock_guard lock(wakeMutex_);
  wake_.notify_one();
}

Batch Journal::Core::takePending() {
  Batch batch = writer_.spare();
  const std::lock_guard lock(appendMutex_);
  std::swap(batch, pending_);
  return batch;
}

base::Result<void> Journal::Core::flush() {
  base::Result<void> outcome;
  {
    const std::lock_guard lock(writeMutex_);
    outcome = flushLocked();
  }
  if (!outcome) settleWaiters();
  return outcome;
}

base::Result<void> Journal::Core::flush(Ticket ticket) {
  if (broken_.load(std::memory_order_acquire)) return failureNow();
  if (writtenUpTo() >= ticket.sequence) return {};
  return flush();
}

base::Result<void> Journal::Core::flushLocked() {
  if (broken_) return failureNow();
  if (writer_.unsyncedBytes() > options_.memoryLimit) return breakDown(ENOBUFS, "writing");
  Batch batch = takePending();
  if (batch.empty()) return {};
  if (const int problem = writer_.write(std::move(batch)); problem != 0) return breakDown(problem, "writing");
  written_.store(writer_.written().last.sequence, std::memory_order_release);
  return {};
}

// The write lock is held.
Error Journal::Core::breakDown(int problem, const char* doing) {
  base::logError("audit", "the audit journal is broken: statements are refused until it can be written",
                 {{"directory", options_.directory}, {"doing", doing}, {"reason", describe(problem)}});
  {
    const std::lock_guard lock(failureMutex_);
    failure_ = Error{ErrorCode::auditUnavailable,
                     "the audit journal cannot be written (" + describe(problem) + "), so nothing is served",
                     {},
                     adviceFor(problem)};
    failedWith_ = problem;
    if (!broken_) {
      brokenSince_ = steady_clock::now();
      lateFrom_ = writer_.written().last.sequence + 1;
    }
  }
  broken_ = true;
  wakeUp();
  return failureNow();
}

Error Journal::Core::failureNow() const {
  const std::lock_guard lock(failureMutex_);
  return failure_.value_or(Error{ErrorCode::auditUnavailable, "the audit journal was repaired just now: try again"});
}

std::optional<Error> Journal::Core::failure() const {
  const std::lock_guard lock(failureMutex_);
  return failure_;
}

base::Result<void> Journal::Core::repair() {
  sync();  // what was written before the trouble need not wait for its end
  base::Result<void> outcome;
  {
    const std::lock_guard lock(writeMutex_);
    if (!broken_) return {};
    const bool hanging = failedWith_ == ENOBUFS && writer_.unsyncedBytes() > options_.memoryLimit / 2;
    const int problem = hanging ? ENOBUFS : writer_.restore();
    if (problem == 0) {
      outcome = becomeHealthy();
    } else if (problem != failedWith_) {
      outcome = breakDown(problem, "repairing");
    } else {
      outcome = failureNow();
    }
  }
  settleWaiters();
  return outcome;
}

// Records that came late were never served on: a record of the repair says which those are.
base::Result<void> Journal::Core::becomeHealthy() {
  const std::uint64_t durable = writer_.syncedUpTo().sequence;
  const std::uint64_t written = writer_.written().last.sequence;
  if (durable > durable_) durable_.store(durable, std::memory_order_release);
  written_.store(written, std::memory_order_release);
  const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - brokenSince_);
  std::string members;
  {
    const std::lock_guard lock(appendMutex_);
    const std::uint64_t lateTo = next_ - 1;
    const bool late = lateTo >= lateFrom_;
    renderRecovered(members, static_cast<std::uint64_t>(span.count()), refusedWhileBroken_, late ? lateFrom_ : 0,
                    late ? lateTo : 0, describe(failedWith_));
    pending_.add(next_++, members);
    refusedWhileBroken_ = 0;
    const std::lock_guard failureLock(failureMutex_);
    failure_.reset();
    broken_ = false;
  }
  base::logInfo("audit", "the audit journal can be written again",
                {{"directory", options_.directory}, {"broken_ms", std::to_string(span.count())}});
  work_ = true;
  wakeUp();
  return flushLocked();
}

int Journal::Core::carryOut(const SyncPlan& plan) {
  for (const auto& file : plan.files) {
    if (const int problem = file->sync(); problem != 0) return problem;
  }
  if (plan.directory) {
    if (const int problem = files_.syncDirectory(options_.directory); problem != 0) return problem;
  }
  return 0;
}

void Journal::Core::sync() {
  const std::lock_guard one(syncMutex_);
  SyncPlan plan;
  {
    const std::lock_guard lock(writeMutex_);
    if (!writer_.needsSync()) return;
    plan = writer_.planSync();
  }
  const int failed = carryOut(plan);
  std::uint64_t size = 0;
  bool linked = true;
  const int unknown = failed == 0 ? plan.files.back()->state(size, linked) : 0;
  const std::lock_guard lock(writeMutex_);
  if (failed != 0) {
    writer_.distrust();
    breakDown(failed, "syncing");
    return;
  }
  const int problem = unknown != 0 ? unknown : !linked ? ESTALE : writer_.synced(plan);
  if (problem != 0) {
    breakDown(problem, "noting what was synced");
    return;
  }
  durable_.store(writer_.syncedUpTo().sequence, std::memory_order_release);
}

void Journal::Core::whenDurable(Ticket ticket, DurableCallback callback) {
  {
    const std::lock_guard lock(waitersMutex_);
    if (!broken_ && durableUpTo() < ticket.sequence) {
      waiters_.push_back({ticket.sequence, std::move(callback)});
      callback = nullptr;
    }
  }
  if (callback) return broken_ ? callback(failureNow()) : callback({});
  {
    const std::lock_guard lock(wakeMutex_);
    hurry_ = true;
    work_ = true;
  }
  wake_.notify_one();
}

void Journal::Core::settleWaiters(const std::optional<Error>& ending) {
  std::vector<Waiter> settled;
  const bool failed = broken_ || ending;
  const std::uint64_t durable = durableUpTo();
  {
    const std::lock_guard lock(waitersMutex_);
    for (std::size_t i = 0; i < waiters_.size();) {
      if (!failed && waiters_[i].sequence > durable) {
        ++i;
        continue;
      }
      settled.push_back(std::move(waiters_[i]));
      if (i + 1 < waiters_.size()) waiters_[i] = std::move(waiters_.back());
      waiters_.pop_back();
    }
  }
  for (Waiter& waiter : settled) {
    const bool good = waiter.sequence <= durable && !broken_;
    waiter.callback(good ? base::Result<void>() : base::Result<void>(ending && !broken_ ? *ending : failureNow()));
  }
}

void Journal::Core::run() {
  std::unique_lock wake(wakeMutex_);
  while (!stopping_) runOnce(wake);
}

void Journal::Core::runOnce(std::unique_lock<std::mutex>& wake) {
  wake_.wait(wake, [this] { return stopping_ || work_ || broken_; });
  if (stopping_) return;
  if (broken_) {
    wake_.wait_for(wake, options_.retryDelay, [this] { return stopping_ || !broken_; });
  } else if (!hurry_) {
    wake_.wait_for(wake, options_.syncDelay, [this] { return stopping_ || hurry_; });
  }
  hurry_ = false;
  wake.unlock();
  work_ = false;
  if (broken_) {
    static_cast<void>(repair());
  } else if (flush()) {
    sync();
  }
  settleWaiters();
  wake.lock();
}

}  // namespace scrim::audit
