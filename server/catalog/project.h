// SPDX-License-Identifier: Apache-2.0
// Purposes and projects: under which data is used, by whom, on which terms. Immutable once in a Snapshot; any thread.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "common/base/id.h"
#include "common/base/secret.h"
#include "server/catalog/model.h"

namespace scrim::catalog {

/// The database of those who act under no project; no project has its name, in any letter case.
inline constexpr std::string_view kNoProject = "scrim";

/// Dotted and hierarchical, as tags are: acting under Marketing.Email is acting under Marketing.
struct Purpose {
  base::PurposeId id;
  std::string name;
  std::string description;
};

struct Project {
  base::ProjectId id;
  std::string name;  // what a client names as its database; never changes
  std::string description;
  bool enabled = true;
  std::set<std::string> purposes;
  std::string acknowledgement;  // what members agree to before they act under it; empty: nothing
  int acknowledgementVersion = 1;
  bool maskedJoins = false;  // HASHING uses `hashKey` in all of its data sources
  base::Secret hashKey;      // 32 bytes
  std::set<base::UserId> users;
  std::set<std::string> groups;
  std::set<base::DataSourceId> dataSources;
  std::set<base::UserId> acknowledged;  // who agreed to the present text
};

/// By name, or by one of their groups.
bool isMember(const Project& project, const User& user);
/// Whether there is nothing to agree to, or the user has agreed to the present text.
bool hasAcknowledged(const Project& project, base::UserId user);

}  // namespace scrim::catalog
