// SPDX-License-Identifier: Apache-2.0
// Random trees of the whole language: what is printed parses to the same tree and prints the same.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "common/policy/canonical.h"
#include "common/policy/language.h"

namespace scrim::policy {
namespace {

class Sentences {
 public:
  explicit Sentences(unsigned seed) : random_(seed) {}

  Sentence sentence() {
    Sentence out;
    if (chance(3)) out.dataSourceTags = {tag()};
    if (chance(4)) out.dataSourceTags.push_back(tag());
    const int kind = below(4);
    out.action = action(kind);
    if (kind == 3) return out;
    out.audience.everyoneExcept = chance(2);
    if (out.audience.everyoneExcept || chance(2)) out.audience.condition = condition(3);
    if (out.audience.condition && chance(3)) out.otherwise = action(kind);
    return out;
  }

 private:
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool chance(int in) { return below(in) == 0; }
  template <typename T>
  T oneOf(std::initializer_list<T> all) {
    return all.begin()[below(static_cast<int>(all.size()))];
  }

  std::string name() {
    return oneOf<std::string>({"a", "ssn", "Größe", "x\"y", "for", "USER", "date", "_1", "two words", "lower", "1st"});
  }
  std::string text() { return oneOf<std::string>({"", "x", "it's", "日本", "%_\\", "\n", "FOR EVERYONE", "''"}); }
  std::string word() { return oneOf<std::string>({"HR", "it's", "a b", "日本"}); }
  std::string tag() { return oneOf<std::string>({"PII", "PII.Email", "a b-c_d.1"}); }
  std::string digits() { return canonicalNumber(std::to_string(below(100000) - 50000)); }

  Action action(int kind) {
    if (kind == 0) return maskAction();
    if (kind == 1) return RowAction{rowPredicate()};
    if (kind == 2) return PurposeAction{chance(2) ? std::vector{tag()} : std::vector{tag(), tag()}};
    SubscriptionAction out{oneOf({SubscriptionAction::Kind::anyone, SubscriptionAction::Kind::condition,
                                  SubscriptionAction::Kind::approval, SubscriptionAction::Kind::invitation})};
    if (out.kind == SubscriptionAction::Kind::condition) out.condition = condition(3);
    if (out.kind == SubscriptionAction::Kind::approval) out.approvers = {"GOVERNOR", "OWNER"};
    return out;
  }

  MaskAction maskAction() {
    MaskAction out;
    out.columns.kind = oneOf({ColumnSelector::Kind::name, ColumnSelector::Kind::tag, ColumnSelector::Kind::pattern});
    out.columns.text = out.columns.kind == ColumnSelector::Kind::name  ? name()
                       : out.columns.kind == ColumnSelector::Kind::tag ? tag()
                                                                       : "e.?mail|'x'";
    out.mask = mask();
    if (chance(2)) out.where = predicate(3);
    return out;
  }

  Mask mask() {
    Mask out{.method = oneOf({MaskMethod::null, MaskMethod::constant, MaskMethod::hashing, MaskMethod::regex,
                              MaskMethod::showing, MaskMethod::rounding})};
    if (out.method == MaskMethod::constant) out.constant = constant();
    if (out.method == MaskMethod::regex) {
      out.pattern = oneOf<std::string>({"^[^@]+", "a'b", "(x)\\.", "\\d{3}"});
      out.replacement = oneOf<std::string>({"", "***", "\\\\", "'"});
      out.caseInsensitive = chance(2);
    }
    if (out.method == MaskMethod::showing) {
      out.showFirst = chance(2);
      out.shown = below(100);
      out.filler = oneOf<std::string>({"*", "x", "'", "█"});
    }
    if (out.method == MaskMethod::rounding) {
      out.unit = oneOf({RoundingUnit::number, RoundingUnit::hour, RoundingUnit::day, RoundingUnit::month,
                        RoundingUnit::quarter, RoundingUnit::year});
      if (out.unit == RoundingUnit::number) out.step = oneOf<std::string>({"1", "0.25", "1000"});
    }
    return out;
  }

  Literal constant() {
    switch (below(6)) {
      case 0:
        return {LiteralType::integer, digits()};
      case 1:
        return {LiteralType::decimal, "-0.25"};
      case 2:
        return {LiteralType::boolean, chance(2) ? "true" : "false"};
      case 3:
        return {LiteralType::date, "2024-02-29"};
      case 4:
        return {LiteralType::timestamp, "2024-02-29 10:00:00.5"};
      default:
        return {LiteralType::text, text()};
    }
  }

  ConditionPtr made(Condition condition) { return std::make_shared<const Condition>(std::move(condition)); }

  ConditionPtr condition(int depth) {
    const int kind = depth == 0 ? below(4) : below(7);
    if (kind == 0) return made({.kind = ConditionKind::memberOfGroup, .name = word()});
    if (kind == 1) return made({.kind = ConditionKind::isUser, .name = word()});
    if (kind == 2) return made({.kind = ConditionKind::actsUnderPurpose, .name = tag()});
    if (kind == 3) {
      return made({.kind = ConditionKind::hasAttribute,
                   .name = word(),
                   .value = chance(2) ? std::optional(text()) : std::nullopt});
    }
    if (kind == 4) return made({.kind = ConditionKind::negation, .children = {condition(depth - 1)}});
    // Children of the same kind would be one list: the canonical tree has none.
    Condition out{.kind = kind == 5 ? ConditionKind::both : ConditionKind::either};
    while (out.children.size() < 2 || chance(3)) {
      ConditionPtr child = condition(depth - 1);
      if (child->kind != out.kind) out.children.push_back(std::move(child));
    }
    return made(std::move(out));
  }

  ExpressionPtr rowPredicate() {
    if (chance(8)) return truth(chance(2));
    if (chance(8)) {
      return std::make_shared<const Expression>(
          Expression{.kind = ExpressionKind::sample, .name = name(), .percent = oneOf({0.0001, 10.0, 33.3333})});
    }
    if (chance(8)) {
      return node(
          ExpressionKind::compare,
          {column(name()), node(ExpressionKind::arithmetic,
                                {node(ExpressionKind::now, {}),
                                 literal(LiteralType::interval, oneOf<std::string>({"1 day", "90 days", "3 weeks"}))},
                                "-")},
          ">=");
    }
    return predicate(4);
  }

  ExpressionPtr connected(ExpressionKind kind, int depth) {
    std::vector<ExpressionPtr> parts;
    while (parts.size() < 2 || chance(3)) {
      ExpressionPtr part = predicate(depth - 1);
      if (part->kind != kind) parts.push_back(std::move(part));
    }
    return node(kind, std::move(parts));
  }

  ExpressionPtr withNegation(ExpressionKind kind, std::vector<ExpressionPtr> children) {
    return std::make_shared<const Expression>(
        Expression{.kind = kind, .children = std::move(children), .negated = chance(2)});
  }

  ExpressionPtr userSet() {
    const int kind = below(3);
    if (kind == 0) return node(ExpressionKind::userGroups, {});
    return kind == 1 ? node(ExpressionKind::userPurposes, {}) : node(ExpressionKind::userAttribute, {}, word());
  }

  ExpressionPtr predicate(int depth) {
    const int kind = depth == 0 ? below(9) : below(13);
    switch (kind) {
      case 0:
        return node(ExpressionKind::compare, {operand(depth), operand(depth)},
                    oneOf<std::string>({"=", "<>", "<", "<=", ">", ">="}));
      case 1:
        return withNegation(ExpressionKind::between, {operand(depth), operand(depth), operand(depth)});
      case 2:
        return withNegation(ExpressionKind::inList, {operand(depth), operand(depth), operand(depth)});
      case 3:
        return withNegation(ExpressionKind::like, {operand(depth), literal(LiteralType::text, text())});
      case 4:
        return withNegation(ExpressionKind::isNull, {operand(depth)});
      case 5:
        return node(ExpressionKind::hasMember, {userSet(), literal(LiteralType::text, word())});
      case 6:
        return node(ExpressionKind::matchesUserSet,
                    {chance(2) ? column(name()) : node(ExpressionKind::call, {column(name())}, "lower"), userSet()});
      case 7:
        return lookup(depth);
      case 8:
        return column(name());
      case 9:
        return node(ExpressionKind::logicalNot, {chance(5) ? truth(chance(2)) : predicate(depth - 1)});
      case 10:
        return connected(ExpressionKind::logicalAnd, depth);
      default:
        return connected(ExpressionKind::logicalOr, depth);
    }
  }

  ExpressionPtr lookup(int depth) {
    Expression out{.kind = ExpressionKind::inLookup, .children = {operand(depth)}, .negated = chance(2)};
    out.lookupSource = {name(), name()};
    out.lookupColumn = name();
    if (depth > 0 && chance(2)) out.lookupWhere = predicate(depth - 1);
    return std::make_shared<const Expression>(std::move(out));
  }

  ExpressionPtr operand(int depth) {
    switch (depth == 0 ? below(5) : below(9)) {
      case 0:
      case 1:
        return column(name());
      case 2: {
        const Literal made = constant();
        return literal(made.type, made.text);
      }
      case 3:
        return node(ExpressionKind::now, {});
      case 4:
        return node(ExpressionKind::userName, {});
      case 5:
        return node(ExpressionKind::arithmetic, {operand(depth - 1), operand(depth - 1)},
                    oneOf<std::string>({"+", "-", "*", "/"}));
      case 6:
        return node(ExpressionKind::call, {operand(depth - 1), chance(2) ? operand(depth - 1) : predicate(depth - 1)},
                    oneOf<std::string>({"mod", "coalesce"}));
      case 7:
        return predicate(depth - 1);
      default:
        return std::make_shared<const Expression>(Expression{.kind = ExpressionKind::cast,
                                                             .children = {operand(depth - 1)},
                                                             .type = *schema::builtinType("double precision")});
    }
  }

  std::mt19937 random_;
};

/// A number that the environment may set: SCRIM_RANDOM_SENTENCES=1000000 SCRIM_RANDOM_SEED=7 test_common_policy.
unsigned numberFrom(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::stoul(text));
}

TEST(RandomSentences, PrintAndParseToThemselves) {
  Sentences sentences(numberFrom("SCRIM_RANDOM_SEED", 20260103));
  const unsigned count = numberFrom("SCRIM_RANDOM_SENTENCES", 30000);
  for (unsigned i = 0; i < count; ++i) {
    const Sentence sentence = sentences.sentence();
    const std::string text = print(sentence);
    const auto parsed = parseSentence(text);
    ASSERT_TRUE(parsed.ok()) << text << "\n" << parsed.error().message;
    ASSERT_TRUE(*parsed == sentence) << text << "\n" << print(*parsed);
    ASSERT_EQ(print(*parsed), text);
  }
}

}  // namespace
}  // namespace scrim::policy
