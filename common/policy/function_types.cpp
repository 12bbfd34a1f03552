// SPDX-License-Identifier: Apache-2.0
// Types of calls: one small rule for each function of expression.cpp.
#include <algorithm>
#include <array>
#include <charconv>

#include "common/policy/type_rules.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using schema::familyOf;
using schema::TypeFamily;

Error mismatch(std::string message) { return {ErrorCode::datatypeMismatch, std::move(message)}; }

bool isIntegerFrom(const Expression& e, long long least) {
  long long value = 0;
  const std::string& text = e.literal.text;
  return e.kind == ExpressionKind::literal && e.literal.type == LiteralType::integer &&
         std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{} && value >= least &&
         value <= 1000000;
}

// Engines disagree about substrings that start before the text or have a negative length.
Result<ValueType> substringType(const Expression& call, const std::vector<ValueType>& types) {
  const bool bounded =
      isIntegerFrom(*call.children[1], 1) && (call.children.size() == 2 || isIntegerFrom(*call.children[2], 0));
  if (!isText(types[0]) || !bounded) return mismatch("substring() takes a text, a whole number from 1 and one from 0");
  return ValueType(schema::builtinType("text"));
}

Result<ValueType> coalesceType(const std::vector<ValueType>& types) {
  for (const ValueType& type : types) {
    if (!type || !types[0] || familyOf(*type) != familyOf(*types[0])) {
      return mismatch("coalesce() takes values of one type");
    }
  }
  return types[0];
}

Result<ValueType> numberType(const std::string& name, const std::vector<ValueType>& types) {
  bool whole = true;
  for (const ValueType& type : types) {
    const TypeFamily family = type ? familyOf(*type) : TypeFamily::other;
    whole = whole && family == TypeFamily::integer;
    const bool number = family == TypeFamily::integer || family == TypeFamily::numeric ||
                        (family == TypeFamily::floating && name == "abs");
    if (!number) return mismatch(name + "() takes numbers");
  }
  if (name == "abs" && !whole) return types[0];
  return ValueType(schema::builtinType(whole ? "bigint" : "numeric"));
}

Result<ValueType> truncationType(const Expression& call, const std::vector<ValueType>& types) {
  static constexpr std::array<std::string_view, 5> kUnits{"hour", "day", "month", "quarter", "year"};
  const Expression& unit = *call.children[0];
  const bool known = unit.kind == ExpressionKind::literal &&
                     std::find(kUnits.begin(), kUnits.end(), unit.literal.text) != kUnits.end();
  if (!known) return mismatch("date_trunc() takes 'hour', 'day', 'month', 'quarter' or 'year'");
  const TypeFamily family = types[1] ? familyOf(*types[1]) : TypeFamily::other;
  if (family != TypeFamily::date && family != TypeFamily::timestamp && family != TypeFamily::timestampTz) {
    return mismatch("date_trunc() takes a date or a timestamp");
  }
  return types[1];
}

}  // namespace

Result<ValueType> callType(const Expression& call, const std::vector<ValueType>& types) {
  if (call.name == "substring") return substringType(call, types);
  if (call.name == "coalesce") return coalesceType(types);
  if (call.name == "abs" || call.name == "mod") return numberType(call.name, types);
  if (call.name == "date_trunc") return truncationType(call, types);
  if (!isText(types[0])) return mismatch(call.name + "() takes a text, not a value of type " + nameOf(types[0]));
  return ValueType(schema::builtinType(call.name == "length" ? "integer" : "text"));
}

}  // namespace scrim::policy
