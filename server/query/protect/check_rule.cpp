// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/check_rule.h"

#include "common/policy/selector.h"
#include "server/query/protect/placement.h"
#include "server/query/resolve/definition.h"

namespace scrim::protect {
namespace {

using base::Result;
using policy::Expression;
using policy::ExpressionKind;

Result<void> checkLookups(const Expression& predicate, const LookupTables& lookups) {
  if (predicate.kind == ExpressionKind::inLookup) {
    const auto table = lookups(predicate.lookupSource, "scrim_lookup");
    if (!table.ok()) {
      return base::Error{.code = base::ErrorCode::policyInvalid,
                         .message = "the rule cannot look up in " + schema::quotedName(predicate.lookupSource),
                         .hint = "It must be a data source of the same connection that can be used."};
    }
  }
  for (const policy::ExpressionPtr& child : predicate.children) SCRIM_CHECK_OK(checkLookups(*child, lookups));
  return {};
}

// A decision that holds nothing but this action, for everyone and with nothing folded away.
Result<policy::Decision> decisionOf(const policy::Action& action, const policy::Resource& resource) {
  policy::Decision decision{.allowed = true, .visible = true};
  if (const auto* rows = std::get_if<policy::RowAction>(&action)) decision.rows.push_back({rows->predicate});
  const auto* mask = std::get_if<policy::MaskAction>(&action);
  if (mask == nullptr || !mask->where) return decision;
  SCRIM_TRY(const auto columns, policy::selectedColumns(mask->columns, resource.columns));
  for (const policy::ResourceColumn* column : columns)
    decision.masks[column->name].push_back({mask->where, mask->mask});
  return decision;
}

Result<void> checkAction(const policy::Action& action, const catalog::DataSource& source, const LookupTables& lookups) {
  const policy::Resource resource = catalog::resourceOf(source);
  SCRIM_TRY(const policy::Decision decision, decisionOf(action, resource));
  for (const policy::RowGuard& guard : decision.rows) SCRIM_CHECK_OK(checkLookups(*guard.predicate, lookups));
  for (const auto& [column, masks] : decision.masks) SCRIM_CHECK_OK(checkLookups(**masks[0].condition, lookups));
  if (!source.isSql() || (decision.rows.empty() && decision.masks.empty())) return {};
  SCRIM_TRY(const resolve::ResolvedDefinition definition, resolve::resolveDefinition(source));
  SCRIM_CHECK_OK(placementOf(source, resource, decision, definition));
  return {};
}

}  // namespace

Result<void> checkRule(const policy::Sentence& sentence, const catalog::DataSource& source,
                       const DataSources& sources) {
  const auto arena = std::make_shared<parse::Arena>();
  const LookupTables lookups = lookupTables(arena, sources, source.connection);
  SCRIM_CHECK_OK(checkAction(sentence.action, source, lookups));
  return sentence.otherwise ? checkAction(*sentence.otherwise, source, lookups) : Result<void>{};
}

}  // namespace scrim::protect
