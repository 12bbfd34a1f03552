// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/protect.h"

#include <algorithm>

#include "server/query/parse/build.h"
#include "server/query/protect/guard_builder.h"
#include "server/query/protect/guard_parts.h"
#include "server/query/protect/render_predicate.h"

namespace scrim::protect {

using base::Result;

bool GuardBuilder::hidesRows(const resolve::SourceUse& use) {
  // A definition may leave out rows by a filter or a join of its own.
  return !use.decision->rows.empty() || use.source->isSql();
}

bool GuardBuilder::looksUp(const policy::Decision& decision) {
  const bool inRows = std::any_of(decision.rows.begin(), decision.rows.end(),
                                  [](const policy::RowGuard& guard) { return hasLookup(*guard.predicate); });
  return inRows;
}

/// The only maker of ProtectedQuery.
class Protector {
 public:
  Protector(resolve::ResolvedQuery resolved, catalog::SnapshotPtr snapshot, int firstPolicyParameter, Notes notes)
      : resolved_(std::move(resolved)),
        snapshot_(std::move(snapshot)),
        parameters_(firstPolicyParameter),
        notes_(notes) {}

  Result<ProtectedQuery> run() {
    for (std::size_t i = 0; i < resolved_.names.tables.size(); ++i) {
      if (resolved_.names.tables[i].key >= resolved_.sources.size()) continue;  // a catalog relation, on route local
      SCRIM_CHECK_OK(replace(i));
    }
    return ProtectedQuery(snapshot_, std::move(resolved_), std::move(guards_), std::move(parameters_));
  }

 private:
  FenceOrder fenceOf(std::size_t index, const resolve::SourceUse& use) const;
  std::vector<bool> wantedColumns(std::size_t index, std::size_t count) const;
  Result<void> replace(std::size_t index);

  resolve::ResolvedQuery resolved_;
  catalog::SnapshotPtr snapshot_;
  PolicyParameters parameters_;
  std::vector<Guard> guards_;
  Notes notes_;
};

FenceOrder Protector::fenceOf(std::size_t index, const resolve::SourceUse& use) const {
  const resolve::TableSet self = resolve::TableSet{1} << index;
  FenceOrder order{.names = &resolved_.names};
  const bool leaky = (resolved_.names.leakyConditions & self) != 0;
  // Rows that a definition leaves out by a join may meet, below that join, whatever the statement computes; and what it
  // joins them with, which can be made to take long.
  const bool dear = resolved_.names.joins && resolved_.names.makesRows;
  const bool joins = use.source->isSql() && (resolved_.names.mayFail || dear);
  order.fence = GuardBuilder::hidesRows(use) && (leaky || joins || GuardBuilder::looksUp(*use.decision));
  order.hideStatistics = (resolved_.names.patterns & self) != 0;
  order.pinCollation = (resolved_.names.pinned & self) != 0;
  order.wanted = wantedColumns(index, use.columns.size());
  for (const resolve::PushableConjunct& conjunct : resolved_.names.conjuncts) {
    if (conjunct.table == static_cast<int>(index)) order.conjuncts.push_back(conjunct.condition);
  }
  return order;
}

// The source would not read the others anyway; leaving them out keeps texts short, here, at the source and in verify.
std::vector<bool> Protector::wantedColumns(std::size_t index, std::size_t count) const {
  const resolve::Resolution& names = resolved_.names;
  const bool all = ((names.wholeRows | names.allColumns) >> index & 1) != 0;
  std::vector<bool> wanted(count, all);
  const auto note = [&](const resolve::ColumnUse& use) {
    if (use.table == static_cast<int>(index)) wanted[static_cast<std::size_t>(use.column)] = true;
  };
  for (const auto& [ref, use] : names.columnUses) note(use);
  for (const resolve::ColumnUse& use : names.mergedColumns) note(use);
  return wanted;
}

Result<void> Protector::replace(std::size_t index) {
  const resolve::TableReference& table = resolved_.names.tables[index];
  const resolve::SourceUse& use = *resolved_.sources[table.key];
  parse::Arena& arena = resolved_.query.arena();
  PgQuery__RangeVar* range = table.node->range_var;
  Guard guard{
      .use = &use, .alias = range->alias == nullptr ? range->relname : range->alias->aliasname, .original = range};
  for (const resolve::TableColumn& column : use.columns) guard.columns.push_back(column.name);
  const std::shared_ptr<parse::Arena> shared = resolved_.query.sharedArena();
  const GuardBuilder builder{shared, arena, *snapshot_, parameters_, notes_ == Notes::forPlans};
  const FenceOrder order = fenceOf(index, use);
  SCRIM_TRY(PgQuery__SelectStmt * select,
            use.source->isSql() ? builder.overDefinition(use, order, guard) : builder.overTable(use, order, guard));
  PgQuery__Alias* alias = range->alias == nullptr ? parse::alias(arena, range->relname) : range->alias;
  PgQuery__Node* derived = parse::subselect(arena, select, alias);
  guard.guarded = derived->range_subselect;
  parse::replace(*table.node, derived->range_subselect);
  guards_.push_back(std::move(guard));
  return {};
}

Result<ProtectedQuery> protect(resolve::ResolvedQuery resolved, catalog::SnapshotPtr snapshot, int firstPolicyParameter,
                               Notes notes) {
  return Protector(std::move(resolved), std::move(snapshot), firstPolicyParameter, notes).run();
}

}  // namespace scrim::protect
