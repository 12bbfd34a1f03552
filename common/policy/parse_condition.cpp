// SPDX-License-Identifier: Apache-2.0
#include "common/policy/parser.h"
#include "common/schema/tag.h"

namespace scrim::policy {
namespace {

using base::Result;

ConditionPtr leaf(ConditionKind kind, std::string name) {
  return std::make_shared<const Condition>(Condition{.kind = kind, .name = std::move(name)});
}

// Nested ones of the same kind are flattened, so that a text has one tree.
ConditionPtr combined(ConditionKind kind, std::vector<ConditionPtr> parts) {
  if (parts.size() == 1) return parts.front();
  Condition out{.kind = kind};
  for (const ConditionPtr& part : parts) {
    if (part->kind == kind) {
      out.children.insert(out.children.end(), part->children.begin(), part->children.end());
    } else {
      out.children.push_back(part);
    }
  }
  return std::make_shared<const Condition>(std::move(out));
}

}  // namespace

Result<ConditionPtr> Parser::condition() {
  std::vector<ConditionPtr> parts;
  do {
    SCRIM_TRY(ConditionPtr part, conditionBoth());
    parts.push_back(std::move(part));
  } while (accept("OR"));
  return combined(ConditionKind::either, std::move(parts));
}

Result<ConditionPtr> Parser::conditionBoth() {
  std::vector<ConditionPtr> parts;
  do {
    SCRIM_TRY(ConditionPtr part, conditionNegation());
    parts.push_back(std::move(part));
  } while (accept("AND"));
  return combined(ConditionKind::both, std::move(parts));
}

Result<ConditionPtr> Parser::conditionNegation() {
  if (!accept("NOT")) return conditionPrimary();
  SCRIM_POLICY_DEEPER();
  SCRIM_TRY(ConditionPtr inner, conditionNegation());
  return std::make_shared<const Condition>(Condition{.kind = ConditionKind::negation, .children = {std::move(inner)}});
}

Result<ConditionPtr> Parser::conditionPrimary() {
  if (acceptSign("(")) {
    SCRIM_POLICY_DEEPER();
    SCRIM_TRY(ConditionPtr inner, condition());
    if (!acceptSign(")")) return unexpected({"AND", "OR", ")"});
    return inner;
  }
  if (accept("MEMBERS")) {
    SCRIM_CHECK_OK(expect("OF GROUP"));
    SCRIM_TRY(std::string group, nonEmptyString("a group in single quotes"));
    return leaf(ConditionKind::memberOfGroup, std::move(group));
  }
  if (accept("USERS")) return usersCondition();
  if (accept("USER")) {
    SCRIM_TRY(std::string user, nonEmptyString("a user's name in single quotes"));
    return leaf(ConditionKind::isUser, std::move(user));
  }
  return unexpected(
      {"EVERYONE", "MEMBERS OF GROUP", "USERS WITH ATTRIBUTE", "USERS ACTING UNDER PURPOSE", "USER", "NOT", "("});
}

Result<ConditionPtr> Parser::usersCondition() {
  if (accept("ACTING")) {
    SCRIM_CHECK_OK(expect("UNDER PURPOSE"));
    const std::size_t position = peek().position;
    SCRIM_TRY(std::string purpose, nonEmptyString("a purpose in single quotes"));
    if (!schema::isValidTag(purpose)) return refused(position, "'" + purpose + "' is no valid purpose");
    return leaf(ConditionKind::actsUnderPurpose, std::move(purpose));
  }
  if (!accept("WITH")) return unexpected({"WITH ATTRIBUTE", "ACTING UNDER PURPOSE"});
  SCRIM_CHECK_OK(expect("ATTRIBUTE"));
  Condition condition{.kind = ConditionKind::hasAttribute};
  SCRIM_TRY(condition.name, nonEmptyString("an attribute in single quotes"));
  if (acceptSign("=")) {
    SCRIM_TRY(condition.value, string("a value in single quotes"));
  }
  return std::make_shared<const Condition>(std::move(condition));
}

}  // namespace scrim::policy
