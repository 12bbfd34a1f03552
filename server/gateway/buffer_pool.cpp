// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/buffer_pool.h"

#include <cstring>
#include <utility>

namespace scrim::gateway {

std::unique_ptr<char[]> BufferPool::take() {
  if (free_.empty()) return std::unique_ptr<char[]>(new char[kBlockBytes]);
  std::unique_ptr<char[]> block = std::move(free_.back());
  free_.pop_back();
  return block;
}

void BufferPool::give(std::unique_ptr<char[]> block) {
  if (free_.size() < kKept) free_.push_back(std::move(block));
}

void InputBuffer::reserve(std::size_t wanted) {
  const std::size_t held = end_ - begin_;
  if (block_ && begin_ + wanted <= capacity_ && end_ < capacity_) return;
  if (block_ && wanted <= capacity_ && held < capacity_) {
    std::memmove(block_.get(), block_.get() + begin_, held);
  } else {
    const bool pooled = wanted <= BufferPool::kBlockBytes;
    std::unique_ptr<char[]> bigger = pooled ? pool_.take() : std::unique_ptr<char[]>(new char[wanted]);
    if (held > 0) std::memcpy(bigger.get(), block_.get() + begin_, held);
    if (capacity_ == BufferPool::kBlockBytes) pool_.give(std::move(block_));
    block_ = std::move(bigger);
    capacity_ = pooled ? BufferPool::kBlockBytes : wanted;
  }
  begin_ = 0;
  end_ = held;
}

void InputBuffer::release() {
  if (begin_ != end_ || !block_) return;
  if (capacity_ == BufferPool::kBlockBytes) pool_.give(std::move(block_));
  block_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace scrim::gateway
