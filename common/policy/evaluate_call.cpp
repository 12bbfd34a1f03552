// SPDX-License-Identifier: Apache-2.0
#include "common/policy/evaluate_call.h"

#include <algorithm>
#include <cstdlib>

#include "common/base/utf8.h"
#include "common/policy/decimal.h"
#include "common/policy/mask_effect.h"
#include "common/policy/moment.h"
#include "common/policy/real_text.h"
#include "common/policy/token.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using schema::DataType;
using schema::TypeFamily;

Error tooLarge() { return {ErrorCode::invalidValue, "a value is outside of what the reference interpreter can hold"}; }

Result<Cell> fitting(const DataType& type, const std::optional<Decimal>& value) {
  if (!value) return tooLarge();
  if (schema::familyOf(type) == TypeFamily::integer && !constantFits({LiteralType::integer, value->text()}, type))
    return tooLarge();
  return Cell(value->text());
}

Result<Cell> realNumber(const std::string& sign, const DataType& type, double left, double right) {
  if (sign == "/" && right == 0) return Cell{};
  const double out = sign == "+"   ? left + right
                     : sign == "-" ? left - right
                     : sign == "*" ? left * right
                                   : left / right;
  return Cell(realText(out, type));
}

Result<Cell> moved(const std::string& sign, const std::string& moment, const std::string& interval) {
  const std::optional<Microseconds> from = parseMoment(moment);
  const std::optional<Microseconds> to = from ? shifted(*from, interval, sign == "+") : std::nullopt;
  if (!to) return tooLarge();
  return Cell(timestampText(*to));
}

Result<Cell> remainder(const DataType& type, const std::string& left, const std::string& right) {
  const auto a = Decimal::parse(left);
  const auto b = Decimal::parse(right);
  if (!a || !b) return tooLarge();
  if (b->isZero()) return Cell{};
  const auto quotient = Decimal::truncatedQuotient(*a, *b);
  const auto whole = quotient ? Decimal::product(*quotient, *b) : std::nullopt;
  return fitting(type, whole ? Decimal::sum(*a, whole->negated()) : std::nullopt);
}

Cell trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return std::string();
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Cell substring(const std::vector<Cell>& arguments) {
  const std::string& text = *arguments[0];
  const std::size_t first = static_cast<std::size_t>(std::atol(arguments[1]->c_str())) - 1;
  const std::size_t start = base::byteOffsetOf(text, first);
  if (arguments.size() == 2) return text.substr(start);
  const std::size_t end = base::byteOffsetOf(text, first + static_cast<std::size_t>(std::atol(arguments[2]->c_str())));
  return text.substr(start, end - start);
}

RoundingUnit unitOf(const std::string& name) {
  if (name == "hour") return RoundingUnit::hour;
  if (name == "day") return RoundingUnit::day;
  if (name == "month") return RoundingUnit::month;
  return name == "quarter" ? RoundingUnit::quarter : RoundingUnit::year;
}

Result<Cell> startOf(const DataType& type, const std::string& unit, const std::string& text) {
  const std::optional<Microseconds> moment = parseMoment(text);
  if (!moment) return tooLarge();
  const Microseconds start = truncated(*moment, unitOf(unit));
  return Cell(schema::familyOf(type) == TypeFamily::date ? dateText(start) : timestampText(start));
}

std::vector<std::string> charactersOf(const std::string& text) {
  std::vector<std::string> out;
  for (char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !out.empty()) {
      out.back() += c;
    } else {
      out.emplace_back(1, c);
    }
  }
  return out;
}

struct LikePart {
  enum class Kind { plain, one, any } kind = Kind::plain;
  std::string character = {};
};

std::vector<LikePart> partsOf(const std::string& pattern) {
  std::vector<LikePart> out;
  bool escaped = false;
  for (std::string& character : charactersOf(pattern)) {
    if (!escaped && character == "\\") {
      escaped = true;
      continue;
    }
    using Kind = LikePart::Kind;
    const Kind kind = escaped ? Kind::plain : character == "%" ? Kind::any : character == "_" ? Kind::one : Kind::plain;
    out.push_back({kind, std::move(character)});
    escaped = false;
  }
  return out;
}

}  // namespace

Result<Cell> calculated(const std::string& sign, const DataType& type, const std::string& left,
                        const std::string& right) {
  const TypeFamily family = schema::familyOf(type);
  if (family == TypeFamily::floating) {
    return realNumber(sign, type, std::strtod(left.c_str(), nullptr), std::strtod(right.c_str(), nullptr));
  }
  if (family != TypeFamily::integer && family != TypeFamily::numeric) return moved(sign, left, right);
  const auto a = Decimal::parse(left);
  const auto b = Decimal::parse(right);
  if (!a || !b) return tooLarge();
  if (sign == "/") return b->isZero() ? Result<Cell>(Cell{}) : fitting(type, Decimal::truncatedQuotient(*a, *b));
  if (sign == "*") return fitting(type, Decimal::product(*a, *b));
  return fitting(type, Decimal::sum(*a, sign == "-" ? b->negated() : *b));
}

Result<Cell> called(const std::string& function, const DataType& type, const std::vector<Cell>& arguments) {
  if (function == "coalesce") {
    const auto found =
        std::find_if(arguments.begin(), arguments.end(), [](const Cell& cell) { return cell.has_value(); });
    return found == arguments.end() ? Cell{} : *found;
  }
  if (std::any_of(arguments.begin(), arguments.end(), [](const Cell& cell) { return !cell; })) return Cell{};
  const std::string& first = *arguments[0];
  if (function == "lower") return Cell(lowerAscii(first));
  if (function == "upper") return Cell(upperAscii(first));
  if (function == "trim") return trimmed(first);
  if (function == "length") return Cell(std::to_string(base::charactersBefore(first, first.size())));
  if (function == "substring") return substring(arguments);
  if (function == "mod") return remainder(type, first, *arguments[1]);
  if (function == "date_trunc") return startOf(type, first, *arguments[1]);
  return Cell(first.starts_with('-') ? first.substr(1) : first);  // abs
}

bool isLike(const std::string& text, const std::string& pattern) {
  const std::vector<std::string> characters = charactersOf(text);
  const std::vector<LikePart> parts = partsOf(pattern);
  // reached[i]: the parts so far can match the first i characters.
  std::vector<bool> reached(characters.size() + 1, false);
  reached[0] = true;
  for (const LikePart& part : parts) {
    std::vector<bool> next(reached.size(), false);
    for (std::size_t i = 0; i < reached.size(); ++i) {
      if (part.kind == LikePart::Kind::any) {
        next[i] = reached[i] || (i > 0 && next[i - 1]);
      } else if (i > 0 && reached[i - 1]) {
        next[i] = part.kind == LikePart::Kind::one || characters[i - 1] == part.character;
      }
    }
    reached = std::move(next);
  }
  return reached.back();
}

}  // namespace scrim::policy
