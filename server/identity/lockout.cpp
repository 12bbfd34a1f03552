// SPDX-License-Identifier: Apache-2.0
#include "server/identity/lockout.h"

#include "common/base/hash.h"

namespace scrim::identity {
namespace {

std::string keyOf(std::string_view name) { return std::string(base::asBytes(base::sha256(name))); }

}  // namespace

bool Lockout::isLocked(std::string_view name) {
  std::scoped_lock lock(mutex_);
  auto found = byKey_.find(keyOf(name));
  return found != byKey_.end() && clock_.monotonic() < found->second->lockedUntil;
}

void Lockout::failed(std::string_view name) {
  std::scoped_lock lock(mutex_);
  if (limits_.failures <= 0) return;
  base::MonotonicTime now = clock_.monotonic();
  auto [slot, isNew] = byKey_.try_emplace(keyOf(name));
  if (isNew) {
    entries_.push_front({keyOf(name), 0, now, now});
    slot->second = entries_.begin();
  } else {
    entries_.splice(entries_.begin(), entries_, slot->second);
  }
  Entry& entry = entries_.front();
  if (now - entry.last > limits_.window) entry.failures = 0;
  entry.last = now;
  if (++entry.failures >= limits_.failures) {
    entry.failures = 0;
    entry.lockedUntil = now + limits_.duration;
  }
  if (entries_.size() > limits_.names) {
    byKey_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

void Lockout::setLimits(const LockoutLimits& limits) {
  std::scoped_lock lock(mutex_);
  limits_ = limits;
}

void Lockout::succeeded(std::string_view name) {
  std::scoped_lock lock(mutex_);
  auto found = byKey_.find(keyOf(name));
  if (found == byKey_.end()) return;
  entries_.erase(found->second);
  byKey_.erase(found);
}

}  // namespace scrim::identity
