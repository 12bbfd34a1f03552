// SPDX-License-Identifier: Apache-2.0
// SourceLookup: names in users' statements mean data sources, as far as the subject may see them, and on the route
// `local` a few catalog relations. Internal to this room; one statement, one thread.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "common/policy/subject.h"
#include "server/catalog/snapshot.h"
#include "server/query/resolve/session_facts.h"
#include "server/query/resolve/table_lookup.h"

namespace scrim::resolve {

class SourceLookup : public TableLookup {
 public:
  SourceLookup(const catalog::Snapshot& snapshot, const policy::Subject& subject, const SessionFacts& session)
      : snapshot_(snapshot), subject_(subject), session_(session) {}

  base::Result<FoundTable> find(const PgQuery__RangeVar& name) override;

  /// TableReference::key of catalog relations; all others are indexes into sources().
  static constexpr std::size_t kCatalogRelation = static_cast<std::size_t>(-1);

  std::vector<std::unique_ptr<SourceUse>> takeSources() { return std::move(sources_); }
  bool empty() const { return sources_.empty(); }
  bool readsCatalog() const { return !catalogRelations_.empty(); }

 private:
  base::Result<FoundTable> catalogRelation(std::string_view schema, const PgQuery__RangeVar& name);
  base::Result<FoundTable> source(const catalog::DataSourcePtr& source, const PgQuery__RangeVar& name);

  const catalog::Snapshot& snapshot_;
  const policy::Subject& subject_;
  const SessionFacts& session_;
  std::vector<std::unique_ptr<SourceUse>> sources_;
  std::deque<std::vector<TableColumn>> catalogRelations_;
};

}  // namespace scrim::resolve
