// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/render_mask.h"

#include <algorithm>

#include "common/policy/mask_effect.h"
#include "common/policy/regex_subset.h"
#include "server/query/parse/build.h"
#include "server/query/protect/canonical_text.h"
#include "server/query/protect/render_predicate.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::protect {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using parse::Arena;
using policy::Mask;
using policy::MaskMethod;
using policy::ResourceColumn;
using policy::RoundingUnit;
using schema::DataType;
using schema::TypeFamily;

DataType text() { return *schema::builtinType("text"); }

bool isForeign(const DataType& type) { return resolve::findType(type.oid) == nullptr; }

// What policy sees of a type that only the source knows: its text.
DataType exposedType(const DataType& type) { return isForeign(type) ? text() : type; }

PgQuery__Node* exposed(const ResourceColumn& column, const RenderScope& scope) {
  PgQuery__Node* value = columnOf(scope, column.name);
  return isForeign(column.type) ? parse::castTo(scope.arena, value, parse::systemType(scope.arena, "text")) : value;
}

PgQuery__Node* nullOf(Arena& arena, const DataType& type) {
  return parse::castTo(arena, parse::nullConstant(arena), typeName(arena, type));
}

PgQuery__Node* constant(const Mask& mask, const DataType& type, Arena& arena) {
  const policy::Literal& literal = mask.constant;
  const bool numeric = literal.type == policy::LiteralType::integer || literal.type == policy::LiteralType::decimal;
  PgQuery__Node* value = parse::stringConstant(arena, literal.text);
  if (numeric) value = number(arena, literal.text);
  if (literal.type == policy::LiteralType::boolean) value = parse::booleanConstant(arena, literal.text == "true");
  if (schema::familyOf(type) != TypeFamily::timestampTz) return parse::castTo(arena, value, typeName(arena, type));
  return utc(arena, parse::castTo(arena, value, parse::systemType(arena, "timestamp")));
}

PgQuery__Node* hashing(const ResourceColumn& column, const RenderScope& scope) {
  Arena& arena = scope.arena;
  PgQuery__Node* canonical = canonicalText(arena, columnOf(scope, column.name), column.type);
  switch (schema::familyOf(column.type)) {
    case TypeFamily::integer:
      return hmacNumber(scope, scope.maskKey, canonical);
    case TypeFamily::uuid: {
      constexpr int kHexDigits = 32;
      PgQuery__Node* digits = call(arena, "substr",
                                   {hmacHex(scope, scope.maskKey, canonical), parse::integerConstant(arena, 1),
                                    parse::integerConstant(arena, kHexDigits)});
      return parse::castTo(arena, digits, parse::systemType(arena, "uuid"));
    }
    default:
      return hmacHex(scope, scope.maskKey, canonical);
  }
}

Result<PgQuery__Node*> regex(const Mask& mask, PgQuery__Node* value, Arena& arena) {
  auto compiled = policy::PortableRegex::compile(mask.pattern, mask.replacement, mask.caseInsensitive);
  if (!compiled.ok()) return std::move(compiled).error();
  return call(arena, "regexp_replace",
              {value, parse::stringConstant(arena, compiled->pattern()),
               parse::stringConstant(arena, compiled->replacement()), parse::stringConstant(arena, "g")});
}

// The rest of the text becomes filler, one for each character.
PgQuery__Node* showing(const Mask& mask, PgQuery__Node* value, Arena& arena) {
  PgQuery__Node* shown = parse::integerConstant(arena, mask.shown);
  PgQuery__Node* hidden = parse::systemOperator(arena, "-", call(arena, "length", {value}), shown);
  PgQuery__Node* filler = call(arena, "repeat", {parse::stringConstant(arena, mask.filler), hidden});
  PgQuery__Node* part = call(arena, mask.showFirst ? "left" : "right", {value, shown});
  return mask.showFirst ? parse::systemOperator(arena, "||", part, filler)
                        : parse::systemOperator(arena, "||", filler, part);
}

PgQuery__Node* bucketStart(PgQuery__Node* number, PgQuery__Node* step, bool floating, Arena& arena) {
  const auto apply = [&](std::string_view sign, PgQuery__Node* left, PgQuery__Node* right) {
    return parse::systemOperator(arena, sign, left, right);
  };
  if (floating) return apply("*", call(arena, "floor", {apply("/", number, step)}), step);
  // By remainders, which are exact: a numeric quotient is rounded, sometimes up to the next bucket.
  return apply("-", number, apply("%", apply("+", apply("%", number, step), step), step));
}

// Down to a multiple of the step. Computed as numeric, and never below the type's least value: no row may fail.
PgQuery__Node* roundedNumber(const Mask& mask, PgQuery__Node* value, const DataType& type, Arena& arena) {
  const auto numeric = [&](PgQuery__Node* node) {
    return parse::castTo(arena, node, parse::systemType(arena, "numeric"));
  };
  const bool floating = schema::familyOf(type) == TypeFamily::floating;
  PgQuery__Node* step = number(arena, mask.step);
  if (floating) step = parse::castTo(arena, step, parse::systemType(arena, "float8"));
  PgQuery__Node* result = bucketStart(floating ? value : numeric(value), step, floating, arena);
  if (schema::familyOf(type) == TypeFamily::integer) {
    const std::string_view least = type.oid == resolve::oid::kInt2   ? "-32768"
                                   : type.oid == resolve::oid::kInt4 ? "-2147483648"
                                                                     : "-9223372036854775808";
    auto* greatest = parse::make<PgQuery__MinMaxExpr>(arena);
    greatest->op = PG_QUERY__MIN_MAX_OP__IS_GREATEST;
    parse::append(arena, greatest->n_args, greatest->args, result);
    parse::append(arena, greatest->n_args, greatest->args, number(arena, least));
    // GREATEST ignores NULL, which must stay NULL.
    auto* when = parse::make<PgQuery__CaseWhen>(arena);
    when->expr = parse::isNull(arena, value, true);
    when->result = parse::wrap(arena, greatest);
    auto* guarded = parse::make<PgQuery__CaseExpr>(arena);
    parse::append(arena, guarded->n_args, guarded->args, parse::wrap(arena, when));
    result = parse::wrap(arena, guarded);
  }
  return parse::castTo(arena, result, typeName(arena, type));
}

std::string_view unitName(RoundingUnit unit) {
  switch (unit) {
    case RoundingUnit::hour:
      return "hour";
    case RoundingUnit::day:
      return "day";
    case RoundingUnit::month:
      return "month";
    case RoundingUnit::quarter:
      return "quarter";
    default:
      return "year";
  }
}

PgQuery__Node* roundedTime(const Mask& mask, PgQuery__Node* value, const DataType& type, Arena& arena) {
  const auto truncated = [&](PgQuery__Node* node) {
    return call(arena, "date_trunc", {parse::stringConstant(arena, unitName(mask.unit)), node});
  };
  switch (schema::familyOf(type)) {
    case TypeFamily::timestampTz:
      return utc(arena, truncated(utc(arena, value)));
    case TypeFamily::date:
      value = truncated(parse::castTo(arena, value, parse::systemType(arena, "timestamp")));
      return parse::castTo(arena, value, parse::systemType(arena, "date"));
    default:
      return truncated(value);
  }
}

Result<PgQuery__Node*> masked(const ResourceColumn& column, const Mask& mask, const RenderScope& scope) {
  Arena& arena = scope.arena;
  const policy::MaskEffect effect = policy::effectOf(mask, column.type);
  if (!effect.applies) return nullOf(arena, exposedType(effect.result));
  PgQuery__Node* value = columnOf(scope, column.name);
  const auto asText = [&] { return parse::castTo(arena, value, parse::systemType(arena, "text")); };
  switch (mask.method) {
    case MaskMethod::null:
      return nullOf(arena, exposedType(column.type));
    case MaskMethod::constant:
      return constant(mask, effect.result, arena);
    case MaskMethod::hashing:
      return hashing(column, scope);
    case MaskMethod::regex:
      return regex(mask, asText(), arena);
    case MaskMethod::showing:
      return showing(mask, asText(), arena);
    case MaskMethod::rounding:
      return mask.unit == RoundingUnit::number ? roundedNumber(mask, value, effect.result, arena)
                                               : roundedTime(mask, value, column.type, arena);
  }
  return Error{.code = ErrorCode::policyInvalid, .message = "a mask of this data source is not understood"};
}

bool cannotFail(const Mask& mask) {
  return mask.method == MaskMethod::null || mask.method == MaskMethod::constant || mask.method == MaskMethod::hashing;
}

}  // namespace

schema::DataType shownType(const DataType& column, const std::vector<policy::ColumnMask>& masks) {
  DataType result = exposedType(column);
  bool plain = masks.empty();
  for (const policy::ColumnMask& mask : masks) plain = plain || mask.condition.has_value();
  std::vector<DataType> types;
  if (plain) types.push_back(result);
  for (const policy::ColumnMask& mask : masks) types.push_back(exposedType(policy::maskResultType(mask.mask, column)));
  // Where alternatives differ, the widest that holds them all: hashed integers are bigint, masked varchar is text.
  result = types.front();
  for (const DataType& type : types) {
    if (type == result) continue;
    const TypeFamily family = schema::familyOf(result);
    if (family == TypeFamily::integer) {
      result = *schema::builtinType("bigint");
    } else if (family == TypeFamily::text) {
      result = text();
    } else if (family == TypeFamily::numeric) {
      result = *schema::builtinType("numeric");
    }
  }
  return result;
}

Result<RenderedColumn> renderColumn(const ResourceColumn& column, const std::vector<policy::ColumnMask>& masks,
                                    const RenderScope& scope) {
  Arena& arena = scope.arena;
  RenderedColumn result{.type = shownType(column.type, masks), .masked = !masks.empty()};
  if (masks.empty()) {
    result.value = exposed(column, scope);
    result.leakProof = !isForeign(column.type);
    return result;
  }
  auto* choice = parse::make<PgQuery__CaseExpr>(arena);
  result.leakProof = std::all_of(masks.begin(), masks.end(),
                                 [](const auto& mask) { return !mask.condition && cannotFail(mask.mask); });
  PgQuery__Node* last = nullptr;
  for (const policy::ColumnMask& mask : masks) {
    SCRIM_TRY(PgQuery__Node * value, masked(column, mask.mask, scope));
    if (!mask.condition) {
      last = value;
      break;
    }
    SCRIM_TRY(PgQuery__Node * condition, renderPredicate(**mask.condition, scope));
    auto* test = parse::make<PgQuery__BooleanTest>(arena);
    test->arg = condition;
    test->booltesttype = PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE;
    auto* when = parse::make<PgQuery__CaseWhen>(arena);
    when->expr = parse::wrap(arena, test);
    when->result = value;
    parse::append(arena, choice->n_args, choice->args, parse::wrap(arena, when));
  }
  if (last == nullptr) last = exposed(column, scope);
  choice->defresult = last;
  result.value = choice->n_args == 0 ? last : parse::wrap(arena, choice);
  if (choice->n_args != 0) result.value = parse::castTo(arena, result.value, typeName(arena, result.type));
  return result;
}

}  // namespace scrim::protect
