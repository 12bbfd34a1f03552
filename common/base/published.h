// SPDX-License-Identifier: Apache-2.0
// Published<T>: the newest of values that never change; some thread puts a new one in its place, any thread takes it.
// Any thread; a reader holds the lock for one copy of a pointer. Not std::atomic<std::shared_ptr>: GCC 12's load()
// gives its lock back without release, a data race with the next store().
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace scrim::base {

template <typename T>
class Published {
 public:
  using Pointer = std::shared_ptr<const T>;

  /// nullptr before the first store().
  Pointer load() const {
    const std::scoped_lock lock(mutex_);
    return value_;
  }
  void store(Pointer value) {
    const std::scoped_lock lock(mutex_);
    value_.swap(value);  // the old one, if it is the last, ends after the lock
  }

 private:
  mutable std::mutex mutex_;
  Pointer value_;
};

}  // namespace scrim::base
