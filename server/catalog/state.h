// SPDX-License-Identifier: Apache-2.0
// What a Snapshot holds inside. For snapshot.cpp and snapshot_builder.cpp only.
#pragma once

#include <memory>
#include <vector>

#include "server/catalog/project.h"
#include "server/catalog/snapshot_builder.h"
#include "server/catalog/table.h"

template <>
struct std::hash<scrim::schema::QualifiedName> {
  std::size_t operator()(const scrim::schema::QualifiedName& name) const noexcept {
    return std::hash<std::string>{}(name.schema) * 31 + std::hash<std::string>{}(name.name);
  }
};

namespace scrim::catalog {

/// A data source and how policy sees it, made once.
struct SourceEntry {
  DataSourcePtr source;
  policy::Resource resource;
};

using RuleList = std::vector<RulePtr>;

struct Snapshot::State {
  Table<base::DataSourceId, SourceEntry> sources;
  Table<schema::QualifiedName, SourceEntry> sourcesByName;
  Table<base::ConnectionId, Connection> connections;
  Table<base::UserId, User> users;
  Table<std::string, User> usersByName;
  std::vector<IdentityProviderPtr> providers;  // a handful, by position
  Table<base::RuleId, policy::Rule> rules;
  Table<base::ProjectId, Project> projects;
  Table<std::string, Project> projectsByName;
  Table<base::PurposeId, Purpose> purposes;
  Table<std::string, Purpose> purposesByName;  // folded
  Table<base::DataSourceId, RuleList> localRules;
  Table<base::DataSourceId, Grants> grants;
  Table<std::string, RuleList> rulesByTag;  // global ones, by each tag they name, folded
  std::shared_ptr<const RuleList> rulesOfAll = std::make_shared<RuleList>();  // global ones that cover all data sources
};

}  // namespace scrim::catalog
