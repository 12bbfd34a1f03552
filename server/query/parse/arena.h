// SPDX-License-Identifier: Apache-2.0
// Arena: bump memory for one parse tree. Everything allocated in it dies with it; nothing is freed one by one and no
// destructor runs, so only plain C data goes in. Move-only; one thread at a time. Running out of memory throws
// std::bad_alloc like any container.
#pragma once

#include <protobuf-c/protobuf-c.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace scrim::parse {

class Arena {
 public:
  explicit Arena(std::size_t firstBlockBytes = 8 * 1024) : nextBlockBytes_(firstBlockBytes) {}
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;

  /// Memory for any plain type; never null.
  void* allocate(std::size_t bytes) {
    const std::size_t rounded = (bytes + kAlignment - 1) & ~(kAlignment - 1);
    if (rounded > static_cast<std::size_t>(end_ - next_)) return allocateSlowly(rounded);
    char* place = next_;
    next_ += rounded;
    return place;
  }

  template <typename T>
  T* allocateArray(std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    return static_cast<T*>(allocate(count * sizeof(T)));
  }

  /// A NUL-terminated copy.
  char* copy(std::string_view text);

  /// What protobuf-c takes: allocates here, frees nothing. Valid as long as the arena stays where it is.
  ProtobufCAllocator protobufAllocator();

  /// Bytes taken from the heap so far.
  std::size_t bytesReserved() const { return reserved_; }

 private:
  static constexpr std::size_t kAlignment = 16;
  void* allocateSlowly(std::size_t bytes);

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  char* end_ = nullptr;
  std::size_t nextBlockBytes_;
  std::size_t reserved_ = 0;
};

}  // namespace scrim::parse
