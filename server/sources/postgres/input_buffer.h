// SPDX-License-Identifier: Apache-2.0
// InputBuffer: bytes received and not yet consumed, in one stretch. Never zero-filled; grows while reads fill it, up
// to kLargest (or to the one message that is longer), and shrinks when its connection is given back. One thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace scrim::postgres {

class InputBuffer {
 public:
  static constexpr std::size_t kSmallest = 8 * 1024;
  static constexpr std::size_t kLargest = 256 * 1024;

  InputBuffer() : data_(std::make_unique_for_overwrite<char[]>(kSmallest)), capacity_(kSmallest) {}

  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  std::size_t size() const { return end_ - begin_; }
  void consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  char* freeSpace() { return data_.get() + end_; }
  std::size_t freeBytes() const { return capacity_ - end_; }
  void filled(std::size_t bytes) { end_ += bytes; }

  /// Room for a whole message of `needed` bytes at the front, and for a worthwhile read in any case.
  void makeRoom(std::size_t needed, bool grow) {
    std::size_t wanted = grow && capacity_ < kLargest ? capacity_ * 2 : capacity_;
    while (wanted < needed) wanted *= 2;
    if (wanted != capacity_) return reallocate(wanted);
    if (begin_ == 0 || (begin_ + needed <= capacity_ && freeBytes() >= capacity_ / 4)) return;
    std::memmove(data_.get(), data_.get() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
  }
  void shrink() {
    if (capacity_ > kSmallest && size() <= kSmallest) reallocate(kSmallest);
  }

 private:
  void reallocate(std::size_t capacity) {
    auto moved = std::make_unique_for_overwrite<char[]>(capacity);
    std::memcpy(moved.get(), data_.get() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
    data_ = std::move(moved);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace scrim::postgres
