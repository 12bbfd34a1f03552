// SPDX-License-Identifier: Apache-2.0
// Holding: what one session keeps in memory for its client (prepared statements, portals, messages that are not whole
// yet, output that nobody reads), counted among what all sessions of its user keep.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace scrim::gateway {

/// Bytes that the sessions of one user hold together. Any thread.
using UserMemory = std::atomic<std::size_t>;

/// One session's part, given back at its end. One thread; counted in steps, so that small values cost no atomic.
class Holding {
 public:
  explicit Holding(std::shared_ptr<UserMemory> ofUser) : ofUser_(std::move(ofUser)) {}
  ~Holding() { ofUser_->fetch_sub(held_); }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;

  /// It holds `bytes` now. False: that is more than the user's sessions may hold together (`most`); it counts as
  /// before.
  bool hold(std::size_t bytes, std::size_t most) {
    const std::size_t wanted = bytes - bytes % kStep;
    if (wanted == held_) return true;
    const std::size_t before = ofUser_->fetch_add(wanted - held_);
    if (wanted > held_ && before + (wanted - held_) > most) {
      ofUser_->fetch_sub(wanted - held_);
      return false;
    }
    held_ = wanted;
    return true;
  }

 private:
  static constexpr std::size_t kStep = 4096;
  std::shared_ptr<UserMemory> ofUser_;
  std::size_t held_ = 0;
};

}  // namespace scrim::gateway
