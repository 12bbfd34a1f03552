// SPDX-License-Identifier: Apache-2.0
// Parser of the policy language: recursive descent over tokens, one method for each rule of the grammar in
// docs/policy_model.md. Internal to this room; one use, one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/policy/rule.h"
#include "common/policy/token.h"

namespace scrim::policy {

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  base::Result<Sentence> sentence();
  base::Result<ExpressionPtr> expressionAlone();
  base::Result<std::vector<std::string>> dataSourceTags();

 private:
  // parse_sentence.cpp
  base::Result<Action> action();
  base::Result<Action> maskAction();
  base::Result<Action> rowAction();
  base::Result<Action> percentAction();
  base::Result<Action> recentAction();
  base::Result<Action> purposeAction();
  base::Result<Action> subscriptionAction();
  base::Result<Action> approvalAction();
  base::Result<ColumnSelector> columnSelector();
  base::Result<Audience> audience();
  base::Result<Action> otherwise(const Action& action, std::size_t audiencePosition, const Audience& audience);
  base::Result<std::vector<std::string>> tagList(std::string_view what);

  // parse_mask.cpp
  base::Result<Mask> mask();
  base::Result<Mask> regexMask();
  base::Result<Mask> roundingMask();
  base::Result<Mask> showingMask();
  base::Result<Mask> laterMask();

  // parse_condition.cpp
  base::Result<ConditionPtr> condition();
  base::Result<ConditionPtr> conditionBoth();
  base::Result<ConditionPtr> conditionNegation();
  base::Result<ConditionPtr> conditionPrimary();
  base::Result<ConditionPtr> usersCondition();

  // parse_expression.cpp
  base::Result<ExpressionPtr> predicate();
  base::Result<ExpressionPtr> expression();
  base::Result<ExpressionPtr> logicalAnd();
  base::Result<ExpressionPtr> logicalNot();
  base::Result<ExpressionPtr> comparison();
  base::Result<ExpressionPtr> negatableComparison(ExpressionPtr left);
  base::Result<ExpressionPtr> between(ExpressionPtr left, bool negated);
  base::Result<ExpressionPtr> like(ExpressionPtr left, bool negated);
  base::Result<ExpressionPtr> in(ExpressionPtr left, bool negated);
  base::Result<ExpressionPtr> inUserSet(ExpressionPtr left, bool negated);
  base::Result<ExpressionPtr> inLookup(ExpressionPtr left, bool negated);
  base::Result<ExpressionPtr> inList(ExpressionPtr left, bool negated);
  base::Result<ExpressionPtr> userPredicate();
  base::Result<ExpressionPtr> userGroupPredicate();
  base::Result<ExpressionPtr> userAttributePredicate();
  base::Result<ExpressionPtr> userPurposePredicate();
  base::Result<ExpressionPtr> matchingColumn(ExpressionPtr set);

  // parse_operand.cpp
  base::Result<ExpressionPtr> sum();
  base::Result<ExpressionPtr> product();
  base::Result<ExpressionPtr> operand();
  base::Result<ExpressionPtr> wordOperand();
  base::Result<ExpressionPtr> parenthesised();
  base::Result<ExpressionPtr> numberOperand(bool negative);
  base::Result<ExpressionPtr> typedLiteral();
  base::Result<ExpressionPtr> userOperand();
  base::Result<ExpressionPtr> userSet();
  base::Result<ExpressionPtr> castCall();
  base::Result<ExpressionPtr> functionCall();
  base::Result<ExpressionPtr> literalOperand();

  // parser.cpp
  const Token& peek(std::size_t ahead = 0) const;
  Token take();
  bool at(std::string_view keyword, std::size_t ahead = 0) const;
  bool atSign(std::string_view sign, std::size_t ahead = 0) const;
  bool accept(std::string_view keyword);
  bool acceptSign(std::string_view sign);
  base::Result<void> expect(std::string_view phrase);  // keywords separated by spaces
  base::Result<void> expectSign(std::string_view sign);
  base::Result<void> expectEnd(std::initializer_list<std::string_view> alsoPossible);
  base::Result<std::string> string(std::string_view what);
  base::Result<std::string> nonEmptyString(std::string_view what);
  base::Result<std::string> name(std::string_view what);           // any word or quoted name
  base::Result<std::string> number(std::string_view what);         // canonical digits
  base::Result<int> wholeNumber(std::string_view what, int most);  // 0 .. most
  base::Result<void> deeper();                                     // undone by Shallower
  base::Result<void> countOperator();
  base::Error unexpected(std::initializer_list<std::string_view> expected) const;
  base::Error refused(std::size_t position, std::string message, std::string hint = {}) const;

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
  int operators_ = 0;
};

/// Makes a parenthesised part count: the depth falls again when it is left by any way.
#define SCRIM_POLICY_DEEPER() \
  SCRIM_CHECK_OK(deeper());   \
  const Shallower shallower_on_exit(depth_)

class Shallower {
 public:
  explicit Shallower(int& depth) : depth_(depth) {}
  Shallower(const Shallower&) = delete;
  Shallower& operator=(const Shallower&) = delete;
  ~Shallower() { --depth_; }

 private:
  int& depth_;
};

}  // namespace scrim::policy
