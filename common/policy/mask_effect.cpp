// SPDX-License-Identifier: Apache-2.0
#include "common/policy/mask_effect.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "common/base/utf8.h"
#include "common/policy/canonical.h"
#include "common/policy/regex_subset.h"
#include "common/policy/typing.h"

namespace scrim::policy {
namespace {

using schema::DataType;
using schema::familyOf;
using schema::TypeFamily;

constexpr std::int32_t kModifierHeader = 4;  // PostgreSQL's type modifiers of character types count it in

std::optional<std::int64_t> asInteger(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::int64_t largestOf(const DataType& integer) {
  if (integer.name == "smallint") return std::numeric_limits<std::int16_t>::max();
  if (integer.name == "integer") return std::numeric_limits<std::int32_t>::max();
  return std::numeric_limits<std::int64_t>::max();
}

bool integerFits(const std::string& text, const DataType& type) {
  const std::optional<std::int64_t> value = asInteger(text);
  return value && *value <= largestOf(type) && *value >= leastOf(type);
}

bool uuidFits(const std::string& text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (hyphen ? text[i] != '-' : !hex) return false;
  }
  return true;
}

// numeric(p, s): PostgreSQL packs p and s into the modifier; a value that would be rounded does not fit.
bool numericFits(const std::string& text, const DataType& type) {
  if (type.modifier < kModifierHeader) return true;
  const int precision = ((type.modifier - kModifierHeader) >> 16) & 0xffff;
  const int scale = (type.modifier - kModifierHeader) & 0x7ff;
  if (scale > precision) return false;  // negative and over-long scales: not worth the doubt
  const std::string digits = text.starts_with('-') ? text.substr(1) : text;
  const std::size_t point = digits.find('.');
  const bool fraction = point != std::string::npos && digits.substr(point + 1) != "0";
  const int whole = static_cast<int>(point == std::string::npos ? digits.size() : point);
  const int fractionDigits = fraction ? static_cast<int>(digits.size() - point - 1) : 0;
  return (digits.starts_with('0') ? 0 : whole) <= precision - scale && fractionDigits <= scale;
}

bool textFits(const std::string& text, const DataType& type) {
  if (type.modifier < kModifierHeader) return true;
  return base::charactersBefore(text, text.size()) <= static_cast<std::size_t>(type.modifier - kModifierHeader);
}

MaskEffect fallback(const DataType& column, std::string reason) { return {false, column, std::move(reason)}; }

MaskEffect hashing(const DataType& column) {
  switch (familyOf(column)) {
    case TypeFamily::text:
      return {true, *schema::builtinType("text"), {}};
    case TypeFamily::integer:
      return {true, *schema::builtinType("bigint"), {}};
    case TypeFamily::uuid:
      return {true, column, {}};
    default:
      return fallback(column, "HASHING has no form of type " + column.name + ": the column shows NULL");
  }
}

MaskEffect onText(const Mask& mask, const DataType& column) {
  const std::string method = mask.method == MaskMethod::regex ? "REGEX" : "SHOWING";
  if (familyOf(column) != TypeFamily::text) {
    return fallback(column, method + " works on text, not on type " + column.name + ": the column shows NULL");
  }
  if (mask.method == MaskMethod::regex) {
    if (const auto checked = PortableRegex::compile(mask.pattern, mask.replacement, mask.caseInsensitive);
        !checked.ok()) {
      return fallback(column, checked.error().message + ": the column shows NULL");
    }
  }
  return {true, *schema::builtinType("text"), {}};
}

MaskEffect roundingNumber(const Mask& mask, const DataType& column) {
  const TypeFamily family = familyOf(column);
  if (family == TypeFamily::floating) return {true, column, {}};
  if (family == TypeFamily::numeric) return {true, *schema::builtinType("numeric"), {}};
  if (family != TypeFamily::integer) {
    return fallback(column,
                    "ROUNDING TO a number works on numbers, not on type " + column.name + ": the column shows NULL");
  }
  // Half of the range, so that an engine can add a step to a remainder without overflow.
  const std::optional<std::int64_t> step = asInteger(mask.step);
  if (!step || *step < 1 || *step > std::min(largestOf(column), std::numeric_limits<std::int64_t>::max() / 2)) {
    return fallback(column,
                    "a column of type " + column.name + " cannot be rounded to " + mask.step + ": it shows NULL");
  }
  return {true, column, {}};
}

MaskEffect roundingTime(const Mask& mask, const DataType& column) {
  const TypeFamily family = familyOf(column);
  if (family == TypeFamily::timestamp || family == TypeFamily::timestampTz) return {true, column, {}};
  const bool coarser = mask.unit != RoundingUnit::hour && mask.unit != RoundingUnit::day;
  if (family == TypeFamily::date && coarser) return {true, column, {}};
  return fallback(column, family == TypeFamily::date
                              ? "a date rounded to hours or days is the date itself: the column shows NULL"
                              : "ROUNDING to a unit of time works on dates and timestamps, not on type " + column.name +
                                    ": the column shows NULL");
}

}  // namespace

bool constantFits(const Literal& constant, const DataType& type) {
  switch (familyOf(type)) {
    case TypeFamily::boolean:
      return constant.type == LiteralType::boolean;
    case TypeFamily::integer:
      return constant.type == LiteralType::integer && integerFits(constant.text, type);
    case TypeFamily::numeric:
      return (constant.type == LiteralType::integer || constant.type == LiteralType::decimal) &&
             numericFits(constant.text, type);
    case TypeFamily::floating:
      return constant.type == LiteralType::integer || constant.type == LiteralType::decimal;
    case TypeFamily::text:
      return constant.type == LiteralType::text && textFits(constant.text, type);
    case TypeFamily::uuid:
      return constant.type == LiteralType::text && uuidFits(constant.text);
    case TypeFamily::date:
      return constant.type == LiteralType::date;
    case TypeFamily::timestamp:
    case TypeFamily::timestampTz:
      return constant.type == LiteralType::timestamp;
    default:
      return false;
  }
}

MaskEffect effectOf(const Mask& mask, const DataType& column) {
  switch (mask.method) {
    case MaskMethod::null:
      return {true, column, {}};
    case MaskMethod::constant:
      if (constantFits(mask.constant, column)) return {true, column, {}};
      return fallback(column, "the constant is no value of type " + column.name + ": the column shows NULL");
    case MaskMethod::hashing:
      return hashing(column);
    case MaskMethod::regex:
    case MaskMethod::showing:
      return onText(mask, column);
    case MaskMethod::rounding:
      break;
  }
  return mask.unit == RoundingUnit::number ? roundingNumber(mask, column) : roundingTime(mask, column);
}

std::int64_t leastOf(const DataType& integer) { return -largestOf(integer) - 1; }

DataType maskResultType(const Mask& mask, const DataType& column) { return effectOf(mask, column).result; }

bool isHashable(TypeFamily family) {
  switch (family) {
    case TypeFamily::boolean:
    case TypeFamily::integer:
    case TypeFamily::numeric:
    case TypeFamily::text:
    case TypeFamily::uuid:
    case TypeFamily::date:
    case TypeFamily::timestamp:
    case TypeFamily::timestampTz:
      return true;
    default:
      return false;
  }
}

}  // namespace scrim::policy
