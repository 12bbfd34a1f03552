// SPDX-License-Identifier: Apache-2.0
// ProtectedQuery: a statement in which every table is guarded. Only protect() makes one, and route() takes nothing
// else: an unprotected query that reaches a source does not compile. Movable; one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/catalog/snapshot.h"
#include "server/query/protect/policy_parameters.h"
#include "server/query/resolve/resolved_query.h"

namespace scrim::protect {

/// A mask or row rule as it was applied, for plans and explanations.
struct AppliedMask {
  std::string column;
  std::string expression;  // display text over the column's own name
  std::vector<std::string> sentences;
};
struct AppliedRows {
  std::string expression;
  std::string sentence;
};

/// A remote table behind a data source, with the rules that stand directly on it.
struct GuardedTable {
  schema::QualifiedName remote;
  std::string alias;                 // in the definition; of a table's data source: the table's own name
  std::vector<std::string> columns;  // those read, by their remote names
  std::vector<AppliedMask> masks;
  std::vector<AppliedRows> rows;
};

/// One place of the statement where a data source stands, and what was put there.
struct Guard {
  const resolve::SourceUse* use = nullptr;
  std::string alias;                 // as the statement names it
  std::vector<std::string> columns;  // exposed, in order
  std::vector<GuardedTable> tables;
  std::vector<AppliedMask> masks;   // above the definition
  std::vector<AppliedRows> rows;    // above the definition
  std::vector<std::string> pushed;  // the user's conjuncts that were copied inside
  bool fenced = false;
  const PgQuery__RangeVar* original = nullptr;  // what the statement said; lives in the query's arena
  const PgQuery__RangeSubselect* guarded = nullptr;
};

class ProtectedQuery {
 public:
  const parse::ParsedQuery& query() const { return resolved_.query; }
  const resolve::ResolvedQuery& resolved() const { return resolved_; }
  const std::vector<Guard>& guards() const { return guards_; }
  const PolicyParameters& parameters() const { return parameters_; }
  const catalog::Snapshot& snapshot() const { return *snapshot_; }

 private:
  friend class Protector;
  ProtectedQuery(catalog::SnapshotPtr snapshot, resolve::ResolvedQuery resolved, std::vector<Guard> guards,
                 PolicyParameters parameters)
      : snapshot_(std::move(snapshot)),
        resolved_(std::move(resolved)),
        guards_(std::move(guards)),
        parameters_(std::move(parameters)) {}

  catalog::SnapshotPtr snapshot_;
  resolve::ResolvedQuery resolved_;
  std::vector<Guard> guards_;
  PolicyParameters parameters_;
};

}  // namespace scrim::protect
