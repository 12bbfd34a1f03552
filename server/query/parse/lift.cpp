// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/lift.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/query/parse/node.h"

namespace scrim::parse {
namespace {

constexpr std::uint32_t kTypeOfClass[] = {23, 20, 1700, 0};

bool isComparison(const PgQuery__AExpr& expression) {
  static constexpr std::string_view kOperators[] = {"=", "<>", "<", "<=", ">", ">="};
  if (expression.kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP || expression.n_name != 1) return false;
  return std::find(std::begin(kOperators), std::end(kOperators), stringOf(expression.name[0])) != std::end(kOperators);
}

bool isListTest(const PgQuery__AExpr& expression) {
  switch (expression.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      return true;
    default:
      return false;
  }
}

bool isColumn(const PgQuery__Node* node) {
  const auto* column = as<PgQuery__ColumnRef>(node);
  if (column == nullptr) return false;
  return std::all_of(column->fields, column->fields + column->n_fields,
                     [](const PgQuery__Node* field) { return as<PgQuery__String>(field) != nullptr; });
}

bool matches(const PgQuery__AConst& constant, LiteralClass kind) {
  switch (kind) {
    case LiteralClass::int4:
      return constant.val_case == PG_QUERY__A__CONST__VAL_IVAL;
    case LiteralClass::int8:
    case LiteralClass::numeric:
      return constant.val_case == PG_QUERY__A__CONST__VAL_FVAL;
    case LiteralClass::string:
      return constant.val_case == PG_QUERY__A__CONST__VAL_SVAL;
  }
  return false;
}

// Walks the places where lifting is allowed and collects the constants there.
class Lifter {
 public:
  explicit Lifter(const Shape& shape) : shape_(shape) {}

  struct Place {
    std::uint32_t literal;
    PgQuery__Node* node;
  };

  void select(const PgQuery__SelectStmt* select) {
    if (select == nullptr) return;
    if (select->with_clause != nullptr) with(*select->with_clause);
    this->select(select->larg);
    this->select(select->rarg);
    for (PgQuery__Node* item : list(select->n_from_clause, select->from_clause)) from(item);
    condition(select->where_clause);
    count(select->limit_count);
    count(select->limit_offset);
  }

  std::vector<Place> placesInOrder() && {
    std::sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.literal < b.literal; });
    if (places_.size() > kMostLifted) places_.resize(kMostLifted);
    return std::move(places_);
  }

 private:
  void with(const PgQuery__WithClause& clause) {
    for (PgQuery__Node* item : list(clause.n_ctes, clause.ctes)) {
      const auto* table = as<PgQuery__CommonTableExpr>(item);
      if (table != nullptr) select(as<PgQuery__SelectStmt>(table->ctequery));
    }
  }

  void from(PgQuery__Node* item) {
    if (const auto* derived = as<PgQuery__RangeSubselect>(item)) select(as<PgQuery__SelectStmt>(derived->subquery));
    const auto* join = as<PgQuery__JoinExpr>(item);
    if (join == nullptr) return;
    from(join->larg);
    from(join->rarg);
    condition(join->quals);
  }

  void condition(PgQuery__Node* node) {
    if (const auto* link = as<PgQuery__SubLink>(node)) return select(as<PgQuery__SelectStmt>(link->subselect));
    if (const auto* expression = as<PgQuery__BoolExpr>(node)) {
      for (PgQuery__Node* operand : list(expression->n_args, expression->args)) condition(operand);
    }
    if (const auto* expression = as<PgQuery__AExpr>(node)) test(*expression);
  }

  void test(const PgQuery__AExpr& expression) {
    if (isComparison(expression)) {
      side(expression.lexpr, expression.rexpr);
      side(expression.rexpr, expression.lexpr);
    } else if (isListTest(expression) && isColumn(expression.lexpr)) {
      const auto* members = as<PgQuery__List>(expression.rexpr);
      if (members == nullptr) return;
      for (PgQuery__Node* member : list(members->n_items, members->items)) constant(member, LiteralClass::string);
    }
  }

  void side(const PgQuery__Node* other, PgQuery__Node* node) {
    if (const auto* link = as<PgQuery__SubLink>(node)) return select(as<PgQuery__SelectStmt>(link->subselect));
    if (isColumn(other)) constant(node, LiteralClass::string);
  }

  void count(PgQuery__Node* node) { constant(node, LiteralClass::int8); }

  // Notes a constant that stands in the text as one literal, of a class up to the given one.
  void constant(PgQuery__Node* node, LiteralClass last) {
    const auto* constant = as<PgQuery__AConst>(node);
    if (constant == nullptr || constant->isnull || constant->location < 0) return;
    const auto begin = static_cast<std::uint32_t>(constant->location);
    const auto found = std::lower_bound(shape_.literals.begin(), shape_.literals.end(), begin,
                                        [](const Literal& literal, std::uint32_t at) { return literal.begin < at; });
    if (found == shape_.literals.end() || found->begin != begin) return;
    if (found->kind > last || !matches(*constant, found->kind)) return;
    places_.push_back({static_cast<std::uint32_t>(found - shape_.literals.begin()), node});
  }

  const Shape& shape_;
  std::vector<Place> places_;
};

}  // namespace

std::vector<LiftedLiteral> lift(ParsedQuery& query, const Shape& shape, int firstParameter) {
  Lifter lifter(shape);
  lifter.select(as<PgQuery__SelectStmt>(query.statement()));
  std::vector<LiftedLiteral> lifted;
  for (const Lifter::Place& place : std::move(lifter).placesInOrder()) {
    auto* parameter = make<PgQuery__ParamRef>(query.arena());
    parameter->number = firstParameter + static_cast<int>(lifted.size());
    parameter->location = place.node->a_const->location;
    replace(*place.node, parameter);
    const auto kind = static_cast<std::size_t>(shape.literals[place.literal].kind);
    lifted.push_back({place.literal, parameter->number, kTypeOfClass[kind]});
  }
  return lifted;
}

LiftMask maskOf(const std::vector<LiftedLiteral>& lifted, std::size_t literals) {
  LiftMask mask(literals);
  for (const LiftedLiteral& literal : lifted) mask[literal.literal] = true;
  return mask;
}

void appendSecondKey(const Shape& shape, const LiftMask& mask, std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < shape.literals.size(); ++i) {
    if (i < mask.size() && mask[i]) continue;
    const Literal& literal = shape.literals[i];
    const std::uint32_t length = literal.end - literal.begin;
    out.append(reinterpret_cast<const char*>(&length), sizeof(length));
    out.append(text.substr(literal.begin, length));
  }
}

std::string secondKey(const Shape& shape, const LiftMask& mask, std::string_view text) {
  std::string key;
  appendSecondKey(shape, mask, text, key);
  return key;
}

}  // namespace scrim::parse
