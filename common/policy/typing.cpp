// SPDX-License-Identifier: Apache-2.0
#include "common/policy/typing.h"

#include <algorithm>

#include "common/policy/canonical.h"
#include "common/policy/suggest.h"
#include "common/policy/token.h"
#include "common/policy/type_rules.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using schema::TypeFamily;

Error mismatch(std::string message, std::string hint = {}) {
  return {.code = ErrorCode::datatypeMismatch, .message = std::move(message), .hint = std::move(hint)};
}

class Typer {
 public:
  explicit Typer(const TypeScope& scope) : scope_(scope) {}

  Result<ValueType> typeOf(const Expression& e) const {
    if (!hasRightShape(e)) return mismatch("the expression is not understood");
    switch (e.kind) {
      case ExpressionKind::column:
        return columnType(e.name);
      case ExpressionKind::literal:
      case ExpressionKind::truth:
        return literalType(e.literal);
      case ExpressionKind::now:
        return named("timestamptz");
      case ExpressionKind::userName:
        return named("text");
      case ExpressionKind::compare:
        return comparison(e);
      case ExpressionKind::between:
      case ExpressionKind::inList:
        return comparisonWithFirst(e);
      case ExpressionKind::matchesUserSet:
        return userMatch(e);
      case ExpressionKind::hasMember:
      case ExpressionKind::sample:
        return e.kind == ExpressionKind::sample ? sample(e) : named("boolean");
      case ExpressionKind::inLookup:
        return lookup(e);
      case ExpressionKind::like:
        return like(e);
      case ExpressionKind::isNull:
        return nullTest(e);
      case ExpressionKind::logicalAnd:
      case ExpressionKind::logicalOr:
      case ExpressionKind::logicalNot:
        return logical(e);
      case ExpressionKind::arithmetic:
        return arithmetic(e);
      case ExpressionKind::call:
        return call(e);
      case ExpressionKind::cast:
        return cast(e);
      case ExpressionKind::userGroups:
      case ExpressionKind::userAttribute:
      case ExpressionKind::userPurposes:
        break;
    }
    return mismatch("a set of values stands where one value is needed");
  }

 private:
  static ValueType named(std::string_view name) { return schema::builtinType(name); }

  Result<ValueType> columnType(const std::string& name) const {
    if (const ResourceColumn* found = findColumn(scope_.columns, name)) return ValueType(found->type);
    const HiddenColumn* hidden = scope_.hidden == nullptr ? nullptr : findHidden(*scope_.hidden, name);
    if (hidden == nullptr) return noSuchColumn(scope_.columns, name);
    if (!hidden->ambiguous) return ValueType(hidden->column.type);
    return Error{ErrorCode::ambiguousColumn,
                 "the definition does not return a column " + schema::quotedIdentifier(name) +
                     ", and several of its tables have one",
                 "", "Return the one that is meant from the definition, under a name of its own."};
  }

  Result<ValueType> comparable(const Expression& a, const Expression& b, bool ordered) const {
    SCRIM_TRY(const ValueType left, typeOf(a));
    SCRIM_TRY(const ValueType right, typeOf(b));
    if (!left || !right) return mismatch("nothing equals NULL", "Write IS NULL or IS NOT NULL.");
    SCRIM_CHECK_OK(checkComparable(a, *left, b, *right, ordered));
    return named("boolean");
  }

  Result<ValueType> comparison(const Expression& e) const {
    return comparable(*e.children[0], *e.children[1], e.name != "=" && e.name != "<>");
  }

  Result<ValueType> comparisonWithFirst(const Expression& e) const {
    for (std::size_t i = 1; i < e.children.size(); ++i) {
      SCRIM_CHECK_OK(comparable(*e.children[0], *e.children[i], e.kind == ExpressionKind::between));
    }
    if (e.children.size() == 1) SCRIM_CHECK_OK(typeOf(*e.children[0]));
    return named("boolean");
  }

  Result<ValueType> userMatch(const Expression& e) const {
    SCRIM_TRY(const ValueType type, typeOf(*e.children[0]));
    if (!isText(type)) {
      return mismatch("groups, attributes and purposes are text: they cannot match a value of type " + nameOf(type),
                      "Cast it, as in CAST(region AS text) IN USER.ATTRIBUTE('Region').");
    }
    return named("boolean");
  }

  Result<ValueType> sample(const Expression& e) const {
    SCRIM_TRY(const ValueType type, columnType(e.name));
    if (!isHashable(schema::familyOf(*type)))
      return mismatch("rows cannot be chosen by a column of type " + type->name);
    return named("boolean");
  }

  Result<ValueType> like(const Expression& e) const {
    SCRIM_TRY(const ValueType type, typeOf(*e.children[0]));
    if (!isText(type)) return mismatch("LIKE needs a text, not a value of type " + nameOf(type));
    SCRIM_CHECK_OK(checkLikePattern(*e.children[1]));
    return named("boolean");
  }

  Result<ValueType> nullTest(const Expression& e) const {
    SCRIM_CHECK_OK(typeOf(*e.children[0]));
    return named("boolean");
  }

  Result<ValueType> logical(const Expression& e) const {
    for (const ExpressionPtr& child : e.children) SCRIM_CHECK_OK(checkPredicate(*child, scope_));
    return named("boolean");
  }

  Result<ValueType> arithmetic(const Expression& e) const {
    SCRIM_TRY(const ValueType left, typeOf(*e.children[0]));
    SCRIM_TRY(const ValueType right, typeOf(*e.children[1]));
    return arithmeticType(e.name, left, right);
  }

  Result<ValueType> call(const Expression& e) const {
    std::vector<ValueType> types;
    for (const ExpressionPtr& child : e.children) {
      SCRIM_TRY(ValueType type, typeOf(*child));
      types.push_back(std::move(type));
    }
    return callType(e, types);
  }

  Result<ValueType> cast(const Expression& e) const {
    SCRIM_TRY(const ValueType from, typeOf(*e.children[0]));
    SCRIM_CHECK_OK(checkCast(from, e.type));
    return ValueType(e.type);
  }

  Result<ValueType> lookup(const Expression& e) const {
    if (scope_.insideLookup) return Error{ErrorCode::notSupported, "a look-up inside a look-up is not supported"};
    SCRIM_TRY(const ValueType left, typeOf(*e.children[0]));
    if (scope_.lookups == nullptr) return named("boolean");
    const std::optional<Resource> source = (*scope_.lookups)(e.lookupSource);
    if (!source) {
      return Error{ErrorCode::undefinedTable,
                   "there is no data source " + schema::quotedName(e.lookupSource) + " to look up in"};
    }
    const TypeScope inside{source->columns, scope_.lookups, true};
    const Expression lookedUp{.kind = ExpressionKind::column, .name = e.lookupColumn};
    SCRIM_TRY(const ValueType right, Typer(inside).typeOf(lookedUp));
    if (!left) return mismatch("nothing equals NULL", "Write IS NULL or IS NOT NULL.");
    SCRIM_CHECK_OK(checkComparable(*e.children[0], *left, lookedUp, *right, false));
    if (e.lookupWhere) SCRIM_CHECK_OK(checkPredicate(*e.lookupWhere, inside));
    return named("boolean");
  }

  const TypeScope& scope_;
};

}  // namespace

Result<ValueType> typeOf(const Expression& expression, const TypeScope& scope) {
  return Typer(scope).typeOf(expression);
}

Result<void> checkPredicate(const Expression& expression, const TypeScope& scope) {
  SCRIM_TRY(const ValueType type, typeOf(expression, scope));
  if (type && schema::familyOf(*type) == TypeFamily::boolean) return {};
  return mismatch("a condition is needed, not a value of type " + nameOf(type), "Compare it with something.");
}

const ResourceColumn* findColumn(const std::vector<ResourceColumn>& columns, std::string_view name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const auto& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

const HiddenColumn* findHidden(const std::vector<HiddenColumn>& columns, std::string_view name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const auto& hidden) { return hidden.column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

const ResourceColumn* findIgnoringCase(const std::vector<ResourceColumn>& columns, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const auto& column) { return equalIgnoringCase(column.name, name); });
  return found == columns.end() ? nullptr : &*found;
}

Error noSuchColumn(const std::vector<ResourceColumn>& columns, std::string_view name) {
  std::vector<std::string> names;
  for (const ResourceColumn& column : columns) names.push_back(column.name);
  const ResourceColumn* otherCase = findIgnoringCase(columns, name);
  const std::string near = otherCase != nullptr ? otherCase->name : nearest(name, std::span<const std::string>(names));
  return {.code = ErrorCode::undefinedColumn,
          .message = "there is no column " + schema::quotedIdentifier(name),
          .hint = near.empty() ? "" : "Did you mean " + printedName(near) + "?"};
}

}  // namespace scrim::policy
