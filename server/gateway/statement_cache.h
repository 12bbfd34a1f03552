// SPDX-License-Identifier: Apache-2.0
// StatementCache: what was made of statements seen before: protected, routed, ready for the wire. One a thread, so that
// it needs no lock; least recently used entries go when it grows past its bytes. The key holds all that the result
// depends on: shape, parameter types, policy context, session facts and snapshot version (statement_planner.h), and is
// compared in full. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/audit/record.h"
#include "server/query/parse/lift.h"
#include "server/query/push/statement.h"

namespace scrim::gateway {

struct CachedStatement {
  push::StatementPtr statement;
  audit::Fragment facts;
  /// A fork: some literals of this shape stay text, so the statement itself is found under the key that goes on with
  /// their texts. `lifted`: for each literal, whether it became a parameter.
  bool isFork = false;
  parse::LiftMask lifted;
  std::string subjectKey;  // StatementPlanner::subjectKey() that it was made for
  /// The text it was made from: error positions are offsets in it.
  std::string text;
  std::size_t bytes = 0;
};
using CachedStatementPtr = std::shared_ptr<const CachedStatement>;

class StatementCache {
 public:
  explicit StatementCache(std::size_t maxBytes) : maxBytes_(maxBytes) {}

  /// nullptr: not there. Counts as use.
  CachedStatementPtr find(std::string_view key);
  void insert(std::string key, CachedStatementPtr statement);
  std::size_t bytes() const { return bytes_; }
  std::size_t entries() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    CachedStatementPtr statement;
    std::size_t bytes;
  };
  void evict();

  const std::size_t maxBytes_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> byKey_;
};

}  // namespace scrim::gateway
