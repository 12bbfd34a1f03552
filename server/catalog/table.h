// SPDX-License-Identifier: Apache-2.0
// Table<Key, Value>: an immutable map in 64 shards. A changed copy shares the shards it did not touch, so that a new
// snapshot of a large catalog costs what changed, not what is there. Copies are cheap; any thread may read.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

namespace scrim::catalog {

template <typename Key, typename Value>
class Table {
 public:
  using Shard = std::unordered_map<Key, std::shared_ptr<const Value>>;
  using Pointer = std::shared_ptr<const Value>;

  /// nullptr: there is none.
  const Value* find(const Key& key) const {
    const Pointer* found = slot(key);
    return found == nullptr ? nullptr : found->get();
  }
  Pointer get(const Key& key) const {
    const Pointer* found = slot(key);
    return found == nullptr ? nullptr : *found;
  }

  void put(const Key& key, Pointer value) { writable(key)[key] = std::move(value); }
  void remove(const Key& key) {
    if (find(key) != nullptr) writable(key).erase(key);
  }

  template <typename Visit>
  void forEach(Visit visit) const {
    for (const auto& shard : shards_) {
      if (shard == nullptr) continue;
      for (const auto& [key, value] : *shard) visit(key, value);
    }
  }

 private:
  static std::size_t shardOf(const Key& key) { return (std::hash<Key>{}(key)*0x9E3779B97F4A7C15ULL) >> 58U; }

  const Pointer* slot(const Key& key) const {
    const auto& shard = shards_[shardOf(key)];
    if (shard == nullptr) return nullptr;
    auto found = shard->find(key);
    return found == shard->end() ? nullptr : &found->second;
  }

  Shard& writable(const Key& key) {
    auto& shard = shards_[shardOf(key)];
    auto copy = shard == nullptr ? std::make_shared<Shard>() : std::make_shared<Shard>(*shard);
    Shard& result = *copy;
    shard = std::move(copy);
    return result;
  }

  std::array<std::shared_ptr<const Shard>, 64> shards_;
};

}  // namespace scrim::catalog
