// SPDX-License-Identifier: Apache-2.0
// The SQL definition of a data source, resolved against the remote tables behind it.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "server/catalog/model.h"
#include "server/query/parse/parse.h"
#include "server/query/resolve/resolved_query.h"

namespace scrim::resolve {

/// Movable; one thread at a time may change it, any may read it.
struct ResolvedDefinition {
  std::shared_ptr<parse::Arena> arena;    // what the pointers point into
  PgQuery__SelectStmt* select = nullptr;  // every table has its schema, no node a location
  Resolution names;                       // TableReference::key: index into DataSource::remoteTables
  std::vector<std::shared_ptr<const std::vector<TableColumn>>> columns;  // what names.tables point at
};

/// Any thread. Errors: policyInvalid, when the definition is not understood (any more): the data source cannot be used
/// then.
base::Result<ResolvedDefinition> resolveDefinition(const catalog::DataSource& source);

/// A copy for one statement, to be changed: its tree in another arena.
ResolvedDefinition copyOf(const ResolvedDefinition& definition, const std::shared_ptr<parse::Arena>& arena);

/// Definitions by data source, each resolved once: it says the same to everyone, and a data source that changes is
/// another object. Bounded: emptied when full. Any thread.
class Definitions {
 public:
  /// Errors as resolveDefinition.
  base::Result<std::shared_ptr<const ResolvedDefinition>> of(const std::shared_ptr<const catalog::DataSource>& source);

 private:
  static constexpr std::size_t kMost = 1000;
  struct Entry {
    std::weak_ptr<const catalog::DataSource> source;  // expired: the address may be another's by now
    std::shared_ptr<const ResolvedDefinition> definition;
  };
  std::mutex mutex_;
  std::unordered_map<const catalog::DataSource*, Entry> entries_;
};

}  // namespace scrim::resolve
