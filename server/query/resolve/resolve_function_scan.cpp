// SPDX-License-Identifier: Apache-2.0
// Resolver: functions in FROM, with their OUT columns, column definitions, ROWS FROM and WITH ORDINALITY.
#include "server/query/parse/node.h"
#include "server/query/resolve/allow_list/allow_list.h"
#include "server/query/resolve/resolver.h"

namespace scrim::resolve {

using base::ErrorCode;
using parse::as;
using parse::list;
using parse::stringOf;

namespace {

ScopeColumn valueColumn(std::string_view name) { return ScopeColumn{name, detached()}; }

}  // namespace

base::Result<Resolver::From> Resolver::functionScan(PgQuery__RangeFunction& range, Scope& scope) {
  seen_.insert(&range);
  RangeItem item;
  // Arguments may name what stands to the left, with or without the word LATERAL.
  const bool before = scope.lateralActive;
  scope.lateralActive = true;
  Scope inside{.parent = &scope};
  for (PgQuery__Node* node : list(range.n_functions, range.functions)) {
    const auto* pair = as<PgQuery__List>(node);
    if (pair == nullptr || pair->n_items != 2)
      return errorAt(ErrorCode::notSupported, "this form of a function in FROM is not available", -1);
    SCRIM_CHECK_OK(scannedFunction(*pair->items[0], range, as<PgQuery__List>(pair->items[1]), inside, item));
  }
  scope.lateralActive = before;
  if (range.ordinality) item.columns.push_back(valueColumn("ordinality"));
  if (range.alias == nullptr) {
    const auto* first = as<PgQuery__List>(range.functions[0]);
    item.alias = arena_.copy(figureColumnName(first->items[0]));
  }
  return entry(std::move(item), range.alias, -1);
}

Resolver::Checked Resolver::scannedFunction(PgQuery__Node& function, const PgQuery__RangeFunction& range,
                                            PgQuery__List* definitions, Scope& scope, RangeItem& item) {
  const auto* call = as<PgQuery__FuncCall>(&function);
  const std::string_view name = call == nullptr ? std::string_view() : stringOf(call->funcname[call->n_funcname - 1]);
  const std::string figured = figureColumnName(&function);
  SCRIM_CHECK_OK(root(&function, scope));
  if (definitions != nullptr) return columnDefinitions(list(definitions->n_items, definitions->items), item);
  if (range.n_coldeflist > 0) return columnDefinitions(list(range.n_coldeflist, range.coldeflist), item);
  const Function* known = findFunction(name);
  const std::vector<std::string_view> outs =
      known == nullptr ? std::vector<std::string_view>() : splitNames(known->outNames);
  // unnest(a, b) in FROM stands for ROWS FROM (unnest(a), unnest(b)).
  const std::size_t copies = name == "unnest" && call != nullptr ? call->n_args : 1;
  if (outs.size() > 1 || (outs.size() == 1 && range.n_functions == 1)) {
    for (std::string_view out : outs) item.columns.push_back(valueColumn(out));
    return {};
  }
  const bool aliased = range.alias != nullptr && range.n_functions == 1 && copies == 1;
  for (std::size_t i = 0; i < copies; ++i) {
    item.columns.push_back(
        valueColumn(aliased ? range.alias->aliasname : arena_.copy(outs.empty() ? figured : std::string(outs[0]))));
  }
  return {};
}

Resolver::Checked Resolver::columnDefinitions(std::span<PgQuery__Node* const> definitions, RangeItem& item) {
  for (PgQuery__Node* node : definitions) {
    auto* definition = as<PgQuery__ColumnDef>(node);
    if (definition == nullptr || definition->type_name == nullptr) {
      return errorAt(ErrorCode::notSupported, "this form of a column definition is not available", -1);
    }
    SCRIM_CHECK_OK(typeName(*definition->type_name));
    if (definition->coll_clause != nullptr) {
      return errorAt(ErrorCode::notSupported, "COLLATE in a column definition is not available", definition->location);
    }
    item.columns.push_back(valueColumn(definition->colname));
  }
  return {};
}

}  // namespace scrim::resolve
