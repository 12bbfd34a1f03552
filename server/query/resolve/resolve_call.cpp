// SPDX-License-Identifier: Apache-2.0
// Resolver: function calls, and functions that ask about the session.
#include <algorithm>
#include <array>

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

constexpr std::uint32_t kTimestampTz = 1184;

PgQuery__Node* typed(parse::Arena& arena, std::string_view value, std::string_view type) {
  return parse::castTo(arena, parse::stringConstant(arena, value), parse::systemType(arena, type));
}

// current_setting('name'): what every client may know; the source's own settings are nobody's business.
std::string_view settingOf(std::string_view name) {
  struct Row {
    std::string_view name, value;
  };
  static constexpr std::array kRows{Row{"server_version", "15.0"},      Row{"server_version_num", "150000"},
                                    Row{"server_encoding", "UTF8"},     Row{"client_encoding", "UTF8"},
                                    Row{"integer_datetimes", "on"},     Row{"standard_conforming_strings", "on"},
                                    Row{"transaction_read_only", "on"}, Row{"default_transaction_read_only", "on"},
                                    Row{"is_superuser", "off"}};
  for (const Row& row : kRows) {
    if (row.name == name) return row.value;
  }
  return {};
}

std::string_view literalArgument(const PgQuery__FuncCall& call) {
  const auto* constant = call.n_args > 0 ? as<PgQuery__AConst>(call.args[0]) : nullptr;
  return constant != nullptr && constant->val_case == PG_QUERY__A__CONST__VAL_SVAL ? constant->sval->sval
                                                                                   : std::string_view();
}

// The literal that a session function stands for; nullptr: it is none of them.
PgQuery__Node* sessionFunction(parse::Arena& arena, const PgQuery__FuncCall& call, std::string_view name,
                               const SessionFacts& session) {
  const std::string_view schema = session.searchPath.empty() ? "public" : std::string_view(session.searchPath.front());
  if (name == "current_setting" && call.n_args <= 2) {
    const std::string_view value = settingOf(literalArgument(call));
    return value.empty() ? nullptr : typed(arena, value, "text");
  }
  if (name == "current_schemas" && call.n_args == 1) {
    PgQuery__TypeName* names = parse::systemType(arena, "name");
    auto* bound = parse::make<PgQuery__Integer>(arena);
    bound->ival = -1;
    parse::append(arena, names->n_array_bounds, names->array_bounds, parse::wrap(arena, bound));
    const std::string array = "{" + std::string("\"") + std::string(schema) + "\"}";
    return parse::castTo(arena, parse::stringConstant(arena, array), names);
  }
  if (call.n_args != 0) return nullptr;
  if (name == "current_database") return typed(arena, session.database, "name");
  if (name == "current_schema") return typed(arena, schema, "name");
  if (name == "version") return typed(arena, session.serverVersion, "text");
  if (name == "pg_client_encoding") return typed(arena, "UTF8", "name");
  if (name == "getdatabaseencoding") return typed(arena, "UTF8", "name");
  if (name == "pg_is_in_recovery")
    return parse::castTo(arena, parse::stringConstant(arena, "f"), parse::systemType(arena, "bool"));
  return nullptr;
}

// Evaluated anew for each row, whatever its arguments are.
bool isVolatile(std::string_view name) {
  return name == "random" || name == "clock_timestamp" || name == "timeofday" || name == "gen_random_uuid";
}

// Aggregates that no values can make fail; others meet overflows, empty keys, unequal dimensions.
bool cannotFail(std::string_view aggregate) {
  static constexpr std::array<std::string_view, 6> kNames{"count", "min", "max", "bool_and", "bool_or", "every"};
  return std::find(kNames.begin(), kNames.end(), aggregate) != kNames.end();
}

bool isClock(std::string_view name) {
  return name == "now" || name == "transaction_timestamp" || name == "statement_timestamp";
}

// What rows are sorted by is compared with itself only.
void sorted(const Facts& by, Facts& facts) {
  const bool own = facts.ownCollation;
  const bool clash = facts.clash || by.clash;
  const TableSet texts = facts.texts;
  const TableSet pinned = facts.pinned | by.pinned;
  facts = combined(facts, by);
  facts.ownCollation = own;
  facts.clash = clash;
  facts.texts = texts;
  facts.pinned = pinned;
}

bool readsPattern(std::string_view name) { return name == "like" || name == "notlike" || name == "starts_with"; }

}  // namespace

base::Result<std::string_view> Resolver::functionName(PgQuery__FuncCall& call) {
  const auto names = list(call.n_funcname, call.funcname);
  std::string full;
  for (const PgQuery__Node* part : names) full += (full.empty() ? "" : ".") + std::string(stringOf(part));
  const bool system = names.size() == 1 || (names.size() == 2 && stringOf(names[0]) == "pg_catalog");
  const std::string_view name = names.empty() ? std::string_view() : stringOf(names.back());
  const Function* known = system ? findFunction(name) : nullptr;
  if (known == nullptr) {
    return errorAt(ErrorCode::undefinedFunction, "function " + full + " is not available through Scrim", call.location,
                   "Only reviewed built-in functions of PostgreSQL are.");
  }
  if (known->localOnly) result_.readsCatalog = true;
  if (names.size() == 1) {
    PgQuery__Node* const pinned[] = {parse::stringNode(arena_, "pg_catalog"), names[0]};
    parse::setList(arena_, call.n_funcname, call.funcname, pinned);
  }
  return name;
}

Resolver::Known Resolver::call(PgQuery__Node& node, Scope& scope) {
  PgQuery__FuncCall& call = *node.func_call;
  seen_.insert(&call);
  const auto names = list(call.n_funcname, call.funcname);
  const bool system = names.size() == 1 || (names.size() == 2 && stringOf(names[0]) == "pg_catalog");
  if (PgQuery__Node* literal = system && !session_.user.empty()
                                   ? sessionFunction(arena_, call, stringOf(names.back()), session_)
                                   : nullptr) {
    node = *literal;
    seen_.insert(literal->type_cast->type_name);
    ++rewrites_;
    return Facts{.constant = true};
  }
  SCRIM_TRY(const std::string_view name, functionName(call));
  const bool above = findFunction(name)->aggregate || call.over != nullptr;
  Facts facts;
  SCRIM_CHECK_OK(callArguments(call, scope, facts));
  // min and max may become "argument IS NOT NULL ORDER BY argument LIMIT 1", a condition like any other.
  if (above) facts.leakProof = facts.leakProof && !facts.clash;
  if (above && (name == "min" || name == "max")) leak(facts);
  if (above) {
    if (!facts.leakProof) result_.leakyConditions |= facts.tables & conditionTables_;
    // At the outermost level it is computed last of all, whatever rows there were.
    noteFailure(!facts.leakProof || (scope.parent != nullptr && (call.over != nullptr || !cannotFail(name))));
    Facts value = detached(name == "count" ? oid::kInt8 : 0);
    value.ownCollation = facts.ownCollation && name != "count";
    value.clash = facts.clash && name != "count";
    value.texts = name == "count" ? 0 : facts.texts;
    value.pinned = facts.pinned;
    return value;
  }
  if (isClock(name) && call.n_args == 0) return Facts{.type = kTimestampTz};
  if (readsPattern(name)) result_.patterns |= facts.tables;
  facts.type = 0;
  facts.leakProof = facts.constant = facts.movable = false;
  facts.eachRow = facts.eachRow || isVolatile(name);
  return facts;
}

Resolver::Checked Resolver::callArguments(PgQuery__FuncCall& call, Scope& scope, Facts& facts) {
  for (PgQuery__Node* argument : list(call.n_args, call.args)) {
    PgQuery__Node* value = argument;
    if (auto* named = as<PgQuery__NamedArgExpr>(argument)) value = named->arg;
    SCRIM_TRY(const Facts one, expression(value, scope));
    facts = combined(facts, one);
  }
  for (PgQuery__Node* item : list(call.n_agg_order, call.agg_order)) {
    auto* sort = as<PgQuery__SortBy>(item);
    if (sort == nullptr)
      return errorAt(ErrorCode::notSupported, "this form of ORDER BY is not available", call.location);
    seen_.insert(sort);
    if (sort->n_use_op > 0) SCRIM_CHECK_OK(operatorName(list(sort->n_use_op, sort->use_op), sort->location));
    SCRIM_TRY(const Facts one, expression(sort->node, scope));
    sorted(one, facts);
  }
  if (call.agg_filter != nullptr) {
    SCRIM_TRY(const Facts one, expression(call.agg_filter, scope));
    facts = combined(facts, one);
  }
  if (call.over != nullptr) SCRIM_CHECK_OK(window(*call.over, scope));
  return {};
}

}  // namespace scrim::resolve
