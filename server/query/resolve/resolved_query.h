// SPDX-License-Identifier: Apache-2.0
// ResolvedQuery: a SELECT in which every name is known: tables, columns, functions, operators, types. What is not in it
// was refused. Made by resolve(), consumed by protect. Movable; one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/policy/decision.h"
#include "server/catalog/model.h"
#include "server/catalog/project.h"
#include "server/query/parse/parse.h"
#include "server/query/resolve/facts.h"

namespace scrim::resolve {

/// A column of a table as a statement may name it.
struct TableColumn {
  std::string name;
  std::uint32_t type = 0;    // 0: not certain (masked columns of changed type say what they are shown as)
  bool leakProof = true;     // reading it computes nothing that could fail
  bool ownCollation = true;  // it may be compared by another collation than the database's default
  bool defaultText = false;  // text that has that one, as was recorded
};

/// A place in the FROM lists where a statement names a table.
struct TableReference {
  PgQuery__Node* node;  // holds the RangeVar; protect puts the guarded form there
  const std::vector<TableColumn>* columns;
  std::size_t key;  // what the TableLookup gave: tells its caller which table it is
};

/// A conjunct of WHERE or ON that is leak-proof, speaks of one table of that FROM list only, and may be evaluated on it
/// first without changing the result.
struct PushableConjunct {
  PgQuery__Node* condition;
  int table;
};

struct ColumnUse {
  int table;
  int column;
};

/// An output column of the statement.
struct OutputColumn {
  std::string name;
  int table = -1;  // a column of a table passed on as it is; -1: computed
  int column = -1;
  bool fromStar = false;  // by "*" or "t.*" of the outermost select list
};

/// What is known of a resolved tree. Pointers point into its arena.
struct Resolution {
  std::vector<TableReference> tables;
  std::unordered_map<const PgQuery__ColumnRef*, ColumnUse> columnUses;  // of references to a table's own columns
  std::vector<ColumnUse> mergedColumns;                                 // used by USING and NATURAL
  TableSet allColumns = 0;       // tables whose columns are counted or expanded by a star or a column list
  TableSet wholeRows = 0;        // tables of which a whole row (t, t.*) is used
  TableSet leakyConditions = 0;  // tables that some condition which is not leak-proof touches
  TableSet pinned = 0;           // tables whose texts must have the collation that was recorded (Facts::pinned)
  TableSet patterns = 0;         // tables whose values meet a pattern (see isPatternOperator in resolve_operator.cpp)
  bool joins = false;            // somewhere, two things of a FROM list meet
  bool makesRows = false;        // somewhere, rows come from something else than tables
  bool mayFail = false;          // something that was computed is not leak-proof, wherever it stands
  std::vector<PushableConjunct> conjuncts;
  bool readsCatalog = false;  // pg_catalog or information_schema, or a function that answers about them
  int parameters = 0;         // the highest $n
  std::vector<OutputColumn> outputs;
  TableSet filterable = 0;  // of the outermost FROM list: a filter above may be moved down to them
};

/// A data source that a statement names, with what its subject may see of it.
struct SourceUse {
  std::shared_ptr<const catalog::DataSource> source;
  std::shared_ptr<const policy::Decision> decision;  // allowed
  std::vector<TableColumn> columns;                  // the exposed ones, as shown
  /// Under which HASHING gives the same in all of its data sources; nullptr: each has a key of its own.
  std::shared_ptr<const catalog::Project> maskedJoins;

  const base::Secret& maskKey() const { return maskedJoins != nullptr ? maskedJoins->hashKey : source->hashKey; }
};

/// The second stage's type. TableReference::key is an index into `sources`.
struct ResolvedQuery {
  parse::ParsedQuery query;
  Resolution names;
  std::vector<std::unique_ptr<SourceUse>> sources;  // each once, in the order of first use
};

}  // namespace scrim::resolve
