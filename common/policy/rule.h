// SPDX-License-Identifier: Apache-2.0
// Rule: one sentence of policy. The canonical text (language.h) is the source of truth; this is what it parses to.
// Values; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/id.h"
#include "common/policy/expression.h"
#include "common/policy/mask.h"

namespace scrim::policy {

/// Who a rule speaks of: a tree over the subject alone.
enum class ConditionKind { everyone, memberOfGroup, hasAttribute, actsUnderPurpose, isUser, both, either, negation };

struct Condition;
using ConditionPtr = std::shared_ptr<const Condition>;

struct Condition {
  ConditionKind kind = ConditionKind::everyone;
  std::string name = {};                    // group, attribute, purpose or user
  std::optional<std::string> value = {};    // hasAttribute: the value wanted; empty: any
  std::vector<ConditionPtr> children = {};  // both, either, negation
};

/// FOR <condition> | FOR EVERYONE | FOR EVERYONE EXCEPT <condition>.
struct Audience {
  bool everyoneExcept = false;
  ConditionPtr condition;  // null with everyoneExcept = false: everyone
};

/// An RE2 pattern looked for in a column's name, without regard to letter case. Compiled once.
class NamePattern;

struct ColumnSelector {
  enum class Kind { name, tag, pattern } kind = Kind::name;
  std::string text;                                       // the column's name, a tag, or an RE2 pattern on the name
  std::shared_ptr<const NamePattern> compiled = nullptr;  // pattern: `text` compiled, where the parser made it
};

struct MaskAction {
  ColumnSelector columns;
  Mask mask;
  ExpressionPtr where;  // null: unconditional
};
struct RowAction {
  ExpressionPtr predicate;  // SHOW NO ROWS: truth false; FROM THE LAST ..: column >= NOW - interval; .. PERCENT: sample
};
struct PurposeAction {
  std::vector<std::string> purposes;
};
struct SubscriptionAction {
  enum class Kind { anyone, condition, approval, invitation } kind = Kind::anyone;
  ConditionPtr condition;              // condition
  std::vector<std::string> approvers;  // approval: OWNER, GOVERNOR
};
using Action = std::variant<MaskAction, RowAction, PurposeAction, SubscriptionAction>;

/// What a sentence says, without its storage facts.
struct Sentence {
  std::vector<std::string> dataSourceTags;  // ON DATA SOURCES TAGGED ..: a global rule; empty: a local rule
  Action action;
  Audience audience;
  std::optional<Action> otherwise;  // of the same kind
};

enum class RuleState { staged, active, disabled };

bool equal(const ConditionPtr& left, const ConditionPtr& right);
bool operator==(const Audience& left, const Audience& right);
bool operator==(const ColumnSelector& left, const ColumnSelector& right);
bool operator==(const Action& left, const Action& right);
bool operator==(const Sentence& left, const Sentence& right);

struct Rule {
  base::RuleId id;
  base::DataSourceId dataSource;  // 0: global
  RuleState state = RuleState::active;
  std::string text;                          // canonical
  std::shared_ptr<const Sentence> sentence;  // null: the stored text is not understood -> denies what it covers
  std::string author;
  std::string reason;
  int version = 1;
};

}  // namespace scrim::policy
