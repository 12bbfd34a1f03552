// SPDX-License-Identifier: Apache-2.0
// BufferPool: the memory that sessions read into, lent only while bytes are there: an idle session holds none.
// One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace scrim::gateway {

class BufferPool {
 public:
  static constexpr std::size_t kBlockBytes = 16U << 10U;

  std::unique_ptr<char[]> take();
  void give(std::unique_ptr<char[]> block);

 private:
  static constexpr std::size_t kKept = 256;
  std::vector<std::unique_ptr<char[]>> free_;
};

/// Bytes read and not yet consumed. Views of them are valid until the next call that is not const.
class InputBuffer {
 public:
  explicit InputBuffer(BufferPool& pool) : pool_(pool) {}
  ~InputBuffer() { release(); }
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  std::string_view view() const { return {block_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t count) { begin_ += count; }

  /// Room behind the bytes held, so that `wanted` bytes in all fit.
  void reserve(std::size_t wanted);
  char* room() { return block_.get() + end_; }
  std::size_t roomBytes() const { return capacity_ - end_; }
  void filled(std::size_t count) { end_ += count; }
  /// Gives the memory back if nothing is held.
  void release();

 private:
  BufferPool& pool_;
  std::unique_ptr<char[]> block_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace scrim::gateway
