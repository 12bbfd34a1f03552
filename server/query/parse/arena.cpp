// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/arena.h"

#include <algorithm>
#include <utility>

namespace scrim::parse {
namespace {

constexpr std::size_t kLargestBlockBytes = 1024 * 1024;

void* allocateIn(void* arena, std::size_t bytes) { return static_cast<Arena*>(arena)->allocate(bytes); }
void freeNothing(void*, void*) {}

}  // namespace

Arena::Arena(Arena&& other) noexcept
    : blocks_(std::move(other.blocks_)),
      next_(std::exchange(other.next_, nullptr)),
      end_(std::exchange(other.end_, nullptr)),
      nextBlockBytes_(other.nextBlockBytes_),
      reserved_(std::exchange(other.reserved_, 0)) {
  other.blocks_.clear();
}

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  blocks_ = std::move(other.blocks_);
  other.blocks_.clear();
  next_ = std::exchange(other.next_, nullptr);
  end_ = std::exchange(other.end_, nullptr);
  nextBlockBytes_ = other.nextBlockBytes_;
  reserved_ = std::exchange(other.reserved_, 0);
  return *this;
}

void* Arena::allocateSlowly(std::size_t bytes) {
  const std::size_t size = std::max(bytes, nextBlockBytes_);
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
  reserved_ += size;
  nextBlockBytes_ = std::min(nextBlockBytes_ * 2, kLargestBlockBytes);
  next_ = blocks_.back().get() + bytes;
  end_ = blocks_.back().get() + size;
  return blocks_.back().get();
}

char* Arena::copy(std::string_view text) {
  char* place = static_cast<char*>(allocate(text.size() + 1));
  if (!text.empty()) std::memcpy(place, text.data(), text.size());
  place[text.size()] = '\0';
  return place;
}

ProtobufCAllocator Arena::protobufAllocator() { return {&allocateIn, &freeNothing, this}; }

}  // namespace scrim::parse
