// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/build.h"

#include <limits>
#include <string>
#include <vector>

namespace scrim::parse {
namespace {

PgQuery__Node* constantOf(Arena& arena, PgQuery__AConst__ValCase kind, auto set) {
  auto* constant = make<PgQuery__AConst>(arena);
  constant->val_case = kind;
  set(*constant);
  return wrap(arena, constant);
}

std::vector<PgQuery__Node*> systemName(Arena& arena, std::string_view name) {
  return {stringNode(arena, "pg_catalog"), stringNode(arena, name)};
}

// The grammar appends to a left operand of the same kind, parentheses or not; only the first operand is flattened.
PgQuery__Node* boolean(Arena& arena, PgQuery__BoolExprType kind, std::span<PgQuery__Node* const> operands) {
  std::vector<PgQuery__Node*> flat;
  for (PgQuery__Node* operand : operands) {
    if (operand == nullptr) continue;
    const auto* inner = as<PgQuery__BoolExpr>(operand);
    if (flat.empty() && inner != nullptr && inner->boolop == kind) {
      flat.assign(inner->args, inner->args + inner->n_args);
    } else {
      flat.push_back(operand);
    }
  }
  if (flat.size() <= 1) return flat.empty() ? nullptr : flat.front();
  auto* expression = make<PgQuery__BoolExpr>(arena);
  expression->boolop = kind;
  setList(arena, expression->n_args, expression->args, flat);
  return wrap(arena, expression);
}

}  // namespace

PgQuery__Node* columnRef(Arena& arena, std::initializer_list<std::string_view> names) {
  auto* column = make<PgQuery__ColumnRef>(arena);
  std::vector<PgQuery__Node*> fields;
  for (std::string_view name : names) fields.push_back(stringNode(arena, name));
  setList(arena, column->n_fields, column->fields, fields);
  return wrap(arena, column);
}

PgQuery__Node* stringConstant(Arena& arena, std::string_view value) {
  return constantOf(arena, PG_QUERY__A__CONST__VAL_SVAL, [&](PgQuery__AConst& constant) {
    constant.sval = make<PgQuery__String>(arena);
    constant.sval->sval = arena.copy(value);
  });
}

PgQuery__Node* integerConstant(Arena& arena, std::int64_t value) {
  // The most negative int4 has no integer literal: the lexer sees its digits without the sign.
  using Int4 = std::numeric_limits<std::int32_t>;
  if (value > Int4::max() || value <= Int4::min()) return numericConstant(arena, std::to_string(value));
  return constantOf(arena, PG_QUERY__A__CONST__VAL_IVAL, [&](PgQuery__AConst& constant) {
    constant.ival = make<PgQuery__Integer>(arena);
    constant.ival->ival = static_cast<std::int32_t>(value);
  });
}

PgQuery__Node* numericConstant(Arena& arena, std::string_view digits) {
  return constantOf(arena, PG_QUERY__A__CONST__VAL_FVAL, [&](PgQuery__AConst& constant) {
    constant.fval = make<PgQuery__Float>(arena);
    constant.fval->fval = arena.copy(digits);
  });
}

PgQuery__Node* booleanConstant(Arena& arena, bool value) {
  return constantOf(arena, PG_QUERY__A__CONST__VAL_BOOLVAL, [&](PgQuery__AConst& constant) {
    constant.boolval = make<PgQuery__Boolean>(arena);
    constant.boolval->boolval = value;
  });
}

PgQuery__Node* nullConstant(Arena& arena) {
  return constantOf(arena, PG_QUERY__A__CONST__VAL__NOT_SET, [](PgQuery__AConst& constant) { constant.isnull = 1; });
}

PgQuery__Node* parameter(Arena& arena, int number) {
  auto* value = make<PgQuery__ParamRef>(arena);
  value->number = number;
  return wrap(arena, value);
}

PgQuery__TypeName* systemType(Arena& arena, std::string_view name) {
  auto* type = make<PgQuery__TypeName>(arena);
  setList(arena, type->n_names, type->names, systemName(arena, name));
  type->typemod = -1;
  return type;
}

PgQuery__Node* castTo(Arena& arena, PgQuery__Node* value, PgQuery__TypeName* type) {
  auto* cast = make<PgQuery__TypeCast>(arena);
  cast->arg = value;
  cast->type_name = type;
  return wrap(arena, cast);
}

PgQuery__Node* systemCall(Arena& arena, std::string_view name, std::span<PgQuery__Node* const> arguments) {
  auto* call = make<PgQuery__FuncCall>(arena);
  setList(arena, call->n_funcname, call->funcname, systemName(arena, name));
  setList(arena, call->n_args, call->args, arguments);
  call->funcformat = PG_QUERY__COERCION_FORM__COERCE_EXPLICIT_CALL;
  return wrap(arena, call);
}

PgQuery__Node* systemOperator(Arena& arena, std::string_view name, PgQuery__Node* left, PgQuery__Node* right) {
  auto* expression = make<PgQuery__AExpr>(arena);
  expression->kind = PG_QUERY__A__EXPR__KIND__AEXPR_OP;
  setList(arena, expression->n_name, expression->name, systemName(arena, name));
  expression->lexpr = left;
  expression->rexpr = right;
  return wrap(arena, expression);
}

PgQuery__Node* andOf(Arena& arena, std::span<PgQuery__Node* const> operands) {
  return boolean(arena, PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR, operands);
}
PgQuery__Node* orOf(Arena& arena, std::span<PgQuery__Node* const> operands) {
  return boolean(arena, PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR, operands);
}

PgQuery__Node* notOf(Arena& arena, PgQuery__Node* operand) {
  auto* expression = make<PgQuery__BoolExpr>(arena);
  expression->boolop = PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR;
  append(arena, expression->n_args, expression->args, operand);
  return wrap(arena, expression);
}

PgQuery__Node* isNull(Arena& arena, PgQuery__Node* operand, bool negated) {
  auto* test = make<PgQuery__NullTest>(arena);
  test->arg = operand;
  test->nulltesttype = negated ? PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL : PG_QUERY__NULL_TEST_TYPE__IS_NULL;
  return wrap(arena, test);
}

PgQuery__Node* target(Arena& arena, PgQuery__Node* value, std::string_view name) {
  auto* result = make<PgQuery__ResTarget>(arena);
  result->val = value;
  if (!name.empty()) result->name = arena.copy(name);
  return wrap(arena, result);
}

PgQuery__Alias* alias(Arena& arena, std::string_view name, std::span<const std::string_view> columns) {
  auto* result = make<PgQuery__Alias>(arena);
  result->aliasname = arena.copy(name);
  std::vector<PgQuery__Node*> names;
  for (std::string_view column : columns) names.push_back(stringNode(arena, column));
  setList(arena, result->n_colnames, result->colnames, names);
  return result;
}

PgQuery__Node* rangeVar(Arena& arena, std::string_view schema, std::string_view name) {
  auto* relation = make<PgQuery__RangeVar>(arena);
  if (!schema.empty()) relation->schemaname = arena.copy(schema);
  relation->relname = arena.copy(name);
  relation->inh = 1;
  relation->relpersistence = arena.copy("p");
  return wrap(arena, relation);
}

PgQuery__SelectStmt* selectStatement(Arena& arena) {
  auto* select = make<PgQuery__SelectStmt>(arena);
  select->limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
  select->op = PG_QUERY__SET_OPERATION__SETOP_NONE;
  return select;
}

PgQuery__Node* subselect(Arena& arena, PgQuery__SelectStmt* select, PgQuery__Alias* name, bool lateral) {
  auto* range = make<PgQuery__RangeSubselect>(arena);
  range->subquery = wrap(arena, select);
  range->alias = name;
  range->lateral = lateral;
  return wrap(arena, range);
}

}  // namespace scrim::parse
