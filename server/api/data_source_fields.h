// SPDX-License-Identifier: Apache-2.0
// Data sources as documents: what they show, what a registration and a change say. Pure; any thread.
#pragma once

#include "server/api/call.h"
#include "server/catalog/introspect.h"

namespace scrim::api::data_sources {

struct ColumnSettings {
  std::string name;
  std::vector<std::string> tags;
  std::string comment;
  bool exposed = true;
};

/// What an owner may set.
struct DataSourceChange {
  std::string comment;
  std::vector<std::string> owners;
  std::vector<std::string> tags;
  std::string eventTimeColumn;
  std::vector<ColumnSettings> columns;  // those that are named; the others keep theirs
};

struct NewDataSource {
  schema::QualifiedName name;
  base::ConnectionId connection;
  schema::QualifiedName remote;  // or
  std::string definition;
  DataSourceChange settings;
};

/// "schema.name", or a name in schema public; nullopt: neither.
std::optional<schema::QualifiedName> qualifiedOf(const std::string& text);

/// `all`: hidden columns, definition and what stands behind it too.
ObjectPtr showDataSource(const catalog::DataSource& source, bool all);

base::Result<DataSourceChange> readDataSourceChange(contract::Fields& fields);
base::Result<NewDataSource> readNewDataSource(contract::Fields& fields);

/// Errors: invalidValue: a column or owner that there is not, several columns of one name, nothing exposed.
base::Result<void> applyChange(const DataSourceChange& change, catalog::DataSource& source);
base::Result<catalog::DataSource> registered(const NewDataSource& wanted, const catalog::Shape& shape,
                                             const std::string& owner);
catalog::DataSource copyOf(const catalog::DataSource& source);

}  // namespace scrim::api::data_sources
