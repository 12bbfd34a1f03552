// SPDX-License-Identifier: Apache-2.0
// Resolver: operators, and which of them are leak-proof on the types they meet.
#include <algorithm>
#include <array>

#include "server/query/parse/node.h"
#include "server/query/resolve/allow_list/allow_list.h"
#include "server/query/resolve/resolver.h"

namespace scrim::resolve {

using base::ErrorCode;
using parse::as;
using parse::list;
using parse::stringOf;

namespace {

constexpr std::uint32_t kDate = 1082, kTimestamp = 1114, kInterval = 1186;

// Immutable arithmetic on literals is folded before a row is read, so it may meet columns in leak-proof conditions.
struct Arithmetic {
  std::string_view name;
  std::uint32_t left, right, result;
};
constexpr std::array kArithmetic{
    Arithmetic{"+", kDate, kInterval, kTimestamp},
    Arithmetic{"-", kDate, kInterval, kTimestamp},
    Arithmetic{"+", kDate, oid::kInt4, kDate},
    Arithmetic{"-", kDate, oid::kInt4, kDate},
    Arithmetic{"+", kTimestamp, kInterval, kTimestamp},
    Arithmetic{"-", kTimestamp, kInterval, kTimestamp},
    Arithmetic{"+", oid::kInt4, oid::kInt4, oid::kInt4},
    Arithmetic{"-", oid::kInt4, oid::kInt4, oid::kInt4},
    Arithmetic{"*", oid::kInt4, oid::kInt4, oid::kInt4},
    Arithmetic{"/", oid::kInt4, oid::kInt4, oid::kInt4},
    Arithmetic{"+", oid::kNumeric, oid::kNumeric, oid::kNumeric},
    Arithmetic{"-", oid::kNumeric, oid::kNumeric, oid::kNumeric},
    Arithmetic{"*", oid::kNumeric, oid::kNumeric, oid::kNumeric},
    Arithmetic{"/", oid::kNumeric, oid::kNumeric, oid::kNumeric},
};

std::uint32_t foldedType(std::string_view name, const Facts& left, const Facts& right) {
  for (const Arithmetic& row : kArithmetic) {
    if (row.name == name && row.left == left.type && row.right == right.type) return row.result;
  }
  return 0;
}

bool isBetween(const PgQuery__AExpr& expression) {
  switch (expression.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return true;
    default:
      return false;
  }
}

// Their selectivity is estimated by running them on values of the planner's statistics, and they may fail on a value:
// a pattern that ends with its escape, a JSON path that compares moments with and without zone.
bool isPatternOperator(std::string_view name) {
  constexpr std::array<std::string_view, 10> kNames{"~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*", "@?", "@@"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// "90 days" and the like, less than a thousand years: added to the present moment it cannot leave the range of its
// type, which begins in 4713 BC.
bool isShortInterval(const PgQuery__Node* node) {
  const auto* cast = as<PgQuery__TypeCast>(node);
  const auto* constant = cast == nullptr || cast->type_name->n_typmods > 0 ? nullptr : as<PgQuery__AConst>(cast->arg);
  if (constant == nullptr || constant->val_case != PG_QUERY__A__CONST__VAL_SVAL) return false;
  if (stringOf(cast->type_name->names[cast->type_name->n_names - 1]) != "interval") return false;
  std::string_view text = constant->sval->sval;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(std::min(text.find_first_not_of(' ', digits), text.size()));
  if (text.ends_with('s')) text.remove_suffix(1);
  struct Unit {
    std::string_view name;
    std::size_t mostDigits;
  };
  constexpr std::array kUnits{Unit{"second", 9}, Unit{"minute", 7}, Unit{"hour", 6}, Unit{"day", 5},
                              Unit{"week", 4},   Unit{"month", 4},  Unit{"year", 3}};
  return digits > 0 && std::any_of(kUnits.begin(), kUnits.end(),
                                   [&](const Unit& unit) { return unit.name == text && digits <= unit.mostDigits; });
}

bool isClock(const PgQuery__Node* node) {
  if (const auto* value = as<PgQuery__SQLValueFunction>(node)) {
    return value->op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE ||
           value->op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP ||
           value->op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP;
  }
  const auto* call = as<PgQuery__FuncCall>(node);
  return call != nullptr && call->n_args == 0 && call->over == nullptr &&
         stringOf(call->funcname[call->n_funcname - 1]) == "now";
}

// The type of "now() - interval '90 days'", "current_date - 30" and their kin; 0: something else.
std::uint32_t nearPresent(const PgQuery__AExpr& expression, std::string_view name, std::uint32_t clock) {
  if (!isClock(expression.lexpr) || (name != "+" && name != "-")) return 0;
  if (isShortInterval(expression.rexpr)) return clock == kDate ? kTimestamp : clock;
  const auto* days = as<PgQuery__AConst>(expression.rexpr);
  constexpr int kMostDays = 100'000;
  const bool few = days != nullptr && days->val_case == PG_QUERY__A__CONST__VAL_IVAL && days->ival->ival <= kMostDays &&
                   days->ival->ival >= -kMostDays;
  return few && clock == kDate ? clock : 0;
}

}  // namespace

Resolver::Known Resolver::operatorCall(PgQuery__AExpr& expression, Scope& scope) {
  seen_.insert(&expression);
  const auto names = list(expression.n_name, expression.name);
  // BETWEEN is grammar: it stands for comparisons, and its "name" is no operator's.
  if (!isBetween(expression)) {
    SCRIM_CHECK_OK(operatorName(names, expression.location));
  }
  const std::string_view name = stringOf(names.back());
  Known known = Facts{};
  switch (expression.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
      if (isPatternOperator(name)) {
        known = pattern(expression, scope);
        break;
      }
      known = comparison(name, expression.lexpr, expression.rexpr, scope);
      if (known.ok() && isClock(expression.lexpr)) {
        SCRIM_TRY(const Facts clock, this->expression(expression.lexpr, scope));
        const std::uint32_t type = nearPresent(expression, name, clock.type);
        if (type != 0) known->type = type;
        known->leakProof = known->leakProof || type != 0;
      }
      break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
      known = comparison("=", expression.lexpr, expression.rexpr, scope);
      break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF: {
      SCRIM_TRY(const Side left, side(expression.lexpr, scope));
      SCRIM_TRY(const Side right, side(expression.rexpr, scope));
      Facts facts = compared("=", left, right);
      facts.texts = left.whole.texts;
      facts.type = left.whole.type == oid::kUnknown ? 0 : left.whole.type;
      facts.ownCollation = left.whole.ownCollation;
      facts.clash = left.whole.clash;
      facts.constant = false;
      return facts;
    }
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
      known = withArray(name, expression.lexpr, expression.rexpr, scope);
      if (known.ok() && isPatternOperator(name)) result_.patterns |= known->tables;
      break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
      known = inList(name, expression.lexpr, expression.rexpr, scope);
      break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
      known = pattern(expression, scope);
      break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      known = between(expression, scope);
      break;
    default:
      return errorAt(ErrorCode::notSupported, "this operator is not available through Scrim", expression.location);
  }
  return known;
}

// What `left name right` is, from what its sides are.
static Facts judged(std::string_view name, const Facts& a, const Facts& b) {
  Facts facts = combined(a, b);
  if (isLeakProof(name, a.type, b.type)) {
    facts.constant = false;
    facts.leakProof = facts.leakProof && !facts.clash;
    return textless(facts, oid::kBool);
  }
  facts.type = facts.constant ? foldedType(name, a, b) : 0;
  facts.constant = facts.type != 0;
  facts.leakProof = facts.constant;
  return facts;
}

Resolver::Known Resolver::comparison(std::string_view name, PgQuery__Node* left, PgQuery__Node* right, Scope& scope) {
  SCRIM_TRY(const Side a, side(left, scope));
  SCRIM_TRY(const Side b, side(right, scope));
  return compared(name, a, b);
}

// Each side is walked once only: walking it again for every comparison would make nested lists exponential.
base::Result<Resolver::Side> Resolver::side(PgQuery__Node* node, Scope& scope) {
  Side side{.present = node != nullptr};
  if (const auto* row = as<PgQuery__RowExpr>(node)) {
    side.whole = Facts{.constant = true};
    for (PgQuery__Node* part : list(row->n_args, row->args)) {
      SCRIM_TRY(const Facts facts, rowPart(part, scope));
      side.parts.push_back(facts);
      side.whole = combined(side.whole, facts);
    }
    return side;
  }
  SCRIM_TRY(side.whole, expression(node, scope));
  return side;
}

Facts Resolver::compared(std::string_view name, const Side& a, const Side& b) {
  if (!a.present) {
    Facts prefixed = b.whole;
    prefixed.type = 0;
    prefixed.leakProof = prefixed.constant = false;
    return prefixed;
  }
  if (a.parts.empty() || a.parts.size() != b.parts.size()) return judged(name, a.whole, b.whole);
  Facts together{.constant = true};
  for (std::size_t i = 0; i < a.parts.size(); ++i) together = combined(together, judged(name, a.parts[i], b.parts[i]));
  together.type = oid::kBool;
  return together;
}

Resolver::Known Resolver::inList(std::string_view name, PgQuery__Node* left, PgQuery__Node* right, Scope& scope) {
  const auto* items = as<PgQuery__List>(right);
  if (items == nullptr) return errorAt(ErrorCode::notSupported, "this form of IN is not available", -1);
  SCRIM_TRY(const Side subject, side(left, scope));
  Facts together;
  for (PgQuery__Node* node : list(items->n_items, items->items)) {
    SCRIM_TRY(const Side item, side(node, scope));
    together = combined(together, compared(name, subject, item));
  }
  together.type = oid::kBool;
  return together;
}

// x = ANY (array): an untyped parameter or string becomes an array of x's type; of other arrays the type is not
// certain.
Resolver::Known Resolver::withArray(std::string_view name, PgQuery__Node* left, PgQuery__Node* right, Scope& scope) {
  SCRIM_TRY(const Facts a, expression(left, scope));
  bool same = true;
  Facts b{.constant = true};
  if (const auto* array = as<PgQuery__AArrayExpr>(right); array != nullptr && array->n_elements > 0) {
    for (PgQuery__Node* element : list(array->n_elements, array->elements)) {
      SCRIM_TRY(const Facts item, expression(element, scope));
      same = same && item.type == a.type && isLeakProof(name, a.type, item.type);
      b = combined(b, item);
    }
  } else {
    SCRIM_TRY(b, expression(right, scope));
    const Type* type = b.type == oid::kUnknown ? nullptr : findType(b.type);
    same = b.type == oid::kUnknown
               ? isLeakProof(name, a.type, a.type)
               : type != nullptr && type->arrayOid == b.type && isLeakProof(name, a.type, type->oid);
  }
  Facts facts = combined(a, b);
  facts.constant = false;
  facts.leakProof = facts.leakProof && same && !facts.clash;
  return textless(facts, oid::kBool);
}

Resolver::Known Resolver::between(PgQuery__AExpr& expression, Scope& scope) {
  const auto* bounds = as<PgQuery__List>(expression.rexpr);
  if (bounds == nullptr || bounds->n_items != 2) {
    return errorAt(ErrorCode::notSupported, "this form of BETWEEN is not available", expression.location);
  }
  SCRIM_TRY(const Side subject, side(expression.lexpr, scope));
  SCRIM_TRY(const Side from, side(bounds->items[0], scope));
  SCRIM_TRY(const Side to, side(bounds->items[1], scope));
  Facts facts = combined(compared(">=", subject, from), compared("<=", subject, to));
  facts.type = oid::kBool;
  facts.constant = false;
  return facts;
}

Resolver::Known Resolver::pattern(PgQuery__AExpr& expression, Scope& scope) {
  SCRIM_TRY(const Facts value, this->expression(expression.lexpr, scope));
  SCRIM_TRY(const Facts wanted, this->expression(expression.rexpr, scope));
  result_.patterns |= value.tables;
  Facts facts = combined(value, wanted);
  facts.leakProof = facts.constant = false;
  return textless(facts, oid::kBool);
}

}  // namespace scrim::resolve
