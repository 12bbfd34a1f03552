// SPDX-License-Identifier: Apache-2.0
#include "common/policy/validate.h"

#include <algorithm>

#include "common/policy/language.h"
#include "common/policy/mask_effect.h"
#include "common/policy/selector.h"
#include "common/policy/suggest.h"
#include "common/policy/token.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

class Validator {
 public:
  Validator(const Sentence& sentence, const Resource& resource, const LookupSources& lookups, const KnownNames& known)
      : sentence_(sentence), resource_(resource), lookups_(lookups), known_(known) {}

  Result<std::vector<std::string>> run() {
    SCRIM_CHECK_OK(action(sentence_.action));
    if (sentence_.otherwise) SCRIM_CHECK_OK(action(*sentence_.otherwise));
    if (sentence_.audience.condition) condition(*sentence_.audience.condition);
    return std::move(warnings_);
  }

 private:
  Result<void> action(const Action& action) {
    if (const auto* mask = std::get_if<MaskAction>(&action)) return maskAction(*mask);
    if (const auto* row = std::get_if<RowAction>(&action)) return predicate(*row->predicate);
    if (const auto* subscription = std::get_if<SubscriptionAction>(&action)) {
      if (subscription->condition) condition(*subscription->condition);
    }
    return {};
  }

  Result<void> maskAction(const MaskAction& action) {
    SCRIM_TRY(const std::vector<const ResourceColumn*> columns, selected(action.columns));
    for (const ResourceColumn* column : columns) {
      const MaskEffect effect = effectOf(action.mask, column->type);
      if (effect.applies) continue;
      const bool named = action.columns.kind == ColumnSelector::Kind::name;
      if (named && action.mask.method == MaskMethod::constant) {
        return Error{ErrorCode::datatypeMismatch, print(action.mask) + " is no value of column " +
                                                      printedName(column->name) + ", which has type " +
                                                      column->type.name};
      }
      warnings_.push_back("column " + printedName(column->name) + ": " + effect.reason);
    }
    return action.where ? predicate(*action.where) : Result<void>{};
  }

  Result<std::vector<const ResourceColumn*>> selected(const ColumnSelector& selector) {
    SCRIM_TRY(std::vector<const ResourceColumn*> out, selectedColumns(selector, resource_.columns));
    if (!out.empty()) return out;
    if (selector.kind == ColumnSelector::Kind::name && findHidden(resource_.hidden, selector.text) != nullptr) {
      warnings_.push_back("column " + printedName(selector.text) + " is not exposed: there is nothing to mask");
      return out;
    }
    const bool global = !sentence_.dataSourceTags.empty();
    const bool otherCase = findIgnoringCase(resource_.columns, selector.text) != nullptr;
    if (selector.kind == ColumnSelector::Kind::name && (!global || otherCase)) {
      return noSuchColumn(resource_.columns, selector.text);
    }
    warnings_.push_back("the rule selects no column of " + schema::quotedName(resource_.name));
    return out;
  }

  Result<void> predicate(const Expression& expression) {
    SCRIM_CHECK_OK(noRecursion(expression));
    names(expression);
    return checkPredicate(expression, TypeScope{resource_.columns, &lookups_, false, &resource_.hidden});
  }

  Result<void> noRecursion(const Expression& expression) const {
    if (expression.kind == ExpressionKind::inLookup && expression.lookupSource == resource_.name) {
      return Error{ErrorCode::notSupported, "a rule cannot look up in the data source that it protects"};
    }
    for (const ExpressionPtr& child : expression.children) SCRIM_CHECK_OK(noRecursion(*child));
    return {};
  }

  void names(const Expression& expression) {
    if (expression.kind == ExpressionKind::userAttribute) isKnown("attribute", expression.name, known_.attributes);
    if (expression.kind == ExpressionKind::hasMember && expression.children[0]->kind == ExpressionKind::userGroups) {
      isKnown("group", expression.children[1]->literal.text, known_.groups);
    }
    for (const ExpressionPtr& child : expression.children) names(*child);
    if (expression.lookupWhere) names(*expression.lookupWhere);
  }

  void condition(const Condition& condition) {
    if (condition.kind == ConditionKind::memberOfGroup) isKnown("group", condition.name, known_.groups);
    if (condition.kind == ConditionKind::hasAttribute) isKnown("attribute", condition.name, known_.attributes);
    for (const ConditionPtr& child : condition.children) this->condition(*child);
  }

  void isKnown(const std::string& what, const std::string& name, const std::set<std::string>* known) {
    if (known == nullptr || known->contains(name)) return;
    const std::vector<std::string> names(known->begin(), known->end());
    const std::string near = known_.proposed ? nearest(name, std::span<const std::string>(names)) : "";
    warnings_.push_back("no user has the " + what + " '" + name + "'" +
                        (near.empty() ? "" : "; did you mean '" + near + "'?"));
  }

  const Sentence& sentence_;
  const Resource& resource_;
  const LookupSources& lookups_;
  const KnownNames& known_;
  std::vector<std::string> warnings_;
};

}  // namespace

Result<std::vector<std::string>> validate(const Sentence& sentence, const Resource& resource,
                                          const LookupSources& lookups, const KnownNames& known) {
  return Validator(sentence, resource, lookups, known).run();
}

}  // namespace scrim::policy
