// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "common/base/hash.h"
#include "common/base/utf8.h"
#include "common/policy/decimal.h"
#include "common/policy/evaluate.h"
#include "common/policy/mask_effect.h"
#include "common/policy/moment.h"
#include "common/policy/real_text.h"
#include "common/policy/regex_subset.h"
#include "common/policy/token.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using schema::DataType;
using schema::TypeFamily;

constexpr std::size_t kHashDigits = 15;  // 60 bits

Error noValue(const DataType& type) { return {ErrorCode::invalidValue, "a text is no value of type " + type.name}; }

// 8-4-4-4-12 from the first 32 hex digits, so that the column stays a uuid.
std::string uuidOf(const std::string& hex) {
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20, 12);
}

Cell hashed(const DataType& type, const std::string& canonical, std::string_view key) {
  const std::string hex = base::toHex(base::hmacSha256(key, canonical));
  switch (schema::familyOf(type)) {
    case TypeFamily::text:
      return hex;
    case TypeFamily::integer:
      return std::to_string(std::stoll(hex.substr(0, kHashDigits), nullptr, 16));
    default:
      return uuidOf(hex);
  }
}

std::string hidden(const Mask& mask, const std::string& value) {
  const std::size_t length = base::charactersBefore(value, value.size());
  const std::size_t shown = std::min<std::size_t>(length, static_cast<std::size_t>(mask.shown));
  std::string filler;
  for (std::size_t i = shown; i < length; ++i) filler += mask.filler;
  if (mask.showFirst) return value.substr(0, base::byteOffsetOf(value, shown)) + filler;
  return filler + value.substr(base::byteOffsetOf(value, length - shown));
}

Result<Cell> roundedNumber(const Mask& mask, const DataType& type, const std::string& value) {
  if (schema::familyOf(type) == TypeFamily::floating) {
    const double step = std::strtod(mask.step.c_str(), nullptr);
    return Cell(realText(std::floor(std::strtod(value.c_str(), nullptr) / step) * step, type));
  }
  const std::optional<Decimal> number = Decimal::parse(value);
  const std::optional<Decimal> step = Decimal::parse(mask.step);
  if (!number || !step) return noValue(type);
  const std::optional<Decimal> out = Decimal::roundedDown(*number, *step);
  if (!out) return noValue(type);
  if (schema::familyOf(type) == TypeFamily::integer && !constantFits({LiteralType::integer, out->text()}, type)) {
    return Cell(std::to_string(leastOf(type)));  // a multiple of the step below the type's range
  }
  return Cell(out->text());
}

Result<Cell> rounded(const Mask& mask, const DataType& type, const std::string& value) {
  if (mask.unit == RoundingUnit::number) return roundedNumber(mask, type, value);
  const std::optional<Microseconds> moment = parseMoment(value);
  if (!moment) return noValue(type);
  const Microseconds start = truncated(*moment, mask.unit);
  return Cell(schema::familyOf(type) == TypeFamily::date ? dateText(start) : timestampText(start));
}

std::string withoutTrailingSpaces(std::string text) {
  text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

Result<Cell> canonicalValue(const DataType& type, const Cell& value) {
  if (!value) return Cell{};
  switch (schema::familyOf(type)) {
    case TypeFamily::text:  // the padding of character(n) is no part of its value
      return Cell(type.name == "character" ? withoutTrailingSpaces(*value) : *value);
    case TypeFamily::integer:
    case TypeFamily::numeric: {
      const std::optional<Decimal> number = Decimal::parse(*value);
      if (!number) return noValue(type);
      return Cell(number->text());
    }
    case TypeFamily::floating: {
      double parsed = 0;
      const char* end = value->data() + value->size();
      if (std::from_chars(value->data(), end, parsed).ptr != end) return noValue(type);
      return Cell(realText(parsed, type));
    }
    case TypeFamily::date:
    case TypeFamily::timestamp:
    case TypeFamily::timestampTz: {
      const std::optional<Microseconds> moment = parseMoment(*value);
      if (!moment) return noValue(type);
      return Cell(schema::familyOf(type) == TypeFamily::date ? dateText(*moment) : timestampText(*moment));
    }
    case TypeFamily::uuid:
      return constantFits({LiteralType::text, lowerAscii(*value)}, type) ? Result<Cell>(lowerAscii(*value))
                                                                         : noValue(type);
    case TypeFamily::boolean:
      return *value == "true" || *value == "false" ? Result<Cell>(value) : noValue(type);
    default:
      return value;
  }
}

Result<Cell> masked(const Mask& mask, const DataType& type, const Cell& value, std::string_view hashKey) {
  const MaskEffect effect = effectOf(mask, type);
  if (!effect.applies || mask.method == MaskMethod::null) return Cell{};
  if (mask.method == MaskMethod::constant) return canonicalValue(type, mask.constant.text);
  SCRIM_TRY(const Cell canonical, canonicalValue(type, value));
  if (!canonical) return Cell{};
  switch (mask.method) {
    case MaskMethod::hashing:
      return hashed(type, *canonical, hashKey);
    case MaskMethod::regex: {
      SCRIM_TRY(const PortableRegex regex,
                PortableRegex::compile(mask.pattern, mask.replacement, mask.caseInsensitive));
      return Cell(regex.replaceAll(*canonical));
    }
    case MaskMethod::showing:
      return Cell(hidden(mask, *canonical));
    default:
      return rounded(mask, type, *canonical);
  }
}

Result<std::optional<Row>> shown(const Decision& decision, const std::vector<ResourceColumn>& columns, const Row& row,
                                 const Evaluation& context) {
  if (!decision.allowed) return Error{ErrorCode::permissionDenied, decision.reason};
  for (const RowGuard& guard : decision.rows) {
    SCRIM_TRY(const Truth passes, evaluate(*guard.predicate, columns, row, context));
    if (!passes.value_or(false)) return std::optional<Row>{};
  }
  Row out = row;
  for (const ResourceColumn& column : columns) {
    const auto masks = decision.masks.find(column.name);
    if (masks == decision.masks.end()) continue;
    for (const ColumnMask& mask : masks->second) {
      Truth applies = true;
      if (mask.condition) {
        SCRIM_TRY(applies, evaluate(**mask.condition, columns, row, context));
      }
      if (!applies.value_or(true)) continue;
      SCRIM_TRY(out[column.name], masked(mask.mask, column.type, row.at(column.name), context.hashKey));
      break;
    }
  }
  return std::optional(std::move(out));
}

}  // namespace scrim::policy
