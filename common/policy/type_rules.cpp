// SPDX-License-Identifier: Apache-2.0
#include "common/policy/type_rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/policy/canonical.h"
#include "common/policy/mask_effect.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using schema::DataType;
using schema::familyOf;
using schema::TypeFamily;

Error mismatch(std::string message, std::string hint = {}) {
  return {.code = ErrorCode::datatypeMismatch, .message = std::move(message), .hint = std::move(hint)};
}

ValueType named(std::string_view name) { return schema::builtinType(name); }

bool isNumber(TypeFamily family) {
  return family == TypeFamily::integer || family == TypeFamily::numeric || family == TypeFamily::floating;
}
bool isMoment(TypeFamily family) {
  return family == TypeFamily::date || family == TypeFamily::timestamp || family == TypeFamily::timestampTz;
}
bool isEquatable(TypeFamily family) {
  return isNumber(family) || isMoment(family) || family == TypeFamily::boolean || family == TypeFamily::text ||
         family == TypeFamily::uuid || family == TypeFamily::time;
}

bool isWritten(const Expression& e, LiteralType type) {
  return e.kind == ExpressionKind::literal && e.literal.type == type;
}

// A uuid has no literal of its own: a string is read as one.
bool isUuidText(const Expression& e) {
  return isWritten(e, LiteralType::text) && constantFits(e.literal, *schema::builtinType("uuid"));
}

bool familiesCompare(TypeFamily a, TypeFamily b) {
  return (a == b && isEquatable(a)) || (isNumber(a) && isNumber(b)) || (isMoment(a) && isMoment(b));
}

std::size_t childrenOf(ExpressionKind kind) {
  switch (kind) {
    case ExpressionKind::compare:
    case ExpressionKind::matchesUserSet:
    case ExpressionKind::hasMember:
    case ExpressionKind::like:
    case ExpressionKind::arithmetic:
      return 2;
    case ExpressionKind::between:
      return 3;
    case ExpressionKind::inLookup:
    case ExpressionKind::isNull:
    case ExpressionKind::logicalNot:
    case ExpressionKind::cast:
      return 1;
    default:
      return 0;
  }
}

bool isSet(ExpressionKind kind) {
  return kind == ExpressionKind::userGroups || kind == ExpressionKind::userAttribute ||
         kind == ExpressionKind::userPurposes;
}

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// Types without a family of their own whose text is one and the same in every session: not arrays, ranges and rows of
// moments or floating-point numbers, which a user's DateStyle, TimeZone or extra_float_digits would change.
bool hasOneText(const DataType& type) {
  constexpr std::uint32_t kFirstOfTheSource = 16384;  // enums, domains, types of extensions
  static constexpr std::array<std::uint32_t, 20> kTypes{18,   19,   650,  774,  829,  869,  1000, 1005, 1007, 1009,
                                                        1015, 1016, 1560, 1562, 2951, 3614, 3904, 3906, 3926, 4451};
  return type.oid >= kFirstOfTheSource || std::find(kTypes.begin(), kTypes.end(), type.oid) != kTypes.end();
}

Result<ValueType> numberType(const std::string& sign, TypeFamily left, TypeFamily right) {
  if (left == TypeFamily::floating || right == TypeFamily::floating) return named("double precision");
  if (left == TypeFamily::integer && right == TypeFamily::integer) return named("bigint");
  if (sign == "/") {
    return Error{ErrorCode::notSupported,
                 "division of numeric values is not supported: engines round it differently",
                 {},
                 "Multiply instead, or divide whole numbers."};
  }
  return named("numeric");
}

}  // namespace

bool isText(const ValueType& type) { return type && familyOf(*type) == TypeFamily::text; }

std::string nameOf(const ValueType& type) { return type ? type->name : "NULL"; }

bool hasRightShape(const Expression& e) {
  const auto missing = [](const ExpressionPtr& child) { return child == nullptr; };
  if (std::any_of(e.children.begin(), e.children.end(), missing)) return false;
  switch (e.kind) {
    case ExpressionKind::inList:
      return !e.children.empty();
    case ExpressionKind::logicalAnd:
    case ExpressionKind::logicalOr:
      return e.children.size() >= 2;
    case ExpressionKind::call: {
      const FunctionRow* row = findFunction(e.name);
      const int count = static_cast<int>(e.children.size());
      return row != nullptr && count >= row->leastArguments && count <= row->mostArguments;
    }
    case ExpressionKind::compare:
      return e.children.size() == 2 && isOneOf(e.name, {"=", "<>", "<", "<=", ">", ">="});
    case ExpressionKind::arithmetic:
      return e.children.size() == 2 && isOneOf(e.name, {"+", "-", "*", "/"});
    case ExpressionKind::matchesUserSet:
      return e.children.size() == 2 && isSet(e.children[1]->kind);
    case ExpressionKind::hasMember:
      return e.children.size() == 2 && isSet(e.children[0]->kind) && isWritten(*e.children[1], LiteralType::text);
    case ExpressionKind::truth:
      return isOneOf(e.literal.text, {"true", "false"});
    case ExpressionKind::sample:
      return e.percent >= 0 && e.percent <= 100;
    default:
      return e.children.size() == childrenOf(e.kind);
  }
}

Result<ValueType> literalType(const Literal& literal) {
  switch (literal.type) {
    case LiteralType::null:
      return ValueType{};
    case LiteralType::boolean:
      return named("boolean");
    case LiteralType::integer:
      if (!constantFits(literal, *schema::builtinType("bigint"))) return named("numeric");
      return constantFits(literal, *schema::builtinType("integer")) ? named("integer") : named("bigint");
    case LiteralType::decimal:
      return named("numeric");
    case LiteralType::text:
      return named("text");
    case LiteralType::date:
      return named("date");
    case LiteralType::timestamp:
      return named("timestamp");
    case LiteralType::interval:
      break;
  }
  return named("interval");
}

Result<void> checkComparable(const Expression& left, const DataType& leftType, const Expression& right,
                             const DataType& rightType, bool ordered) {
  const TypeFamily a = familyOf(leftType);
  const TypeFamily b = familyOf(rightType);
  if ((a == TypeFamily::uuid && isUuidText(right)) || (b == TypeFamily::uuid && isUuidText(left))) return {};
  if (ordered && a == TypeFamily::boolean) return mismatch("truth values have no order");
  if (familiesCompare(a, b)) return {};
  std::string hint = "Cast one of them.";
  if (isMoment(a) || isMoment(b))
    hint = "Write dates as DATE '2024-01-31' and times as TIMESTAMP '2024-01-31 12:00:00'.";
  return mismatch("a value of type " + leftType.name + " cannot be compared with one of type " + rightType.name, hint);
}

Result<void> checkLikePattern(const Expression& pattern) {
  if (!isWritten(pattern, LiteralType::text)) return mismatch("LIKE needs a pattern in single quotes");
  const std::string& text = pattern.literal.text;
  const std::size_t last = text.find_last_not_of('\\');
  const std::size_t backslashes = text.size() - (last == std::string::npos ? 0 : last + 1);
  if (backslashes % 2 != 0) return mismatch("a LIKE pattern must not end with \\, which escapes the next character");
  return {};
}

Result<ValueType> arithmeticType(const std::string& sign, const ValueType& left, const ValueType& right) {
  if (left && right) {
    const TypeFamily a = familyOf(*left);
    const TypeFamily b = familyOf(*right);
    if (isNumber(a) && isNumber(b)) return numberType(sign, a, b);
    if (isMoment(a) && b == TypeFamily::interval && (sign == "+" || sign == "-")) {
      return a == TypeFamily::timestampTz ? named("timestamptz") : named("timestamp");
    }
  }
  return mismatch("there is no " + nameOf(left) + " " + sign + " " + nameOf(right));
}

Result<void> checkCast(const ValueType& from, const DataType& to) {
  if (!from) return mismatch("NULL cannot be cast", "Write IS NULL or IS NOT NULL.");
  const TypeFamily a = familyOf(*from);
  const TypeFamily b = familyOf(to);
  const bool toText = b == TypeFamily::text && to.oid != schema::builtinType("character")->oid &&
                      (isHashable(a) || (a == TypeFamily::other && hasOneText(*from)));
  const bool wider =
      a == TypeFamily::integer && (to.oid == schema::builtinType("bigint")->oid || b == TypeFamily::numeric ||
                                   to.oid == schema::builtinType("double precision")->oid);
  if (toText || wider || (isMoment(a) && isMoment(b)) || from->oid == to.oid) return {};
  return Error{.code = ErrorCode::notSupported,
               .message = "a cast from " + from->name + " to " + to.name +
                          " is not supported: it may fail, or differ between engines or sessions",
               .hint = "Casts that always succeed are: to text, to wider numbers, between dates and timestamps."};
}

}  // namespace scrim::policy
