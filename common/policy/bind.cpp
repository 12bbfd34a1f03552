// SPDX-License-Identifier: Apache-2.0
#include "common/policy/bind.h"

#include <algorithm>
#include <set>

#include "common/policy/audience.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Error malformed() { return {ErrorCode::policyInvalid, "the rule holds an expression that is not understood"}; }

std::set<std::string> withAncestors(const std::set<std::string>& purposes) {
  std::set<std::string> out;
  for (const std::string& purpose : purposes) {
    for (std::size_t dot = purpose.find('.'); dot != std::string::npos; dot = purpose.find('.', dot + 1)) {
      out.insert(purpose.substr(0, dot));
    }
    out.insert(purpose);
  }
  return out;
}

Result<std::set<std::string>> members(const Expression& set, const Subject& subject) {
  switch (set.kind) {
    case ExpressionKind::userGroups:
      return subject.groups;
    case ExpressionKind::userPurposes:
      return withAncestors(subject.purposes);
    case ExpressionKind::userAttribute: {
      const auto found = subject.attributes.find(set.name);
      return found == subject.attributes.end() ? std::set<std::string>{} : found->second;
    }
    default:
      return malformed();
  }
}

Result<ExpressionPtr> boundMatch(const Expression& match, const Subject& subject) {
  if (match.children.size() != 2) return malformed();
  SCRIM_TRY(const std::set<std::string> values, members(*match.children[1], subject));
  if (values.empty()) return truth(false);
  SCRIM_TRY(ExpressionPtr value, bindUser(match.children[0], subject));
  std::vector<ExpressionPtr> children{std::move(value)};
  for (const std::string& text : values) children.push_back(literal(LiteralType::text, text));
  return node(ExpressionKind::inList, std::move(children));
}

Result<ExpressionPtr> boundMember(const Expression& member, const Subject& subject) {
  if (member.children.size() != 2 || member.children[1]->kind != ExpressionKind::literal) return malformed();
  const std::string& wanted = member.children[1]->literal.text;
  if (member.children[0]->kind == ExpressionKind::userPurposes) return truth(actsUnder(subject, wanted));
  SCRIM_TRY(const std::set<std::string> values, members(*member.children[0], subject));
  return truth(values.contains(wanted));
}

// TRUE and FALSE among the parts of an AND or OR decide it or fall out; this holds in three-valued logic too.
ExpressionPtr folded(ExpressionKind kind, std::vector<ExpressionPtr> parts) {
  const bool deciding = kind == ExpressionKind::logicalOr;
  const auto isDeciding = [&](const ExpressionPtr& part) { return isTruth(*part, deciding); };
  if (std::any_of(parts.begin(), parts.end(), isDeciding)) return truth(deciding);
  std::erase_if(parts, [&](const ExpressionPtr& part) { return isTruth(*part, !deciding); });
  if (parts.empty()) return truth(!deciding);
  return deciding ? disjunction(std::move(parts)) : conjunction(std::move(parts));
}

ExpressionPtr negation(ExpressionPtr part) {
  if (isTruth(*part, true)) return truth(false);
  if (isTruth(*part, false)) return truth(true);
  return node(ExpressionKind::logicalNot, {std::move(part)});
}

Result<ExpressionPtr> boundParts(const Expression& written, const Subject& subject) {
  Expression out = written;
  for (ExpressionPtr& child : out.children) {
    SCRIM_TRY(child, bindUser(child, subject));
  }
  if (out.lookupWhere) {
    SCRIM_TRY(out.lookupWhere, bindUser(out.lookupWhere, subject));
  }
  if (out.kind == ExpressionKind::logicalAnd || out.kind == ExpressionKind::logicalOr) {
    return folded(out.kind, std::move(out.children));
  }
  if (out.kind == ExpressionKind::logicalNot) {
    if (out.children.size() != 1) return malformed();
    return negation(std::move(out.children[0]));
  }
  return std::make_shared<const Expression>(std::move(out));
}

}  // namespace

Result<ExpressionPtr> bindUser(const ExpressionPtr& written, const Subject& subject) {
  if (!written) return malformed();
  switch (written->kind) {
    case ExpressionKind::userName:
      return literal(LiteralType::text, subject.user);
    case ExpressionKind::matchesUserSet:
      return boundMatch(*written, subject);
    case ExpressionKind::hasMember:
      return boundMember(*written, subject);
    case ExpressionKind::userGroups:
    case ExpressionKind::userPurposes:
    case ExpressionKind::userAttribute:
      return malformed();  // a set is no value
    case ExpressionKind::column:
    case ExpressionKind::literal:
    case ExpressionKind::now:
    case ExpressionKind::truth:
    case ExpressionKind::sample:
      return written;
    default:
      return boundParts(*written, subject);
  }
}

bool isTruth(const Expression& expression, bool value) {
  return expression.kind == ExpressionKind::truth && (expression.literal.text == "true") == value;
}

}  // namespace scrim::policy
