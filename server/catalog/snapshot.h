// SPDX-License-Identifier: Apache-2.0
// Snapshot: the whole catalog at one version, immutable. Every statement resolves, is protected and audited with one
// snapshot. Parts that did not change are shared between snapshots. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/policy/decide.h"
#include "common/policy/rule.h"
#include "common/policy/subject.h"
#include "server/catalog/model.h"

namespace scrim::catalog {

struct Project;  // project.h
struct Purpose;

using DataSourcePtr = std::shared_ptr<const DataSource>;
using RulePtr = std::shared_ptr<const policy::Rule>;
using UserPtr = std::shared_ptr<const User>;
using ConnectionPtr = std::shared_ptr<const Connection>;
using IdentityProviderPtr = std::shared_ptr<const IdentityProvider>;
using ProjectPtr = std::shared_ptr<const Project>;
using PurposePtr = std::shared_ptr<const Purpose>;

class Snapshot {
 public:
  base::SnapshotVersion version() const { return version_; }

  /// nullptr: there is none.
  DataSourcePtr dataSource(const schema::QualifiedName& name) const;
  DataSourcePtr dataSource(base::DataSourceId id) const;
  ConnectionPtr connection(base::ConnectionId id) const;
  UserPtr user(std::string_view name) const;
  UserPtr user(base::UserId id) const;
  IdentityProviderPtr identityProvider(base::IdentityProviderId id) const;
  /// In the order in which they are asked.
  const std::vector<IdentityProviderPtr>& identityProviders() const;
  std::vector<DataSourcePtr> dataSources() const;
  /// All of them, in the order of ids.
  std::vector<UserPtr> users() const;
  std::vector<ConnectionPtr> connections() const;
  std::vector<RulePtr> rules() const;
  RulePtr rule(base::RuleId id) const;
  /// Letter case counts in the name of a project, and not in that of a purpose.
  ProjectPtr project(std::string_view name) const;
  ProjectPtr project(base::ProjectId id) const;
  PurposePtr purpose(std::string_view name) const;
  PurposePtr purpose(base::PurposeId id) const;
  std::vector<ProjectPtr> projects() const;
  std::vector<PurposePtr> purposes() const;

  /// Every rule that concerns the data source, in the order of ids: its local ones and the global ones that cover it,
  /// staged and disabled included. Costs what it finds, however many rules there are.
  std::vector<RulePtr> rulesFor(base::DataSourceId id) const;
  /// The data source as policy sees it.
  policy::Resource resource(const DataSource& source) const;
  /// Standing access that was granted by name or group, or by owning it (besides ALLOW SUBSCRIPTION rules).
  bool subscribed(const policy::Subject& subject, base::DataSourceId id) const;

  /// The project whose key HASHING takes for the subject in every data source; nullptr: each data source's own.
  ProjectPtr maskedJoins(const policy::Subject& subject) const;

  /// The decision about one data source: the project acted under, subscriptions, then decide(). Not cached here.
  policy::Decision decide(const policy::Subject& subject, const DataSource& source) const;

 private:
  friend class SnapshotBuilder;
  struct State;  // state.h
  std::shared_ptr<const State> state_;
  base::SnapshotVersion version_;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// A data source as policy sees it: what it exposes, and what rules may look at besides.
policy::Resource resourceOf(const DataSource& source);
/// ASCII letters in lower case, everything else byte for byte: how user names are kept and compared.
std::string normalisedUserName(std::string_view name);

}  // namespace scrim::catalog
