// SPDX-License-Identifier: Apache-2.0
// Resolver: expressions but operators and function calls.
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

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

constexpr std::uint32_t kDate = 1082, kTime = 1083, kTimestamp = 1114, kTimestampTz = 1184, kTimeTz = 1266,
                        kMoney = 790, kName = 19;

base::Error unsupported(std::string what, int location = -1) {
  return errorAt(ErrorCode::notSupported, std::move(what), location);
}

Facts fixed(std::uint32_t type) { return {.type = type, .constant = true}; }

bool fitsInt8(const char* digits) {
  std::int64_t value = 0;
  const char* end = digits + std::char_traits<char>::length(digits);
  const auto [read, error] = std::from_chars(digits, end, value);
  return error == std::errc{} && read == end;
}

std::uint32_t typeOfMoment(PgQuery__SQLValueFunctionOp op) {
  switch (op) {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE:
      return kDate;
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N:
      return kTimeTz;
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N:
      return kTimestampTz;
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
      return kTime;
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      return kTimestamp;
    default:
      return 0;
  }
}

}  // namespace

Resolver::Known Resolver::root(PgQuery__Node* node, Scope& scope) {
  if (node == nullptr) return Facts{};
  SCRIM_TRY(const Facts facts, expression(node, scope));
  // It may be sorted or grouped by.
  const bool safe = facts.leakProof && !facts.clash;
  if (!safe) result_.leakyConditions |= facts.tables & conditionTables_;
  noteFailure(!safe);
  return facts;
}

Resolver::Known Resolver::all(std::span<PgQuery__Node* const> nodes, Scope& scope) {
  Facts together = fixed(0);
  for (PgQuery__Node* node : nodes) {
    SCRIM_TRY(const Facts facts, expression(node, scope));
    together = combined(together, facts);
  }
  return together;
}

Resolver::Known Resolver::alike(std::span<PgQuery__Node* const> nodes, Scope& scope) {
  if (nodes.empty()) return fixed(0);
  SCRIM_TRY(Facts together, expression(nodes[0], scope));
  for (PgQuery__Node* node : nodes.subspan(1)) {
    SCRIM_TRY(const Facts facts, expression(node, scope));
    together = unified(together, facts);
  }
  return together;
}

Resolver::Known Resolver::expression(PgQuery__Node* node, Scope& scope) {
  if (node == nullptr) return Facts{};
  Known known = ofKind(node, scope);
  if (known.ok()) result_.pinned |= known->pinned;
  return known;
}

Resolver::Known Resolver::ofKind(PgQuery__Node* node, Scope& scope) {
  const auto ofType = [](Known known, std::uint32_t type) {
    if (known.ok()) known->type = type;
    if (known.ok() && type == oid::kBool) known = textless(*known, type);
    return known;
  };
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_A_CONST:
      return constant(*node->a_const);
    case PG_QUERY__NODE__NODE_PARAM_REF:
      return parameter(*node->param_ref);
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return columnRef(*node, scope);
    case PG_QUERY__NODE__NODE_A_EXPR:
      return operatorCall(*node->a_expr, scope);
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
      seen_.insert(node->bool_expr);
      return ofType(all(list(node->bool_expr->n_args, node->bool_expr->args), scope), oid::kBool);
    case PG_QUERY__NODE__NODE_NULL_TEST:
      return ofType(expression(node->null_test->arg, scope), oid::kBool);
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
      return ofType(expression(node->boolean_test->arg, scope), oid::kBool);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return call(*node, scope);
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return cast(*node->type_cast, scope);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      return collate(*node->collate_clause, scope);
    case PG_QUERY__NODE__NODE_CASE_EXPR:
      return caseOf(*node->case_expr, scope);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      return coalesce(*node->coalesce_expr, scope);
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR: {
      SCRIM_TRY(Facts facts, all(list(node->min_max_expr->n_args, node->min_max_expr->args), scope));
      facts.leakProof = facts.constant = false;
      return facts;
    }
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      return sessionValue(*node);
    case PG_QUERY__NODE__NODE_SUB_LINK:
      return subLink(*node->sub_link, scope);
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      return ofType(alike(list(node->a_array_expr->n_elements, node->a_array_expr->elements), scope), 0);
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      return rowMade(*node->row_expr, scope);
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      if (isRowStar(node)) return errorAt(ErrorCode::syntaxError, "row expansion via \"*\" is not supported here", -1);
      return indirection(*node, scope);
    case PG_QUERY__NODE__NODE_GROUPING_FUNC:
      SCRIM_CHECK_OK(all(list(node->grouping_func->n_args, node->grouping_func->args), scope));
      return detached(oid::kInt4);
    default:
      return unsupported("this expression is not available through Scrim");
  }
}

Resolver::Known Resolver::constant(const PgQuery__AConst& constant) const {
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
      return fixed(oid::kInt4);
    case PG_QUERY__A__CONST__VAL_FVAL:
      return fixed(fitsInt8(constant.fval->fval) ? oid::kInt8 : oid::kNumeric);
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
      return fixed(oid::kBool);
    case PG_QUERY__A__CONST__VAL_SVAL:
      return fixed(oid::kUnknown);
    case PG_QUERY__A__CONST__VAL_BSVAL:
      return fixed(oid::kBit);
    default:
      return fixed(oid::kUnknown);
  }
}

// An untyped parameter takes its type from the first place PostgreSQL meets it: certain only if there is one place.
Resolver::Known Resolver::parameter(const PgQuery__ParamRef& parameter) {
  if (parameter.number < 1)
    return errorAt(ErrorCode::undefinedParameter, "there is no parameter $0", parameter.location);
  result_.parameters = std::max(result_.parameters, parameter.number);
  const auto index = static_cast<std::size_t>(parameter.number - 1);
  const std::uint32_t declared = index < parameterTypes_.size() ? parameterTypes_[index] : 0;
  if (declared == 0 && parameterUses_[parameter.number] == 1) return Facts{.type = oid::kUnknown};
  return Facts{.type = declared == oid::kUnknown ? 0 : declared};
}

Resolver::Known Resolver::caseOf(PgQuery__CaseExpr& expression, Scope& scope) {
  SCRIM_TRY(const Facts tested, this->expression(expression.arg, scope));
  Facts conditions = tested;
  std::optional<Facts> value;
  const auto yields = [&](const Facts& one) { value = value ? unified(*value, one) : one; };
  for (PgQuery__Node* node : list(expression.n_args, expression.args)) {
    PgQuery__CaseWhen& when = *node->case_when;
    SCRIM_TRY(const Facts condition, this->expression(when.expr, scope));
    const Facts met = combined(tested, condition);
    result_.pinned |= met.pinned;
    conditions = textless(combined(conditions, condition), 0);
    if (expression.arg != nullptr && (met.clash || !isLeakProof("=", tested.type, condition.type))) {
      conditions.leakProof = false;
    }
    SCRIM_TRY(const Facts result, this->expression(when.result, scope));
    yields(result);
  }
  if (expression.defresult != nullptr) {
    SCRIM_TRY(const Facts result, this->expression(expression.defresult, scope));
    yields(result);
  }
  Facts together = combined(conditions, *value);
  together.type = value->type == oid::kUnknown ? 0 : value->type;
  together.constant = false;
  return together;
}

Resolver::Known Resolver::coalesce(PgQuery__CoalesceExpr& expression, Scope& scope) {
  SCRIM_TRY(Facts together, alike(list(expression.n_args, expression.args), scope));
  if (together.type == oid::kUnknown) together.type = 0;
  together.constant = false;
  return together;
}

Resolver::Known Resolver::cast(PgQuery__TypeCast& cast, Scope& scope) {
  SCRIM_TRY(Facts facts, expression(cast.arg, scope));
  SCRIM_TRY(const std::uint32_t target, typeName(*cast.type_name));
  const bool modified = cast.type_name->n_typmods > 0;
  // A string is read and a number converted once, while the statement is parsed and planned; but what money is, the
  // source's locale says, row by row.
  const bool literal = as<PgQuery__AConst>(cast.arg) != nullptr && (facts.type == oid::kUnknown || target != kMoney);
  const bool untyped = as<PgQuery__ParamRef>(cast.arg) != nullptr && facts.type == oid::kUnknown;
  const bool harmless = literal || (!modified && (untyped || isLeakProofCast(facts.type, target)));
  facts.leakProof = facts.leakProof && harmless;
  facts.constant = facts.constant && literal;
  facts.type = target;
  facts.ownCollation = facts.ownCollation || target == kName;
  return facts;
}

Resolver::Known Resolver::collate(PgQuery__CollateClause& clause, Scope& scope) {
  const auto names = list(clause.n_collname, clause.collname);
  const bool system = names.size() == 1 || (names.size() == 2 && stringOf(names[0]) == "pg_catalog");
  if (!system || !isCollation(stringOf(names.back()))) {
    return errorAt(ErrorCode::undefinedObject, "this collation is not available through Scrim", clause.location);
  }
  if (names.size() == 1) {
    PgQuery__Node* const pinned[] = {parse::stringNode(arena_, "pg_catalog"), names[0]};
    parse::setList(arena_, clause.n_collname, clause.collname, pinned);
  }
  SCRIM_TRY(Facts facts, expression(clause.arg, scope));
  facts.ownCollation = true;
  facts.clash = false;
  facts.texts = 0;
  return facts;
}

// A sub-query runs for each row of the outer level, hidden ones included if it stands in a condition: there, all of its
// expressions count as conditions on the outer tables. One that looks at no outer row runs when a row first asks for
// it: what may fail in it, fails for that row. And it can be made to take so long that a limit of time tells whether a
// row asked: what holds a sub-query is leak-proof only if that becomes a join, above the rows that a table's guard lets
// through; a definition's rows are hidden by joins, so there it counts as what may fail.
Resolver::Known Resolver::subLink(PgQuery__SubLink& link, Scope& scope, bool becomesJoin) {
  seen_.insert(&link);
  Facts facts = detached();
  bool ofThisLevel = false;
  if (link.testexpr != nullptr) {
    SCRIM_TRY(const Facts test, expression(link.testexpr, scope));
    ofThisLevel = test.movable && test.tables != 0;
    facts = combined(facts, test);
    facts.type = test.type;
  }
  std::string_view name = "=";
  if (link.n_oper_name > 0) {
    const auto names = list(link.n_oper_name, link.oper_name);
    SCRIM_CHECK_OK(operatorName(names, link.location));
    name = stringOf(names.back());
  }
  auto* query = as<PgQuery__SelectStmt>(link.subselect);
  if (query == nullptr) return unsupported("this kind of sub-query is not available", link.location);
  const TableSet before = conditionTables_;
  const auto known = result_.tables.size();
  conditionTables_ = known == kMostTables ? ~TableSet{0} : (TableSet{1} << known) - 1;
  result_.mayFail = false;
  auto output = select(*query, &scope);
  conditionTables_ = before;
  if (!output.ok()) return std::move(output).error();
  const bool insideMayFail = std::exchange(result_.mayFail, true);
  const bool safe = becomesJoin && !insideMayFail;
  const Facts value = output->columns.size() == 1 ? output->columns[0].facts : Facts{.leakProof = false};
  switch (link.sub_link_type) {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK:
      return Facts{.type = oid::kBool, .leakProof = safe, .movable = false, .tables = output->outerTables};
    case PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK:
    case PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK:
      // It becomes a join only if it compares something of this level.
      facts.leakProof = facts.leakProof && safe && ofThisLevel && output->outerTables == 0 && value.leakProof &&
                        !combined(facts, value).clash && isLeakProof(name, facts.type, value.type);
      result_.pinned |= combined(facts, value).pinned;
      facts.tables |= value.tables | output->outerTables;
      return textless(facts, oid::kBool);
    case PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK:
      return Facts{.type = value.type,
                   .leakProof = false,
                   .movable = false,
                   .ownCollation = value.ownCollation,
                   .clash = value.clash,
                   .texts = value.texts,
                   .tables = output->outerTables};
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK:
      return Facts{.leakProof = false, .movable = false, .tables = output->outerTables};
    default:
      return unsupported("this kind of sub-query is not available", link.location);
  }
}

Resolver::Known Resolver::sessionValue(PgQuery__Node& node) {
  PgQuery__SQLValueFunction& function = *node.sqlvalue_function;
  seen_.insert(&function);
  if (const std::uint32_t type = typeOfMoment(function.op); type != 0) return Facts{.type = type};
  if (session_.user.empty()) return unsupported("a definition cannot ask who is asking", function.location);
  std::string_view value = session_.user;
  if (function.op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_CATALOG) value = session_.database;
  if (function.op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_SCHEMA)
    value = session_.searchPath.empty() ? std::string_view("public") : std::string_view(session_.searchPath.front());
  PgQuery__Node* literal =
      parse::castTo(arena_, parse::stringConstant(arena_, value), parse::systemType(arena_, "name"));
  node = *literal;
  seen_.insert(literal->type_cast->type_name);
  ++rewrites_;
  return fixed(0);
}

}  // namespace scrim::resolve
