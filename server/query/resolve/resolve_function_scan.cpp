// SPDX-License-Identifier: Apache-2.0
// Resolver: functions in FROM, with their OUT columns, column definitions, ROWS FROM and WITH ORDINALITY.
#include "server/query/parse/build.h"
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

// unnest(a, b) stands for ROWS FROM (unnest(a), unnest(b)), but only for PostgreSQL's parser, and under its bare name.
const PgQuery__FuncCall* unnestOfSeveral(const PgQuery__Node& item) {
  const auto* pair = as<PgQuery__List>(item);
  const auto* call = pair == nullptr || pair->n_items != 2 ? nullptr : as<PgQuery__FuncCall>(pair->items[0]);
  const bool bare = call != nullptr && call->n_funcname == 1 && stringOf(call->funcname[0]) == "unnest";
  const bool plain = bare && call->n_args > 1 && call->n_agg_order == 0 && call->agg_filter == nullptr &&
                     call->over == nullptr && !call->agg_star && !call->agg_distinct && !call->func_variadic;
  return plain && as<PgQuery__List>(pair->items[1]) == nullptr ? call : nullptr;
}

void spreadUnnest(parse::Arena& arena, PgQuery__RangeFunction& range) {
  std::vector<PgQuery__Node*> functions;
  for (PgQuery__Node* item : list(range.n_functions, range.functions)) {
    const PgQuery__FuncCall* several = range.n_coldeflist == 0 ? unnestOfSeveral(*item) : nullptr;
    if (several == nullptr) {
      functions.push_back(item);
      continue;
    }
    for (PgQuery__Node* argument : list(several->n_args, several->args)) {
      auto* pair = parse::make<PgQuery__List>(arena);
      PgQuery__Node* const one[] = {argument};
      PgQuery__Node* const parts[] = {parse::systemCall(arena, "unnest", one), item->list->items[1]};
      parse::setList(arena, pair->n_items, pair->items, parts);
      functions.push_back(parse::wrap(arena, pair));
    }
  }
  if (functions.size() == range.n_functions) return;
  parse::setList(arena, range.n_functions, range.functions, functions);
  range.is_rowsfrom = 1;
}

}  // namespace

base::Result<Resolver::From> Resolver::functionScan(PgQuery__RangeFunction& range, Scope& scope) {
  seen_.insert(&range);
  spreadUnnest(arena_, range);
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
  if (outs.size() > 1 || (outs.size() == 1 && range.n_functions == 1)) {
    for (std::string_view out : outs) item.columns.push_back(valueColumn(out));
    return {};
  }
  const bool aliased = range.alias != nullptr && range.n_functions == 1;
  item.columns.push_back(
      valueColumn(aliased ? range.alias->aliasname : arena_.copy(outs.empty() ? figured : std::string(outs[0]))));
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
