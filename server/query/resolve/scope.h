// SPDX-License-Identifier: Apache-2.0
// Scopes, as PostgreSQL's parser has them (parse_relation.c of version 15 is the authority): what a name may mean at a
// place of a statement. Internal to this room. Names are views into the statement's arena or the catalog's snapshot.
#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/query/resolve/facts.h"

namespace scrim::resolve {

struct ScopeColumn {
  std::string_view name;
  Facts facts;
  int table = -1;  // a column of Resolution::tables[table] itself, with this index; -1: computed
  int column = -1;
  int originTable = -1;  // of an output column: which table's column it passes on
  int originColumn = -1;
  bool fromStar = false;
  bool generated = false;  // by SEARCH or CYCLE, where a star leaves it out: inside their own WITH query
  const std::vector<ScopeColumn>* row = nullptr;  // of a value that is a row: its fields; must outlive the resolution
};

/// One entry of a FROM list: a table, sub-query, function, CTE reference or join.
struct RangeItem {
  std::string_view alias;   // empty for a join without one
  std::string_view schema;  // of a table without an alias: schema.table.column is possible
  std::vector<ScopeColumn> columns;
  TableSet tables = 0;  // whose rows it is made of
  bool isJoin = false;
};

/// A RangeItem as one place sees it.
struct Visible {
  const RangeItem* item;
  bool relation = true;      // its alias can be named
  bool columns = true;       // its columns can be named without the alias
  bool lateralOnly = false;  // only from LATERAL items
  bool lateralAllowed = true;
};
using Namespace = std::vector<Visible>;

struct CommonTable {
  std::string_view name;
  std::vector<ScopeColumn> columns;
  TableSet tables = 0;
  std::size_t generated = 0;  // how many of the columns, the last ones, SEARCH and CYCLE have made
  bool mayFail = true;        // it runs when it is read first: what fails in it fails there
};

/// One query level.
struct Scope {
  Scope* parent = nullptr;
  Namespace names;
  std::deque<CommonTable> commonTables;       // a deque: earlier ones stay where they are
  std::vector<std::string_view> laterTables;  // of WITH RECURSIVE: names that mean WITH queries not resolved yet
  bool lateralActive = false;                 // names marked lateralOnly can be seen from below
  TableSet outerTables = 0;                   // tables of outer levels that this one's expressions touch
};

struct FoundColumn {
  const ScopeColumn* column;
  int levelsUp;
};

/// By PostgreSQL's rules, innermost level first; nullopt: there is none. Errors: ambiguousColumn.
base::Result<std::optional<FoundColumn>> findColumn(const Scope& scope, std::string_view name, int location);

struct FoundItem {
  const RangeItem* item;
  int levelsUp;
};
/// By alias (and schema, if not empty). Errors: ambiguousColumn, undefinedTable (named from where it must not be).
base::Result<std::optional<FoundItem>> findItem(const Scope& scope, std::string_view schema, std::string_view alias,
                                                int location);
/// Whether the name means a WITH query that stands further on, or itself where it may not.
bool meansLaterTable(const Scope& scope, std::string_view name);
struct FoundCommonTable {
  const CommonTable* table;  // nullptr: there is none
  int levelsUp;
};
FoundCommonTable findCommonTable(const Scope& scope, std::string_view name);

/// PostgreSQL's errors, with a hint at visible columns that may have been meant.
base::Error noSuchColumn(const Scope& scope, std::string_view relation, std::string_view name, int location);
base::Error noSuchRelationEntry(const Scope& scope, std::string_view name, int location);

/// An error at a location of the tree (-1: none).
base::Error errorAt(base::ErrorCode code, std::string message, int location, std::string hint = {});
/// "quoted" as PostgreSQL quotes names in messages.
std::string inQuotes(std::string_view name);

}  // namespace scrim::resolve
