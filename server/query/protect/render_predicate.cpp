// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/render_predicate.h"

#include <algorithm>

#include "common/policy/sample.h"
#include "common/policy/typing.h"
#include "server/query/parse/build.h"
#include "server/query/protect/canonical_text.h"

namespace scrim::protect {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using policy::Expression;
using policy::ExpressionKind;
using policy::LiteralType;
using schema::DataType;
using schema::TypeFamily;

using Rendered = Result<PgQuery__Node*>;

Error notUnderstood(const std::string& what) {
  return Error{.code = ErrorCode::policyInvalid, .message = "a policy of this data source cannot be applied: " + what};
}

// A value and what comparisons need to know of it.
struct Value {
  PgQuery__Node* node;
  TypeFamily family;
  std::uint32_t oid;
  bool bareColumn;
};

class Renderer {
 public:
  explicit Renderer(const RenderScope& scope) : scope_(scope), arena_(scope.arena) {}

  Rendered condition(const Expression& e) const;

 private:
  Result<Value> value(const Expression& e) const;
  Rendered valueNode(const Expression& e, const DataType& type) const;
  Rendered literal(const Expression& e) const;
  Rendered compare(const Expression& left, std::string name, const Expression& right) const;
  Rendered between(const Expression& e) const;
  Rendered inList(const Expression& e) const;
  Rendered inLookup(const Expression& e) const;
  Rendered like(const Expression& e) const;
  Rendered logical(const Expression& e) const;
  Rendered sample(const Expression& e) const;
  Rendered arithmetic(const Expression& e, const DataType& type) const;
  Rendered call(const Expression& e, const DataType& type) const;
  Rendered cast(const Expression& e) const;
  Rendered castMoment(const Value& from, const DataType& to) const;
  Rendered dateTrunc(const Expression& e) const;
  Rendered trueOrFalse(const Expression& e) const;

  Result<policy::ValueType> typeOf(const Expression& e) const {
    auto type = policy::typeOf(e, policy::TypeScope{scope_.columns, nullptr, false});
    if (!type.ok()) return notUnderstood(type.error().message);
    return type;
  }
  PgQuery__Node* asText(const Value& value) const {
    return parse::castTo(arena_, value.node, parse::systemType(arena_, "text"));
  }
  PgQuery__Node* bytewise(PgQuery__Node* value) const {
    auto* clause = parse::make<PgQuery__CollateClause>(arena_);
    clause->arg = value;
    parse::append(arena_, clause->n_collname, clause->collname, parse::stringNode(arena_, "pg_catalog"));
    parse::append(arena_, clause->n_collname, clause->collname, parse::stringNode(arena_, "C"));
    return parse::wrap(arena_, clause);
  }
  PgQuery__Node* type(PgQuery__Node* value, std::string_view name) const {
    return parse::castTo(arena_, value, parse::systemType(arena_, name));
  }
  // No row may make a rule fail: a division by zero is NULL.
  PgQuery__Node* nullIfZero(PgQuery__Node* divisor) const {
    auto* expression = parse::make<PgQuery__AExpr>(arena_);
    expression->kind = PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF;
    parse::append(arena_, expression->n_name, expression->name, parse::stringNode(arena_, "="));
    expression->lexpr = divisor;
    expression->rexpr = parse::integerConstant(arena_, 0);
    return parse::wrap(arena_, expression);
  }
  // A moment with zone that meets one without is taken in UTC, whatever the session's time zone.
  void inUtc(Value& zoned, const Value& plain) const {
    const bool zoneless = plain.family == TypeFamily::date || plain.family == TypeFamily::timestamp;
    if (zoned.family == TypeFamily::timestampTz && zoneless) zoned.node = utc(arena_, zoned.node);
  }
  PgQuery__Node* negatedIf(bool negated, PgQuery__Node* node) const {
    return negated ? parse::notOf(arena_, node) : node;
  }

  const RenderScope& scope_;
  parse::Arena& arena_;
};

Rendered Renderer::condition(const Expression& e) const {
  switch (e.kind) {
    case ExpressionKind::truth:
      return parse::booleanConstant(arena_, e.literal.text == "true");
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
    case ExpressionKind::logicalAnd:
    case ExpressionKind::logicalOr:
    case ExpressionKind::logicalNot:
      return logical(e);
    case ExpressionKind::sample:
      return sample(e);
    case ExpressionKind::isNull: {
      SCRIM_TRY(const Value operand, value(*e.children[0]));
      return parse::isNull(arena_, operand.node, e.negated);
    }
    case ExpressionKind::column:
    case ExpressionKind::literal:
    case ExpressionKind::call:
    case ExpressionKind::cast:
      return trueOrFalse(e);
    default:
      return notUnderstood("it says something that only the user's own facts can answer");
  }
}

Rendered Renderer::trueOrFalse(const Expression& e) const {
  SCRIM_TRY(const Value operand, value(e));
  if (operand.family != TypeFamily::boolean) return notUnderstood("a condition is needed");
  return operand.node;
}

Result<Value> Renderer::value(const Expression& e) const {
  SCRIM_TRY(const policy::ValueType known, typeOf(e));
  if (!known) return Value{parse::nullConstant(arena_), TypeFamily::other, 0, false};
  SCRIM_TRY(PgQuery__Node * node, valueNode(e, *known));
  return Value{node, schema::familyOf(*known), known->oid, e.kind == ExpressionKind::column};
}

Rendered Renderer::valueNode(const Expression& e, const DataType& known) const {
  switch (e.kind) {
    case ExpressionKind::column:
      return columnOf(scope_, e.name);
    case ExpressionKind::literal:
    case ExpressionKind::truth:
      return literal(e);
    case ExpressionKind::now:
      return protect::call(arena_, "now", {});
    case ExpressionKind::arithmetic:
      return arithmetic(e, known);
    case ExpressionKind::call:
      return call(e, known);
    case ExpressionKind::cast:
      return cast(e);
    default:
      return condition(e);
  }
}

Rendered Renderer::literal(const Expression& e) const {
  const std::string& text = e.literal.text;
  switch (e.literal.type) {
    case LiteralType::null:
      return parse::nullConstant(arena_);
    case LiteralType::boolean:
      return parse::booleanConstant(arena_, text == "true");
    case LiteralType::integer:
    case LiteralType::decimal:
      return number(arena_, text);
    case LiteralType::text:
      return parse::stringConstant(arena_, text);
    case LiteralType::date:
      return type(parse::stringConstant(arena_, text), "date");
    case LiteralType::timestamp:
      return type(parse::stringConstant(arena_, text), "timestamp");
    case LiteralType::interval:
      return type(parse::stringConstant(arena_, text), "interval");
  }
  return notUnderstood("a literal of an unknown kind");
}

bool isZonelessMoment(TypeFamily family) { return family == TypeFamily::date || family == TypeFamily::timestamp; }

Rendered Renderer::compare(const Expression& leftSide, std::string name, const Expression& rightSide) const {
  SCRIM_TRY(Value left, value(leftSide));
  SCRIM_TRY(Value right, value(rightSide));
  const bool equality = name == "=" || name == "<>";
  if (left.family == TypeFamily::text && right.family == TypeFamily::text && !equality)
    left.node = bytewise(asText(left));
  // Where a zoned moment meets one without zone, UTC is meant. The column stays bare, so that an index serves it.
  const auto align = [&](Value& zoned, Value& plain) {
    if (zoned.family != TypeFamily::timestampTz || !isZonelessMoment(plain.family)) return;
    if (!zoned.bareColumn) {
      zoned.node = utc(arena_, zoned.node);
    } else {
      plain.node = utc(arena_, type(plain.node, "timestamp"));
    }
  };
  align(left, right);
  align(right, left);
  return parse::systemOperator(arena_, name, left.node, right.node);
}

Rendered Renderer::between(const Expression& e) const {
  SCRIM_TRY(PgQuery__Node * from, compare(*e.children[0], ">=", *e.children[1]));
  SCRIM_TRY(PgQuery__Node * to, compare(*e.children[0], "<=", *e.children[2]));
  PgQuery__Node* const both[] = {from, to};
  return negatedIf(e.negated, parse::andOf(arena_, both));
}

Rendered Renderer::inList(const Expression& e) const {
  if (e.children.size() == 1) return parse::booleanConstant(arena_, e.negated);
  std::vector<PgQuery__Node*> alternatives;
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    SCRIM_TRY(PgQuery__Node * equal, compare(*e.children[0], "=", *e.children[i]));
    alternatives.push_back(equal);
  }
  SCRIM_TRY(const Value subject, value(*e.children[0]));
  const bool plain = std::all_of(e.children.begin() + 1, e.children.end(), [](const policy::ExpressionPtr& child) {
    return child->kind == ExpressionKind::literal && child->literal.type != LiteralType::null &&
           child->literal.type != LiteralType::timestamp && child->literal.type != LiteralType::date;
  });
  if (!plain) return negatedIf(e.negated, parse::orOf(arena_, alternatives));
  auto* list = parse::make<PgQuery__List>(arena_);
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    SCRIM_TRY(PgQuery__Node * item, literal(*e.children[i]));
    alternatives[i - 1] = item;
  }
  parse::setList(arena_, list->n_items, list->items, alternatives);
  auto* in = parse::make<PgQuery__AExpr>(arena_);
  in->kind = PG_QUERY__A__EXPR__KIND__AEXPR_IN;
  parse::append(arena_, in->n_name, in->name, parse::stringNode(arena_, e.negated ? "<>" : "="));
  in->lexpr = subject.node;
  in->rexpr = parse::wrap(arena_, list);
  return parse::wrap(arena_, in);
}

Rendered Renderer::inLookup(const Expression& e) const {
  constexpr std::string_view kAlias = "scrim_lookup";
  if (!scope_.lookups) return notUnderstood("a look-up stands where none can be");
  SCRIM_TRY(const LookupTable table, scope_.lookups(e.lookupSource, kAlias));
  const RenderScope inside{arena_,           std::string(kAlias), table.columns,     table.physical,
                           scope_.sampleKey, scope_.maskKey,      scope_.parameters, LookupTables{}};
  const policy::ResourceColumn* column = policy::findColumn(table.columns, e.lookupColumn);
  if (column == nullptr) return notUnderstood("the column looked up is gone");
  SCRIM_TRY(Value subject, value(*e.children[0]));
  Value found{columnOf(inside, e.lookupColumn), schema::familyOf(column->type), column->type.oid, false};
  inUtc(subject, found);
  inUtc(found, subject);
  PgQuery__SelectStmt* select = parse::selectStatement(arena_);
  parse::append(arena_, select->n_target_list, select->target_list, parse::target(arena_, found.node));
  parse::append(arena_, select->n_from_clause, select->from_clause, table.from);
  if (e.lookupWhere) {
    SCRIM_TRY(select->where_clause, Renderer(inside).condition(*e.lookupWhere));
  }
  auto* link = parse::make<PgQuery__SubLink>(arena_);
  link->sub_link_type = PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK;
  link->testexpr = subject.node;
  link->subselect = parse::wrap(arena_, select);
  return negatedIf(e.negated, parse::wrap(arena_, link));
}

Rendered Renderer::like(const Expression& e) const {
  SCRIM_TRY(const Value subject, value(*e.children[0]));
  SCRIM_TRY(PgQuery__Node * pattern, literal(*e.children[1]));
  auto* like = parse::make<PgQuery__AExpr>(arena_);
  like->kind = PG_QUERY__A__EXPR__KIND__AEXPR_LIKE;
  parse::append(arena_, like->n_name, like->name, parse::stringNode(arena_, e.negated ? "!~~" : "~~"));
  like->lexpr = asText(subject);
  like->rexpr = pattern;
  return parse::wrap(arena_, like);
}

Rendered Renderer::logical(const Expression& e) const {
  std::vector<PgQuery__Node*> operands;
  for (const policy::ExpressionPtr& child : e.children) {
    SCRIM_TRY(PgQuery__Node * operand, condition(*child));
    operands.push_back(operand);
  }
  if (e.kind == ExpressionKind::logicalAnd) return parse::andOf(arena_, operands);
  if (e.kind == ExpressionKind::logicalOr) return parse::orOf(arena_, operands);
  return parse::notOf(arena_, operands.front());
}

Rendered Renderer::sample(const Expression& e) const {
  const policy::ResourceColumn* column = policy::findColumn(scope_.columns, e.name);
  if (column == nullptr) return notUnderstood("the column that chooses rows is gone");
  if (!policy::isHashable(schema::familyOf(column->type))) return notUnderstood("rows cannot be chosen by this column");
  PgQuery__Node* number =
      hmacNumber(scope_, scope_.sampleKey, canonicalText(arena_, columnOf(scope_, e.name), column->type));
  PgQuery__Node* bucket =
      parse::systemOperator(arena_, "%", number, parse::integerConstant(arena_, policy::kSampleBuckets));
  return parse::systemOperator(arena_, "<", bucket, parse::integerConstant(arena_, policy::shownBuckets(e.percent)));
}

Rendered Renderer::arithmetic(const Expression& e, const DataType& known) const {
  SCRIM_TRY(Value left, value(*e.children[0]));
  SCRIM_TRY(Value right, value(*e.children[1]));
  if (left.family == TypeFamily::timestampTz) {  // in UTC, so that no session's time zone decides what a day is
    return utc(arena_, parse::systemOperator(arena_, e.name, utc(arena_, left.node), right.node));
  }
  if (schema::familyOf(known) == TypeFamily::integer) left.node = type(left.node, "int8");
  if (e.name == "/") right.node = nullIfZero(right.node);
  return parse::systemOperator(arena_, e.name, left.node, right.node);
}

Rendered Renderer::dateTrunc(const Expression& e) const {
  SCRIM_TRY(const Value moment, value(*e.children[1]));
  const auto truncated = [&](PgQuery__Node* node) {
    return protect::call(arena_, "date_trunc", {parse::stringConstant(arena_, e.children[0]->literal.text), node});
  };
  if (moment.family == TypeFamily::timestampTz) return utc(arena_, truncated(utc(arena_, moment.node)));
  if (moment.family == TypeFamily::timestamp) return truncated(moment.node);
  return type(truncated(type(moment.node, "timestamp")), "date");
}

Rendered Renderer::call(const Expression& e, const DataType& known) const {
  if (e.name == "date_trunc") return dateTrunc(e);
  std::vector<PgQuery__Node*> arguments;
  for (const policy::ExpressionPtr& child : e.children) {
    SCRIM_TRY(const Value argument, value(*child));
    const bool text = argument.family == TypeFamily::text && e.name != "coalesce";
    arguments.push_back(text ? asText(argument) : argument.node);
  }
  if (e.name == "lower" || e.name == "upper") arguments[0] = bytewise(arguments[0]);
  if (e.name == "coalesce") {
    auto* coalesce = parse::make<PgQuery__CoalesceExpr>(arena_);
    parse::setList(arena_, coalesce->n_args, coalesce->args, arguments);
    return parse::wrap(arena_, coalesce);
  }
  if ((e.name == "abs" || e.name == "mod") && schema::familyOf(known) == TypeFamily::integer) {
    arguments[0] = type(arguments[0], "int8");
  }
  if (e.name == "mod") arguments[1] = nullIfZero(arguments[1]);
  if (e.name == "trim") return parse::systemCall(arena_, "btrim", arguments);
  if (e.name == "substring") return parse::systemCall(arena_, "substr", arguments);
  const bool same = e.name == "lower" || e.name == "upper" || e.name == "length" || e.name == "abs" || e.name == "mod";
  if (!same) return notUnderstood("the function " + e.name);
  return parse::systemCall(arena_, e.name, arguments);
}

Rendered Renderer::castMoment(const Value& from, const DataType& to) const {
  const bool toZoned = schema::familyOf(to) == TypeFamily::timestampTz;
  if (from.family == TypeFamily::timestampTz && !toZoned) {
    return parse::castTo(arena_, utc(arena_, from.node), typeName(arena_, to));
  }
  if (isZonelessMoment(from.family) && toZoned) return utc(arena_, type(from.node, "timestamp"));
  return parse::castTo(arena_, from.node, typeName(arena_, to));
}

Rendered Renderer::cast(const Expression& e) const {
  SCRIM_TRY(const Value from, value(*e.children[0]));
  const TypeFamily to = schema::familyOf(e.type);
  if (to == TypeFamily::text && from.family != TypeFamily::text) {
    const DataType source{from.oid, -1, {}};
    return parse::castTo(arena_, canonicalText(arena_, from.node, source), typeName(arena_, e.type));
  }
  if (to == TypeFamily::date || to == TypeFamily::timestamp || to == TypeFamily::timestampTz) {
    return castMoment(from, e.type);
  }
  return parse::castTo(arena_, from.node, typeName(arena_, e.type));
}

}  // namespace

base::Result<PgQuery__Node*> renderPredicate(const policy::Expression& predicate, const RenderScope& scope) {
  const auto checked = policy::checkPredicate(predicate, policy::TypeScope{scope.columns, nullptr, false});
  if (!checked.ok()) return notUnderstood(checked.error().message);
  return Renderer(scope).condition(predicate);
}

bool hasLookup(const policy::Expression& predicate) {
  if (predicate.kind == ExpressionKind::inLookup) return true;
  return std::any_of(predicate.children.begin(), predicate.children.end(),
                     [](const policy::ExpressionPtr& child) { return hasLookup(*child); });
}

}  // namespace scrim::protect
