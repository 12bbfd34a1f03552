// SPDX-License-Identifier: Apache-2.0
// SnapshotBuilder: makes snapshots, from nothing (tests) or from an earlier one of which it shares what does not
// change. Putting a thing with a known id replaces it. One thread; the snapshots it builds are immutable and outlive
// it.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "server/catalog/snapshot.h"

namespace scrim::catalog {

/// Who was given standing access to one data source, by name.
struct Grants {
  std::set<std::string> users;
  std::set<std::string> groups;
};

class SnapshotBuilder {
 public:
  SnapshotBuilder();
  explicit SnapshotBuilder(const Snapshot& base);
  ~SnapshotBuilder();
  SnapshotBuilder(const SnapshotBuilder&) = delete;
  SnapshotBuilder& operator=(const SnapshotBuilder&) = delete;

  SnapshotBuilder& put(Connection connection);
  SnapshotBuilder& put(DataSource source);
  SnapshotBuilder& put(User user);
  SnapshotBuilder& put(IdentityProvider provider);
  SnapshotBuilder& put(policy::Rule rule);
  SnapshotBuilder& put(Purpose purpose);
  SnapshotBuilder& put(Project project);
  SnapshotBuilder& put(base::DataSourceId source, Grants grants);

  SnapshotBuilder& remove(base::ConnectionId id);
  SnapshotBuilder& remove(base::DataSourceId id);  // its rules and grants stay until removed themselves
  SnapshotBuilder& remove(base::UserId id);
  SnapshotBuilder& remove(base::IdentityProviderId id);
  SnapshotBuilder& remove(base::RuleId id);
  SnapshotBuilder& remove(base::PurposeId id);
  SnapshotBuilder& remove(base::ProjectId id);
  SnapshotBuilder& removeGrants(base::DataSourceId id);

  /// Adds one name to the grants of a data source.
  SnapshotBuilder& subscribeUser(base::DataSourceId source, const std::string& user);
  SnapshotBuilder& subscribeGroup(base::DataSourceId source, const std::string& group);

  /// The snapshot; the builder may go on from it.
  SnapshotPtr build(base::SnapshotVersion version);

 private:
  using State = Snapshot::State;
  State& state() { return *state_; }
  void replaceRule(base::RuleId id, RulePtr rule);
  void changeLists(const policy::Rule& of, const RulePtr& with);

  std::shared_ptr<State> state_;
};

}  // namespace scrim::catalog
