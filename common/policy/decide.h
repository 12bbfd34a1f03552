// SPDX-License-Identifier: Apache-2.0
// decide(): the only decision maker. Same input, same output; no I/O; microseconds. Any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/policy/decision.h"
#include "common/policy/rule.h"
#include "common/policy/subject.h"

namespace scrim::policy {

struct ResourceColumn {
  std::string name;
  schema::DataType type;
  std::vector<std::string> tags;
};

/// A column that is there and not exposed: rules may look at it to choose rows and cells, nobody sees it.
struct HiddenColumn {
  ResourceColumn column;
  bool ambiguous = false;  // several tables of the definition have one of this name: no rule can mean it
};

/// A data source as policy sees it.
struct Resource {
  base::DataSourceId id;
  schema::QualifiedName name;
  std::vector<std::string> tags;
  std::vector<ResourceColumn> columns;  // the exposed ones
  bool degraded = false;                // a column vanished or changed type: rules that name it deny
  std::vector<HiddenColumn> hidden = {};
};

/// `rules`: every rule that may concern the resource (local ones of it, and all global ones).
/// Purposes, OTHERWISE, EXCEPT, combination and precedence as docs/policy_model.md says; a rule that is not
/// understood, or names a column that does not exist, denies.
Decision decide(const Subject& subject, const Resource& resource, std::span<const std::shared_ptr<const Rule>> rules,
                base::SnapshotVersion snapshot);

/// Whether decide() looks at the rule at all for this resource, when it is active: by its scope and tags, whoever asks.
bool covers(const Rule& rule, const Resource& resource);

/// The tags of which a data source has one (or one below it) if the global rule covers it; empty: it covers all of
/// them. With schema::coveringTags, a catalog finds the rules of a data source without looking at the others.
std::vector<std::string> tagsCovered(const Rule& rule);

}  // namespace scrim::policy
