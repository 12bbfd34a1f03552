// SPDX-License-Identifier: Apache-2.0
#include "common/policy/decide.h"

#include <algorithm>

#include "common/policy/applying.h"
#include "common/policy/audience.h"
#include "common/policy/bind.h"
#include "common/policy/combine.h"
#include "common/policy/language.h"
#include "common/policy/selector.h"
#include "common/policy/typing.h"
#include "common/schema/tag.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

int specificityOf(const ColumnSelector& selector) {
  if (selector.kind == ColumnSelector::Kind::name) return kNamedColumn;
  return selector.kind == ColumnSelector::Kind::tag ? schema::tagDepth(selector.text) : 0;
}

class Decider {
 public:
  Decider(const Subject& subject, const Resource& resource) : subject_(subject), resource_(resource) {}

  Decision run(std::span<const std::shared_ptr<const Rule>> rules, base::SnapshotVersion snapshot) {
    out_.visible = true;
    out_.snapshot = snapshot;
    for (const Rule* rule : rulesCovering(resource_, rules)) {
      const Result<void> applied = apply(*rule);
      if (!applied.ok()) return denied(*rule, applied.error());
    }
    for (auto& [column, candidates] : masks_)
      out_.masks[column] = combine(column, std::move(candidates), out_.conflicts);
    out_.allowed = true;
    return std::move(out_);
  }

 private:
  Decision denied(const Rule& rule, const Error& error) {
    Decision out{.visible = true, .rules = {rule.id}, .snapshot = out_.snapshot};
    out.reason = "rule " + std::to_string(rule.id.value) + ": " + error.message;
    if (!error.hint.empty()) out.reason += ". " + error.hint;
    return out;
  }

  Result<void> apply(const Rule& rule) {
    if (!isUnderstood(rule)) return Error{ErrorCode::policyInvalid, "the stored rule is not understood"};
    const Action* action = actionFor(*rule.sentence, subject_);
    if (action == nullptr || std::holds_alternative<SubscriptionAction>(*action)) return {};
    out_.rules.push_back(rule.id);
    if (const auto* mask = std::get_if<MaskAction>(action)) return applyMask(rule, *mask);
    if (const auto* row = std::get_if<RowAction>(action)) return applyRows(rule, *row);
    return applyPurposes(std::get<PurposeAction>(*action));
  }

  // The types are checked before the user is bound in, so that an error does not depend on who asks.
  Result<ExpressionPtr> checkedAndBound(const ExpressionPtr& predicate) const {
    if (!predicate) return Error{ErrorCode::policyInvalid, "the rule holds an expression that is not understood"};
    SCRIM_CHECK_OK(checkPredicate(*predicate, TypeScope{resource_.columns, nullptr, false, &resource_.hidden}));
    return bindUser(predicate, subject_);
  }

  Result<void> applyRows(const Rule& rule, const RowAction& action) {
    SCRIM_TRY(ExpressionPtr predicate, checkedAndBound(action.predicate));
    out_.rows.push_back({std::move(predicate), rule.id, rule.text});
    return {};
  }

  Result<void> applyPurposes(const PurposeAction& action) const {
    for (const std::string& purpose : action.purposes) {
      if (actsUnder(subject_, purpose)) return {};
    }
    std::string wanted;
    for (const std::string& purpose : action.purposes) wanted += (wanted.empty() ? "" : ", ") + purpose;
    return Error{ErrorCode::permissionDenied, "usage is limited to purposes that are not acted under: " + wanted};
  }

  Result<void> applyMask(const Rule& rule, const MaskAction& action) {
    SCRIM_CHECK_OK(checkNamedColumn(rule, action.columns));
    std::optional<ExpressionPtr> condition;
    if (action.where) {
      SCRIM_TRY(ExpressionPtr bound, checkedAndBound(action.where));
      if (isTruth(*bound, false)) return {};
      if (!isTruth(*bound, true)) condition = std::move(bound);
    }
    SCRIM_TRY(const auto columns, selectedColumns(action.columns, resource_.columns));
    for (const ResourceColumn* column : columns) {
      masks_[column->name].push_back(
          {!rule.dataSource, specificityOf(action.columns), action.mask, condition, rule.id, rule.text});
    }
    return {};
  }

  // A local rule must find its column, if only to find that it is not exposed and needs no mask. A global one may speak
  // of a column that this data source does not have, but not miss one by its letter case.
  Result<void> checkNamedColumn(const Rule& rule, const ColumnSelector& selector) const {
    if (selector.kind != ColumnSelector::Kind::name || findColumn(resource_.columns, selector.text) != nullptr ||
        findHidden(resource_.hidden, selector.text) != nullptr)
      return {};
    if (!rule.dataSource && findIgnoringCase(resource_.columns, selector.text) == nullptr && !resource_.degraded)
      return {};
    return noSuchColumn(resource_.columns, selector.text);
  }

  const Subject& subject_;
  const Resource& resource_;
  Decision out_;
  std::map<std::string, std::vector<MaskCandidate>> masks_;
};

}  // namespace

Decision decide(const Subject& subject, const Resource& resource, std::span<const std::shared_ptr<const Rule>> rules,
                base::SnapshotVersion snapshot) {
  return Decider(subject, resource).run(rules, snapshot);
}

}  // namespace scrim::policy
