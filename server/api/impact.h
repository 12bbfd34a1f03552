// SPDX-License-Identifier: Apache-2.0
// What a change of one rule would change for whom: both versions of the catalog decide for every user, and people with
// the same difference are told as one. Pure but for countShares(), which asks the source. One call.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/policy/decision.h"
#include "server/catalog/snapshot.h"

namespace scrim::api {

/// The catalog as it is, and as it would be.
struct Versions {
  catalog::SnapshotPtr before;
  catalog::SnapshotPtr after;
};

/// People for whom one data source changes in the same way.
struct Difference {
  catalog::DataSourcePtr source;
  std::vector<std::string> users;
  policy::Decision before;
  policy::Decision after;
  std::optional<std::pair<double, double>> shares;  // of the rows, 0 to 1: before, after
  std::string sharesProblem;                        // why they could not be counted
};

struct Impact {
  std::vector<Difference> differences;  // in the order of data sources
  std::size_t users = 0;                // looked at
  std::size_t unchanged = 0;            // of them: sees what they saw
  bool truncated = false;               // there are more users, or more differences, than are looked at
};

/// At most kMostDecisions decisions of each version and kMostDifferences differences. `project`: for those who may act
/// under it, acting under it; empty: for everybody, under none.
Impact impactOf(const Versions& versions, const std::vector<catalog::DataSourcePtr>& sources,
                const std::string& project = {});
/// Counts what the first of the difference's users sees of the rows, before and after.
void countShares(const Versions& versions, Difference& difference, const std::string& project = {});

inline constexpr std::size_t kMostDecisions = 20'000;
inline constexpr std::size_t kMostDifferences = 50;

}  // namespace scrim::api
