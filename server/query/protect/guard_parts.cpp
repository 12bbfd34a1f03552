// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/guard_parts.h"

#include "common/policy/typing.h"
#include "server/query/parse/build.h"
#include "server/query/parse/compare.h"
#include "server/query/parse/print.h"
#include "server/query/protect/canonical_text.h"
#include "server/query/protect/render_predicate.h"

namespace scrim::protect {

using base::Result;

std::string displayText(const PgQuery__Node& expression) {
  auto printed = parse::printExpression(expression);
  return printed.ok() ? std::move(printed).value() : std::string();
}

void addColumns(const policy::Expression& expression, std::set<std::string>& names) {
  using policy::ExpressionKind;
  if (expression.kind == ExpressionKind::column || expression.kind == ExpressionKind::sample)
    names.insert(expression.name);
  for (const policy::ExpressionPtr& child : expression.children) addColumns(*child, names);
}

std::set<std::string> hiddenColumnsRead(const policy::Resource& resource, const policy::Decision& decision) {
  std::set<std::string> names;
  for (const policy::RowGuard& guard : decision.rows) addColumns(*guard.predicate, names);
  for (const auto& [name, masks] : decision.masks) {
    for (const policy::ColumnMask& mask : masks) {
      if (mask.condition) addColumns(**mask.condition, names);
    }
  }
  std::erase_if(names, [&](const std::string& name) { return policy::findColumn(resource.columns, name) != nullptr; });
  return names;
}

const std::vector<policy::ResourceColumn>& columnsForRules(const policy::Resource& resource,
                                                           const policy::Decision& decision,
                                                           std::vector<policy::ResourceColumn>& storage) {
  const std::set<std::string> names = hiddenColumnsRead(resource, decision);
  if (names.empty()) return resource.columns;
  storage = resource.columns;
  for (const policy::HiddenColumn& hidden : resource.hidden) {
    if (names.contains(hidden.column.name) && !hidden.ambiguous) storage.push_back(hidden.column);
  }
  return storage;
}

Result<RenderedColumn> shownColumn(const policy::ResourceColumn& column, const policy::Decision& decision,
                                   const RenderScope& scope, std::vector<AppliedMask>& applied) {
  static const std::vector<policy::ColumnMask> kNone;
  const auto found = decision.masks.find(column.name);
  const auto& masks = found == decision.masks.end() ? kNone : found->second;
  SCRIM_TRY(RenderedColumn shown, renderColumn(column, masks, scope));
  if (masks.empty()) return shown;
  AppliedMask note{.column = column.name, .expression = scope.describe ? displayText(*shown.value) : std::string()};
  for (const policy::ColumnMask& mask : masks) note.sentences.push_back(mask.sentence);
  applied.push_back(std::move(note));
  return shown;
}

Result<PgQuery__Node*> rowCondition(const policy::RowGuard& guard, const RenderScope& scope,
                                    std::vector<AppliedRows>& applied) {
  SCRIM_TRY(PgQuery__Node * condition, renderPredicate(*guard.predicate, scope));
  applied.push_back({scope.describe ? displayText(*condition) : std::string(), guard.sentence});
  return condition;
}

Result<std::vector<PgQuery__Node*>> rowConditions(const policy::Decision& decision, const RenderScope& scope,
                                                  std::vector<AppliedRows>& applied) {
  std::vector<PgQuery__Node*> conditions;
  for (const policy::RowGuard& guard : decision.rows) {
    SCRIM_TRY(PgQuery__Node * condition, rowCondition(guard, scope, applied));
    conditions.push_back(condition);
  }
  return conditions;
}

namespace {

// References in the original and in its copy, in the same order.
std::vector<const PgQuery__ColumnRef*> referencesOf(const PgQuery__Node& tree) {
  std::vector<const PgQuery__ColumnRef*> all;
  parse::forEachNode(tree, [&](const PgQuery__Node& node) {
    if (const auto* ref = parse::as<PgQuery__ColumnRef>(node)) all.push_back(ref);
    return true;
  });
  return all;
}

}  // namespace

PgQuery__Node* movedInside(const PgQuery__Node& conjunct, const resolve::Resolution& names,
                           const std::vector<policy::ResourceColumn>& columns, const std::vector<bool>& masked,
                           const RenderScope& scope) {
  PgQuery__Node* copy = parse::clone(scope.arena, conjunct);
  const auto originals = referencesOf(conjunct);
  const auto copies = referencesOf(*copy);
  for (std::size_t i = 0; i < originals.size(); ++i) {
    const auto use = names.columnUses.find(originals[i]);
    if (use == names.columnUses.end()) return nullptr;
    const auto column = static_cast<std::size_t>(use->second.column);
    if (masked[column]) return nullptr;
    auto* ref = const_cast<PgQuery__ColumnRef*>(copies[i]);
    const PgQuery__Node* inside = columnOf(scope, columns[column].name);
    ref->n_fields = inside->column_ref->n_fields;
    ref->fields = inside->column_ref->fields;
  }
  return copy;
}

// CASE with a condition that the planner cannot fold, because now() is not known to it, and that is never true.
PgQuery__Node* opaqueToPlanner(parse::Arena& arena, PgQuery__Node* value) {
  auto* when = parse::make<PgQuery__CaseWhen>(arena);
  when->expr = parse::isNull(arena, call(arena, "now", {}));
  when->result = value;
  auto* choice = parse::make<PgQuery__CaseExpr>(arena);
  parse::append(arena, choice->n_args, choice->args, parse::wrap(arena, when));
  choice->defresult = value;
  return parse::wrap(arena, choice);
}

PgQuery__Node* ofDefaultCollation(parse::Arena& arena, PgQuery__Node* value) {
  auto* clause = parse::make<PgQuery__CollateClause>(arena);
  clause->arg = value;
  parse::append(arena, clause->n_collname, clause->collname, parse::stringNode(arena, "pg_catalog"));
  parse::append(arena, clause->n_collname, clause->collname, parse::stringNode(arena, "default"));
  return parse::wrap(arena, clause);
}

bool isPatternMatched(const schema::DataType& type) {
  constexpr std::uint32_t kName = 19, kJsonb = 3802;
  const schema::TypeFamily family = schema::familyOf(type);
  return family == schema::TypeFamily::text || family == schema::TypeFamily::bytes || type.oid == kName ||
         type.oid == kJsonb;
}

void addFence(parse::Arena& arena, PgQuery__SelectStmt& select) {
  select.limit_offset = parse::integerConstant(arena, 0);
  select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_COUNT;
}

}  // namespace scrim::protect
