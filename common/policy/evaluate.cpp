// SPDX-License-Identifier: Apache-2.0
#include "common/policy/evaluate.h"

#include <algorithm>
#include <compare>
#include <cstdlib>

#include "common/base/hash.h"
#include "common/policy/decimal.h"
#include "common/policy/evaluate_call.h"
#include "common/policy/mask_effect.h"
#include "common/policy/moment.h"
#include "common/policy/sample.h"
#include "common/policy/typing.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using schema::DataType;
using schema::TypeFamily;

Error tooLarge() { return {ErrorCode::invalidValue, "a value is outside of what the reference interpreter can hold"}; }

bool isReal(const DataType& type) { return schema::familyOf(type) == TypeFamily::floating; }
bool isNumber(const DataType& type) {
  const TypeFamily family = schema::familyOf(type);
  return family == TypeFamily::integer || family == TypeFamily::numeric || family == TypeFamily::floating;
}
bool isMoment(const DataType& type) {
  const TypeFamily family = schema::familyOf(type);
  return family == TypeFamily::date || family == TypeFamily::timestamp || family == TypeFamily::timestampTz;
}

// A value and its type; `text` is canonical.
struct Typed {
  Cell text;
  DataType type;
};

class Evaluator {
 public:
  Evaluator(const std::vector<ResourceColumn>& columns, const Row& row, const Evaluation& context)
      : columns_(columns), row_(row), context_(context) {}

  Result<Truth> predicate(const Expression& e) const {
    switch (e.kind) {
      case ExpressionKind::logicalAnd:
      case ExpressionKind::logicalOr:
        return connected(e);
      case ExpressionKind::logicalNot: {
        SCRIM_TRY(const Truth inner, predicate(*e.children[0]));
        return negatedIf(true, inner);
      }
      case ExpressionKind::compare:
        return compare(*e.children[0], e.name, *e.children[1]);
      case ExpressionKind::between:
        return between(e);
      case ExpressionKind::inList:
        return inList(e);
      case ExpressionKind::inLookup:
        return inLookup(e);
      case ExpressionKind::like:
        return like(e);
      case ExpressionKind::isNull: {
        SCRIM_TRY(const Typed inner, value(*e.children[0]));
        return Truth(inner.text.has_value() == e.negated);
      }
      case ExpressionKind::sample:
        return sample(e);
      default:
        break;
    }
    SCRIM_TRY(const Typed flag, value(e));
    return flag.text ? Truth(*flag.text == "true") : Truth{};
  }

 private:
  static Truth negatedIf(bool negated, Truth truth) { return truth ? Truth(*truth != negated) : truth; }

  // Kleene's logic: FALSE decides an AND, TRUE an OR; otherwise one that is not known leaves it so.
  Result<Truth> connected(const Expression& e) const {
    const bool deciding = e.kind == ExpressionKind::logicalOr;
    bool known = true;
    for (const ExpressionPtr& child : e.children) {
      SCRIM_TRY(const Truth part, predicate(*child));
      if (part == deciding) return Truth(deciding);
      known = known && part.has_value();
    }
    return known ? Truth(!deciding) : Truth{};
  }

  Result<Truth> compare(const Expression& a, const std::string& sign, const Expression& b) const {
    SCRIM_TRY(const Typed left, value(a));
    SCRIM_TRY(const Typed right, value(b));
    return compared(left, sign, right);
  }

  static Result<Truth> compared(const Typed& left, const std::string& sign, const Typed& right) {
    if (!left.text || !right.text) return Truth{};
    SCRIM_TRY(const std::weak_ordering order, ordered(left, right));
    if (sign == "=") return Truth(std::is_eq(order));
    if (sign == "<>") return Truth(std::is_neq(order));
    if (sign == "<") return Truth(std::is_lt(order));
    if (sign == "<=") return Truth(std::is_lteq(order));
    return Truth(sign == ">" ? std::is_gt(order) : std::is_gteq(order));
  }

  static Result<std::weak_ordering> ordered(const Typed& left, const Typed& right) {
    if (isNumber(left.type) && isNumber(right.type)) return orderedNumbers(left, right);
    if (isMoment(left.type) && isMoment(right.type)) {
      const auto a = parseMoment(*left.text);
      const auto b = parseMoment(*right.text);
      if (!a || !b) return tooLarge();
      return std::weak_ordering(*a <=> *b);
    }
    return std::weak_ordering(left.text->compare(*right.text) <=> 0);  // bytes, unsigned
  }

  static Result<std::weak_ordering> orderedNumbers(const Typed& left, const Typed& right) {
    if (isReal(left.type) || isReal(right.type)) {
      const double a = std::strtod(left.text->c_str(), nullptr);
      const double b = std::strtod(right.text->c_str(), nullptr);
      if (a != a || b != b)
        return std::weak_ordering((a != a) <=> (b != b));  // NaN equals itself and is above all, as in PostgreSQL
      return std::weak_ordering(a < b   ? std::weak_ordering::less
                                : a > b ? std::weak_ordering::greater
                                        : std::weak_ordering::equivalent);
    }
    const auto a = Decimal::parse(*left.text);
    const auto b = Decimal::parse(*right.text);
    const auto order = a && b ? Decimal::compare(*a, *b) : std::nullopt;
    if (!order) return tooLarge();
    return std::weak_ordering(*order);
  }

  Result<Truth> between(const Expression& e) const {
    SCRIM_TRY(const Truth above, compare(*e.children[0], ">=", *e.children[1]));
    SCRIM_TRY(const Truth below, compare(*e.children[0], "<=", *e.children[2]));
    Truth out = above == true && below == true ? Truth(true) : Truth{};
    if (above == false || below == false) out = false;
    return negatedIf(e.negated, out);
  }

  // TRUE if one equals; otherwise not known if one comparison is not; an empty list is FALSE.
  static Result<Truth> member(const Typed& value, const std::vector<Typed>& list) {
    Truth out = false;
    for (const Typed& item : list) {
      SCRIM_TRY(const Truth same, compared(value, "=", item));
      if (same == true) return Truth(true);
      if (!same) out = Truth{};
    }
    return out;
  }

  Result<Truth> inList(const Expression& e) const {
    SCRIM_TRY(const Typed left, value(*e.children[0]));
    std::vector<Typed> list;
    for (std::size_t i = 1; i < e.children.size(); ++i) {
      SCRIM_TRY(Typed item, value(*e.children[i]));
      list.push_back(std::move(item));
    }
    SCRIM_TRY(const Truth found, member(left, list));
    return negatedIf(e.negated, found);
  }

  Result<Truth> inLookup(const Expression& e) const {
    const auto table = context_.lookups.find(e.lookupSource);
    if (table == context_.lookups.end()) return Error{ErrorCode::undefinedTable, "there is no such look-up"};
    const ResourceColumn* column = findColumn(table->second.columns, e.lookupColumn);
    if (column == nullptr) return noSuchColumn(table->second.columns, e.lookupColumn);
    std::vector<Typed> list;
    for (const Row& row : table->second.rows) {
      Truth wanted = true;
      if (e.lookupWhere) {
        SCRIM_TRY(wanted, Evaluator(table->second.columns, row, context_).predicate(*e.lookupWhere));
      }
      if (wanted == true) list.push_back({row.at(e.lookupColumn), column->type});
    }
    SCRIM_TRY(const Typed left, value(*e.children[0]));
    SCRIM_TRY(const Truth found, member(left, list));
    return negatedIf(e.negated, found);
  }

  Result<Truth> like(const Expression& e) const {
    SCRIM_TRY(const Typed left, value(*e.children[0]));
    if (!left.text) return Truth{};
    return negatedIf(e.negated, Truth(isLike(*left.text, e.children[1]->literal.text)));
  }

  Result<Truth> sample(const Expression& e) const {
    SCRIM_TRY(const Typed chosenBy, column(e.name));
    if (!chosenBy.text) return Truth{};
    const std::string hex = base::toHex(base::hmacSha256(context_.hashKey, *chosenBy.text)).substr(0, 15);
    return Truth(std::stoll(hex, nullptr, 16) % kSampleBuckets < shownBuckets(e.percent));
  }

  Result<Typed> column(const std::string& name) const {
    const ResourceColumn* found = findColumn(columns_, name);
    const auto cell = row_.find(name);
    if (found == nullptr || cell == row_.end()) return noSuchColumn(columns_, name);
    SCRIM_TRY(Cell text, canonicalValue(found->type, cell->second));
    return Typed{std::move(text), found->type};
  }

  Result<Typed> value(const Expression& e) const {
    SCRIM_TRY(const ValueType type, typeOf(e, TypeScope{columns_}));
    const DataType known = type.value_or(*schema::builtinType("text"));
    switch (e.kind) {
      case ExpressionKind::column:
        return column(e.name);
      case ExpressionKind::literal:
      case ExpressionKind::truth:
        if (e.literal.type == LiteralType::null) return Typed{Cell{}, known};
        if (e.literal.type == LiteralType::interval) return Typed{e.literal.text, known};
        return canonical(known, e.literal.text);
      case ExpressionKind::now:
        return canonical(known, context_.now);
      case ExpressionKind::arithmetic:
        return arithmetic(e, known);
      case ExpressionKind::call:
        return call(e, known);
      case ExpressionKind::cast:
        return cast(e);
      default:
        break;
    }
    SCRIM_TRY(const Truth truth, predicate(e));
    return Typed{truth ? Cell(*truth ? "true" : "false") : Cell{}, known};
  }

  static Result<Typed> canonical(const DataType& type, const Cell& text) {
    SCRIM_TRY(Cell out, canonicalValue(type, text));
    return Typed{std::move(out), type};
  }

  Result<Typed> arithmetic(const Expression& e, const DataType& type) const {
    SCRIM_TRY(const Typed left, value(*e.children[0]));
    SCRIM_TRY(const Typed right, value(*e.children[1]));
    if (!left.text || !right.text) return Typed{Cell{}, type};
    SCRIM_TRY(Cell out, calculated(e.name, type, *left.text, *right.text));
    return Typed{std::move(out), type};
  }

  Result<Typed> call(const Expression& e, const DataType& type) const {
    std::vector<Cell> arguments;
    for (const ExpressionPtr& child : e.children) {
      SCRIM_TRY(Typed argument, value(*child));
      arguments.push_back(std::move(argument.text));
    }
    SCRIM_TRY(Cell out, called(e.name, type, arguments));
    return Typed{std::move(out), type};
  }

  Result<Typed> cast(const Expression& e) const {
    SCRIM_TRY(const Typed from, value(*e.children[0]));
    if (!from.text || !isMoment(e.type)) return Typed{from.text, e.type};
    const std::optional<Microseconds> moment = parseMoment(*from.text);
    if (!moment) return tooLarge();
    return Typed{schema::familyOf(e.type) == TypeFamily::date ? dateText(*moment) : timestampText(*moment), e.type};
  }

  const std::vector<ResourceColumn>& columns_;
  const Row& row_;
  const Evaluation& context_;
};

}  // namespace

Result<Truth> evaluate(const Expression& predicate, const std::vector<ResourceColumn>& columns, const Row& row,
                       const Evaluation& context) {
  SCRIM_CHECK_OK(checkPredicate(predicate, TypeScope{columns}));
  return Evaluator(columns, row, context).predicate(predicate);
}

}  // namespace scrim::policy
