// SPDX-License-Identifier: Apache-2.0
#include "server/identity/lockout.h"

namespace scrim::identity {

bool Lockout::isLocked(std::string_view name) {
  std::scoped_lock lock(mutex_);
  auto found = byName_.find(std::string(name));
  return found != byName_.end() && clock_.monotonic() < found->second->lockedUntil;
}

void Lockout::failed(std::string_view name) {
  if (limits_.failures <= 0) return;
  std::scoped_lock lock(mutex_);
  base::MonotonicTime now = clock_.monotonic();
  auto [slot, isNew] = byName_.try_emplace(std::string(name));
  if (isNew) {
    entries_.push_front({std::string(name), 0, now, now});
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
    byName_.erase(entries_.back().name);
    entries_.pop_back();
  }
}

void Lockout::succeeded(std::string_view name) {
  std::scoped_lock lock(mutex_);
  auto found = byName_.find(std::string(name));
  if (found == byName_.end()) return;
  entries_.erase(found->second);
  byName_.erase(found);
}

}  // namespace scrim::identity
