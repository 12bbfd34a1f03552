// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/statement_cache.h"

namespace scrim::gateway {
namespace {

/// List node, hash node and the shared pointer's block.
constexpr std::size_t kOverhead = 256;

}  // namespace

CachedStatementPtr StatementCache::find(std::string_view key) {
  const auto found = byKey_.find(key);
  if (found == byKey_.end()) return nullptr;
  if (found->second != entries_.begin()) entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->statement;
}

void StatementCache::insert(std::string key, CachedStatementPtr statement) {
  if (const auto found = byKey_.find(key); found != byKey_.end()) {
    bytes_ -= found->second->bytes;
    const auto place = found->second;
    byKey_.erase(found);
    entries_.erase(place);
  }
  const std::size_t bytes = key.size() + statement->bytes + kOverhead;
  entries_.push_front({std::move(key), std::move(statement), bytes});
  byKey_.emplace(entries_.front().key, entries_.begin());
  bytes_ += bytes;
  evict();
}

void StatementCache::evict() {
  while (bytes_ > maxBytes_ && entries_.size() > 1) {
    bytes_ -= entries_.back().bytes;
    byKey_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace scrim::gateway
