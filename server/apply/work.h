// SPDX-License-Identifier: Apache-2.0
// Work: one attempt at applying a document, inside the catalog's transaction. Made anew for each attempt.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/apply/document.h"
#include "server/catalog/catalog.h"
#include "server/catalog/introspect.h"
#include "server/catalog/snapshot_builder.h"

namespace scrim::apply {

/// Remembers shapes, so that another attempt does not ask the source again.
class ShapeCache {
 public:
  explicit ShapeCache(catalog::ReferencedTables referencedTables) : referencedTables_(std::move(referencedTables)) {}
  const base::Result<catalog::Shape>& of(const catalog::Connection& connection, const DataSourceEntry& entry);

 private:
  catalog::ReferencedTables referencedTables_;
  std::map<std::string, base::Result<catalog::Shape>> shapes_;
};

class Work {
 public:
  Work(const Document& document, catalog::Writer& writer, ShapeCache& shapes, Problems& problems)
      : document_(document), writer_(writer), shapes_(shapes), problems_(problems) {}

  base::Result<void> run();
  const std::vector<Problem>& warnings() const { return warnings_; }

 private:
  base::Result<void> loadPresent();
  base::Result<void> applyConnections();
  base::Result<void> loadIdentityProviders();
  base::Result<void> applyIdentityProviders();
  base::Result<void> applyUsers();
  base::Result<void> applyDirectoryUser(const UserEntry& entry, catalog::User present);
  base::Result<void> applyDataSources();
  base::Result<void> applyDataSource(const DataSourceEntry& entry);
  base::Result<void> applyPurposes();
  base::Result<void> applyProjects();
  base::Result<void> applyProject(const ProjectEntry& entry);
  base::Result<void> pruneProjects();
  base::Result<void> applyRules();
  base::Result<void> applySubscribers();
  base::Result<void> prune();
  base::Result<void> pruneRules();
  base::Result<void> pruneIdentityProviders();

  /// The columns it should have; empty after a problem.
  std::vector<catalog::Column> columnsFor(const DataSourceEntry& entry, const catalog::DataSource* present,
                                          const catalog::Connection& connection, catalog::DataSource& source);
  const catalog::Shape* shapeOf(const DataSourceEntry& entry, const catalog::Connection& connection);
  std::vector<catalog::Column> newColumns(const DataSourceEntry& entry, const catalog::Shape& shape);
  void describeColumns(const DataSourceEntry& entry, std::vector<catalog::Column>& columns);
  void chooseColumns(const DataSourceEntry& entry, std::vector<catalog::Column>& columns);
  void checkColumnNames(const DataSourceEntry& entry, const std::vector<catalog::Column>& columns);
  void checkRule(const RuleEntry& entry);
  bool names(const DataSourceEntry& entry, const std::vector<catalog::Column>& columns) const;

  const Document& document_;
  catalog::Writer& writer_;
  ShapeCache& shapes_;
  Problems& problems_;
  std::vector<Problem> warnings_;
  std::map<std::string, catalog::Connection> connections_;     // by name, as they are and then as they will be
  std::map<std::string, base::IdentityProviderId> providers_;  // by name, as they are
  std::map<std::string, base::Secret> bindPasswords_;
  std::map<std::string, catalog::User> users_;
  std::map<schema::QualifiedName, catalog::DataSource> sources_;
  std::vector<policy::Rule> rules_;
  std::vector<catalog::Purpose> purposesThere_;
  std::vector<catalog::Project> projects_;
  std::set<std::string> purposes_;  // that rules may name
  std::set<std::int64_t> keptRules_;
};

}  // namespace scrim::apply
