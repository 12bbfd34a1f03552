// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "common/policy/canonical.h"
#include "common/policy/language.h"
#include "common/policy/name_pattern.h"
#include "common/policy/parser.h"
#include "common/policy/sample.h"
#include "common/schema/tag.h"

namespace scrim::policy {
namespace {

using base::Result;

constexpr int kLongestLookBack = 999999;  // of any unit

bool isForEveryone(const Audience& audience) { return !audience.everyoneExcept && audience.condition == nullptr; }

}  // namespace

Result<Sentence> Parser::sentence() {
  Sentence sentence;
  if (at("ON")) {
    SCRIM_TRY(sentence.dataSourceTags, dataSourceTags());
  }
  SCRIM_TRY(sentence.action, action());
  if (std::holds_alternative<SubscriptionAction>(sentence.action)) {
    SCRIM_CHECK_OK(expectEnd({"AND", "OR", "the end of the sentence"}));
    return sentence;
  }
  if (!at("FOR")) return unexpected({"FOR"});
  const std::size_t audiencePosition = take().position;
  SCRIM_TRY(sentence.audience, audience());
  if (accept("OTHERWISE")) {
    SCRIM_TRY(sentence.otherwise, otherwise(sentence.action, audiencePosition, sentence.audience));
    SCRIM_CHECK_OK(expectEnd({"the end of the sentence"}));
  }
  SCRIM_CHECK_OK(expectEnd({"AND", "OR", "OTHERWISE", "the end of the sentence"}));
  return sentence;
}

Result<std::vector<std::string>> Parser::dataSourceTags() {
  SCRIM_CHECK_OK(expect("ON DATA SOURCES TAGGED"));
  SCRIM_TRY(std::vector<std::string> tags, tagList("a tag in single quotes"));
  if (!acceptSign(":")) return unexpected({",", ":"});
  return tags;
}

Result<std::vector<std::string>> Parser::tagList(std::string_view what) {
  std::vector<std::string> tags;
  do {
    const std::size_t position = peek().position;
    SCRIM_TRY(std::string tag, string(what));
    if (!schema::isValidTag(tag)) {
      return refused(position, "'" + tag + "' is no valid name here",
                     "Letters, digits, spaces, '_' and '-', in levels separated by single dots, as in 'PII.Email'.");
    }
    tags.push_back(std::move(tag));
  } while (acceptSign(","));
  return tags;
}

Result<Action> Parser::action() {
  if (at("MASK")) return maskAction();
  if (at("SHOW")) return rowAction();
  if (at("LIMIT")) return purposeAction();
  if (at("ALLOW")) return subscriptionAction();
  return unexpected({"MASK", "SHOW", "LIMIT", "ALLOW", "ON DATA SOURCES TAGGED"});
}

Result<Action> Parser::maskAction() {
  SCRIM_CHECK_OK(expect("MASK"));
  MaskAction action;
  SCRIM_TRY(action.columns, columnSelector());
  SCRIM_CHECK_OK(expect("USING"));
  SCRIM_TRY(action.mask, mask());
  if (accept("WHERE")) {
    SCRIM_TRY(action.where, predicate());
  }
  return Action(std::move(action));
}

Result<ColumnSelector> Parser::columnSelector() {
  ColumnSelector selector;
  if (accept("COLUMN")) {
    SCRIM_TRY(selector.text, name("a column's name"));
    return selector;
  }
  if (!accept("COLUMNS")) return unexpected({"COLUMN", "COLUMNS TAGGED", "COLUMNS MATCHING"});
  if (accept("TAGGED")) {
    selector.kind = ColumnSelector::Kind::tag;
    const std::size_t position = peek().position;
    SCRIM_TRY(std::vector<std::string> tags, tagList("a tag in single quotes"));
    if (tags.size() > 1)
      return refused(position, "one rule masks the columns of one tag", "Write one rule for each tag.");
    selector.text = std::move(tags.front());
    return selector;
  }
  if (!accept("MATCHING")) return unexpected({"TAGGED", "MATCHING"});
  selector.kind = ColumnSelector::Kind::pattern;
  const std::size_t position = peek().position;
  SCRIM_TRY(selector.text, nonEmptyString("a pattern in single quotes"));
  auto compiled = NamePattern::compile(selector.text);
  if (!compiled.ok()) return refused(position, compiled.error().message);
  selector.compiled = std::move(compiled).value();
  return selector;
}

Result<Action> Parser::rowAction() {
  SCRIM_CHECK_OK(expect("SHOW"));
  if (accept("NO")) {
    SCRIM_CHECK_OK(expect("ROWS"));
    return Action(RowAction{truth(false)});
  }
  if (!accept("ONLY")) return unexpected({"ONLY", "NO"});
  if (peek().kind == TokenKind::number) return percentAction();
  if (!accept("ROWS")) return unexpected({"ROWS", "a percentage"});
  if (accept("FROM")) return recentAction();
  if (!accept("WHERE")) return unexpected({"WHERE", "FROM THE LAST"});
  SCRIM_TRY(ExpressionPtr where, predicate());
  return Action(RowAction{std::move(where)});
}

Result<Action> Parser::percentAction() {
  const std::size_t position = peek().position;
  SCRIM_TRY(const std::string text, number("a percentage"));
  const std::optional<double> percent = percentOf(text);
  if (!percent)
    return refused(position, "expected a percentage from 0 to 100 with at most four digits after the point");
  SCRIM_CHECK_OK(expect("PERCENT OF ROWS BY COLUMN"));
  SCRIM_TRY(std::string column, name("a column's name"));
  return Action(RowAction{std::make_shared<const Expression>(
      Expression{.kind = ExpressionKind::sample, .name = std::move(column), .percent = *percent})});
}

Result<Action> Parser::recentAction() {
  SCRIM_CHECK_OK(expect("THE LAST"));
  SCRIM_TRY(const int count, wholeNumber("how many", kLongestLookBack));
  const std::string_view unit = peek().kind == TokenKind::word ? intervalUnit(peek().text) : std::string_view{};
  if (unit.empty()) return unexpected({"MINUTES", "HOURS", "DAYS", "WEEKS", "MONTHS", "YEARS"});
  take();
  SCRIM_CHECK_OK(expect("BY COLUMN"));
  SCRIM_TRY(std::string name, this->name("a column's name"));
  const std::string interval = *canonicalInterval(std::to_string(count) + " " + std::string(unit));
  ExpressionPtr since =
      node(ExpressionKind::arithmetic, {node(ExpressionKind::now, {}), literal(LiteralType::interval, interval)}, "-");
  return Action(RowAction{node(ExpressionKind::compare, {column(std::move(name)), std::move(since)}, ">=")});
}

Result<Action> Parser::purposeAction() {
  SCRIM_CHECK_OK(expect("LIMIT USAGE TO"));
  if (!accept("PURPOSES") && !accept("PURPOSE")) return unexpected({"PURPOSES"});
  SCRIM_TRY(std::vector<std::string> purposes, tagList("a purpose in single quotes"));
  return Action(PurposeAction{std::move(purposes)});
}

Result<Action> Parser::subscriptionAction() {
  SCRIM_CHECK_OK(expect("ALLOW SUBSCRIPTION BY"));
  using Kind = SubscriptionAction::Kind;
  if (accept("ANYONE")) return Action(SubscriptionAction{Kind::anyone});
  if (accept("APPROVAL")) return approvalAction();
  if (accept("INVITATION")) {
    SCRIM_CHECK_OK(expect("ONLY"));
    return Action(SubscriptionAction{Kind::invitation});
  }
  if (!atSign("(") && !at("NOT") && !at("MEMBERS") && !at("USERS") && !at("USER")) {
    return unexpected({"ANYONE", "APPROVAL OF", "INVITATION ONLY", "MEMBERS OF GROUP", "USERS WITH ATTRIBUTE",
                       "USERS ACTING UNDER PURPOSE", "USER", "NOT", "("});
  }
  SCRIM_TRY(ConditionPtr who, condition());
  return Action(SubscriptionAction{Kind::condition, std::move(who)});
}

Result<Action> Parser::approvalAction() {
  SCRIM_CHECK_OK(expect("OF"));
  SubscriptionAction action{SubscriptionAction::Kind::approval};
  do {
    if (!at("OWNER") && !at("GOVERNOR")) return unexpected({"OWNER", "GOVERNOR"});
    const Token who = take();
    for (const std::string& known : action.approvers) {
      if (known == who.upper) return refused(who.position, who.upper + " stands twice");
    }
    action.approvers.push_back(who.upper);
  } while (acceptSign(","));
  return Action(std::move(action));
}

Result<Audience> Parser::audience() {
  Audience audience;
  if (accept("EVERYONE")) {
    if (!accept("EXCEPT")) return audience;
    audience.everyoneExcept = true;
  }
  SCRIM_TRY(audience.condition, condition());
  return audience;
}

Result<Action> Parser::otherwise(const Action& first, std::size_t audiencePosition, const Audience& audience) {
  if (isForEveryone(audience)) {
    return refused(audiencePosition, "the rule is for everyone, so that OTHERWISE would never apply",
                   "Write FOR EVERYONE EXCEPT ..., or leave OTHERWISE out.");
  }
  const std::size_t position = peek().position;
  SCRIM_TRY(Action second, action());
  if (second.index() != first.index())
    return refused(position, "OTHERWISE needs an action of the same kind as the first");
  return second;
}

Result<Sentence> parseSentence(std::string_view text) {
  SCRIM_TRY(std::vector<Token> tokens, tokensOf(text));
  return Parser(std::move(tokens)).sentence();
}

Result<ExpressionPtr> parseExpression(std::string_view text) {
  SCRIM_TRY(std::vector<Token> tokens, tokensOf(text));
  return Parser(std::move(tokens)).expressionAlone();
}

std::optional<std::vector<std::string>> dataSourceTagsOf(std::string_view text) {
  auto tokens = tokensOf(text);
  if (!tokens.ok()) return std::nullopt;
  if (tokens->front().upper != "ON") return std::vector<std::string>{};
  auto tags = Parser(std::move(tokens).value()).dataSourceTags();
  return tags.ok() ? std::optional(std::move(tags).value()) : std::nullopt;
}

}  // namespace scrim::policy
