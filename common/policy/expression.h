// SPDX-License-Identifier: Apache-2.0
// Expression: the closed, typed tree of row predicates and mask conditions. Never SQL text. Immutable, shared.
//
// A *written* expression (in a rule) may speak of the user; a *bound* one (in a Decision) may not: bindUser() replaced
// those nodes by literals. Enforcers render bound expressions only, and refuse a kind they do not know.
//
// One meaning in every engine (docs/policy_model.md, "What an expression means"): three-valued logic as in SQL; text is
// compared by its bytes in UTF-8 (collation "C"); lower() and upper() change A-Z and a-z alone; dates and timestamps
// without zone are read as UTC where they meet NOW or a zoned timestamp, and arithmetic with NOW happens in UTC;
// integer arithmetic is that of 64 bits and division truncates; dividing by zero gives NULL.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/schema/data_type.h"
#include "common/schema/names.h"

namespace scrim::policy {

enum class ExpressionKind {
  column,          // name
  literal,         // literal
  now,             // the statement's time (timestamptz)
  userName,        // written only
  userAttribute,   // written only: name = attribute; a set
  userGroups,      // written only: a set
  userPurposes,    // written only: a set
  compare,         // name: = <> < <= > >= ; two children
  between,         // three children; negated: NOT BETWEEN
  inList,          // first child in the others (an empty list is false); negated: NOT IN
  matchesUserSet,  // written only: first child (a column) is in the set of the second (userGroups, userAttribute,
                   // userPurposes)
  hasMember,       // written only: a set (first child) contains a value (second child, a literal)
  inLookup,        // first child IN (SELECT lookupColumn FROM lookupSource [WHERE lookupWhere]); negated: NOT IN
  like,            // two children, '\' escapes; negated: NOT LIKE
  isNull,          // one child; negated: IS NOT NULL
  logicalAnd,      // two or more children
  logicalOr,       // two or more children
  logicalNot,      // one child
  arithmetic,      // name: + - * / ; two children
  call,            // name: one of the pure functions (expression.cpp lists them)
  cast,            // one child, to `type`
  sample,          // name = column: true for `percent` of its values, chosen by hash (see samplePercent)
  truth,           // literal TRUE or FALSE as a predicate: value in `literal.text` "true"/"false"
};

enum class LiteralType { null, boolean, integer, decimal, text, date, timestamp, interval };

struct Literal {
  LiteralType type = LiteralType::null;
  std::string text;  // canonical: true/false, decimal digits, ISO 8601, interval as "90 days"
  bool operator==(const Literal&) const = default;
};

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Expression {
  ExpressionKind kind = ExpressionKind::literal;
  std::string name = {};
  Literal literal = {};
  std::vector<ExpressionPtr> children = {};
  bool negated = false;
  schema::DataType type = {};               // cast
  schema::QualifiedName lookupSource = {};  // inLookup: a data source; its rows are read unmasked and unfiltered
  std::string lookupColumn = {};
  ExpressionPtr lookupWhere = nullptr;
  double percent = 0;  // sample: 0 to 100
};

/// Whether two trees are the same, node for node.
bool equal(const ExpressionPtr& left, const ExpressionPtr& right);

/// Whether nothing in the tree speaks of the user.
bool isBound(const Expression& expression);

// Short ways to make nodes.
ExpressionPtr column(std::string name);
ExpressionPtr literal(LiteralType type, std::string text);
ExpressionPtr truth(bool value);
ExpressionPtr node(ExpressionKind kind, std::vector<ExpressionPtr> children, std::string name = {});
/// `children` under AND or OR: nested ones of the same kind are flattened, a single child stands alone.
ExpressionPtr conjunction(std::vector<ExpressionPtr> children);
ExpressionPtr disjunction(std::vector<ExpressionPtr> children);

/// The pure functions that a call may name.
struct FunctionRow {
  std::string_view name;
  int leastArguments;
  int mostArguments;
};
const std::vector<FunctionRow>& functions();
const FunctionRow* findFunction(std::string_view name);

}  // namespace scrim::policy
