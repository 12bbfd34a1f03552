// SPDX-License-Identifier: Apache-2.0
// The shape of remote tables: names and types of columns, read from a source's own catalog when a data source is
// registered or refreshed. Never a row of it. Blocking, with deadlines; any thread.
// Errors: sourceUnavailable, undefinedTable, sourceError with the source's own words (for the administrator).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/catalog/model.h"
#include "server/store/link.h"

namespace scrim::catalog {

/// The tables that a SQL definition names; an unqualified name means schema public. Given by the wiring, because
/// understanding SQL is not this room's matter.
using ReferencedTables = std::function<base::Result<std::vector<schema::QualifiedName>>(const std::string& definition)>;

/// What stands behind a data source.
struct Shape {
  std::vector<RemoteTable> tables;         // of a table: itself; of a definition: those it names
  std::vector<RemoteColumn> outputs;       // of a table: its columns; of a definition: what it returns, in order
  std::vector<schema::QualifiedName> kin;  // relations that hold some of the same rows: partitions and children, what
                                           // they belong to, and what views read
};

/// Whether a relation tells of other people's data or statements: system catalogs, statistics with sampled values, the
/// activity of sessions. No data source stands on one: rules could not hold what it gives away.
bool isSystemRelation(const schema::QualifiedName& name);

/// How to reach the source for looking at its shape.
store::LinkOptions linkOptionsOf(const Connection& connection);

/// `definition` empty: the table `remote`.
base::Result<Shape> readShape(const Connection& connection, const schema::QualifiedName& remote,
                              const std::string& definition, const ReferencedTables& referencedTables);

/// Of several tables, over one connection to the source, in their order: each its shape, or why it has none.
/// Errors: sourceUnavailable for all of them.
base::Result<std::vector<base::Result<Shape>>> readShapes(const Connection& connection,
                                                          const std::vector<schema::QualifiedName>& tables);

/// Tables and views that the connection's account may see, in the order of their names; `schemaName` empty: of all but
/// the system's; `part`: in their names.
base::Result<std::vector<RemoteTable>> browseTables(const Connection& connection, const std::string& schemaName,
                                                    const std::string& part, std::size_t limit);

}  // namespace scrim::catalog
