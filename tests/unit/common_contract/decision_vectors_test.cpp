// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>

#include "common/contract/contract.h"
#include "common/policy/language.h"
#include "common/policy/subscription.h"
#include "tests/unit/common_contract/vectors.h"

namespace scrim::contract {
namespace {

using RulePtr = std::shared_ptr<const policy::Rule>;

policy::Resource resourceOf(const Object& vectors, const Object& item) {
  const Object object = vectors->getObject("resources")->getObject(textOf(item, "resource"));
  policy::Resource out{.id = {object->getValue<std::int64_t>("id")}, .tags = textsOf(object, "tags")};
  out.name = {textsOf(object, "name")[0], textsOf(object, "name")[1]};
  for (const Object& column : objectsOf(object, "columns")) {
    out.columns.push_back({textOf(column, "name"), typeOf(textOf(column, "type")), textsOf(column, "tags")});
  }
  for (const Object& column : objectsOf(object, "hidden")) {
    out.hidden.push_back({{textOf(column, "name"), typeOf(textOf(column, "type")), textsOf(column, "tags")},
                          column->optValue("ambiguous", false)});
  }
  out.degraded = item->optValue("degraded", false);
  return out;
}

policy::RuleState stateOf(const std::string& state) {
  if (state == "staged") return policy::RuleState::staged;
  return state == "disabled" ? policy::RuleState::disabled : policy::RuleState::active;
}

std::vector<RulePtr> rulesOf(const Object& item) {
  std::vector<RulePtr> out;
  for (const Object& rule : objectsOf(item, "rules")) {
    const std::string scope = textOf(rule, "scope");
    auto sentence = policy::parseSentence(textOf(rule, "text"));
    policy::Rule made{.id = {rule->getValue<std::int64_t>("id")},
                      .dataSource = {scope == "local"   ? 1
                                     : scope == "other" ? 2
                                                        : 0},
                      .state = stateOf(rule->optValue<std::string>("state", "active")),
                      .text = textOf(rule, "text")};
    if (sentence.ok()) made.sentence = std::make_shared<const policy::Sentence>(std::move(sentence).value());
    out.push_back(std::make_shared<const policy::Rule>(std::move(made)));
  }
  return out;
}

policy::Subject subjectOf(const Object& item) {
  auto subject = subjectFromJson(jsonOf(item->getObject("subject")));
  EXPECT_TRUE(subject.ok()) << jsonOf(item);
  return std::move(subject).value();
}

std::vector<std::int64_t> idsOf(const Object& object, const std::string& name) {
  std::vector<std::int64_t> out;
  for (const auto& id : *object->getArray(name)) out.push_back(id.convert<std::int64_t>());
  return out;
}

std::vector<std::int64_t> idsOf(const std::vector<base::RuleId>& rules) {
  std::vector<std::int64_t> out;
  for (base::RuleId rule : rules) out.push_back(rule.value);
  return out;
}

void expectMasks(const policy::Decision& decision, const Object& expected, const std::string& name) {
  for (const auto& [column, masks] : decision.masks) {
    ASSERT_TRUE(expected->has(column)) << name << ": mask on " << column;
    const std::vector<Object> wanted = objectsOf(expected, column);
    ASSERT_EQ(masks.size(), wanted.size()) << name << ": " << column;
    for (std::size_t i = 0; i < masks.size(); ++i) {
      EXPECT_EQ(policy::print(masks[i].mask), textOf(wanted[i], "mask")) << name << ": " << column << " " << i;
      ASSERT_EQ(masks[i].condition.has_value(), wanted[i]->has("when")) << name << ": " << column << " " << i;
      if (masks[i].condition) {
        EXPECT_EQ(policy::print(**masks[i].condition), textOf(wanted[i], "when")) << name;
      }
    }
  }
  EXPECT_EQ(decision.masks.size(), expected->size()) << name;
}

void expectDecision(const policy::Decision& decision, const Object& expected, const std::string& name) {
  ASSERT_EQ(decision.allowed, expected->getValue<bool>("allowed")) << name << ": " << decision.reason;
  EXPECT_TRUE(decision.visible) << name;
  EXPECT_EQ(idsOf(decision.rules), idsOf(expected, "rules")) << name;
  if (!decision.allowed) {
    EXPECT_EQ(decision.reason, textOf(expected, "reason")) << name;
    EXPECT_TRUE(decision.rows.empty() && decision.masks.empty()) << name;
    return;
  }
  std::vector<std::string> rows;
  for (const policy::RowGuard& guard : decision.rows) rows.push_back(policy::print(*guard.predicate));
  EXPECT_EQ(rows, textsOf(expected, "rows")) << name;
  expectMasks(decision, expected->getObject("masks"), name);
  const std::vector<Object> conflicts = objectsOf(expected, "conflicts");
  ASSERT_EQ(decision.conflicts.size(), conflicts.size()) << name;
  for (std::size_t i = 0; i < conflicts.size(); ++i) {
    EXPECT_EQ(decision.conflicts[i].column, textOf(conflicts[i], "column")) << name;
    EXPECT_EQ(idsOf(decision.conflicts[i].rules), idsOf(conflicts[i], "rules")) << name;
  }
}

TEST(DecisionVectors, AreDecidedAsTheyShould) {
  const Object vectors = readVectors("decisions.json");
  for (const Object& item : objectsOf(vectors, "cases")) {
    const policy::Decision decision = decide(subjectOf(item), resourceOf(vectors, item), rulesOf(item), {7});
    expectDecision(decision, item->getObject("decision"), textOf(item, "name"));
    const std::string json = toJson(decision);
    const auto back = decisionFromJson(json);
    ASSERT_TRUE(back.ok()) << json << "\n" << back.error().message;
    EXPECT_EQ(toJson(*back), json);
    EXPECT_EQ(digestOf(*back), digestOf(decision)) << json;
  }
}

TEST(DecisionVectors, OrderOfRulesHasNoEffect) {
  const Object vectors = readVectors("decisions.json");
  std::mt19937 random(20260101);
  for (const Object& item : objectsOf(vectors, "cases")) {
    std::vector<RulePtr> rules = rulesOf(item);
    const std::string expected = toJson(decide(subjectOf(item), resourceOf(vectors, item), rules, {7}));
    for (int i = 0; i < 6; ++i) {
      std::shuffle(rules.begin(), rules.end(), random);
      EXPECT_EQ(toJson(decide(subjectOf(item), resourceOf(vectors, item), rules, {7})), expected)
          << textOf(item, "name");
    }
  }
}

TEST(DecisionVectors, RulesThatDoNotCoverCanBeLeftOut) {
  const Object vectors = readVectors("decisions.json");
  for (const Object& item : objectsOf(vectors, "cases")) {
    const policy::Resource resource = resourceOf(vectors, item);
    std::vector<RulePtr> rules = rulesOf(item);
    const std::string expected = toJson(decide(subjectOf(item), resource, rules, {7}));
    std::erase_if(rules, [&](const RulePtr& rule) { return !policy::covers(*rule, resource); });
    EXPECT_EQ(toJson(decide(subjectOf(item), resource, rules, {7})), expected) << textOf(item, "name");
  }
}

std::string termsText(const policy::GrantTerms& terms) {
  std::string text;
  for (const std::string& role : terms.approvers) text += (text.empty() ? "" : ", ") + role;
  return text + (terms.closed ? (text.empty() ? "closed" : " closed") : "");
}

TEST(DecisionVectors, Subscriptions) {
  const Object vectors = readVectors("decisions.json");
  for (const Object& item : objectsOf(vectors, "subscriptions")) {
    const auto standing = policy::subscribing(subjectOf(item), resourceOf(vectors, item), rulesOf(item));
    const std::string word = standing == policy::Subscribing::byRule    ? "byRule"
                             : standing == policy::Subscribing::byGrant ? "byGrant"
                                                                        : "impossible";
    EXPECT_EQ(word, textOf(item, "subscribing")) << textOf(item, "name");
    EXPECT_EQ(policy::subscriptionAllowed(subjectOf(item), resourceOf(vectors, item), rulesOf(item)), word == "byRule");
    EXPECT_EQ(termsText(policy::grantTerms(resourceOf(vectors, item), rulesOf(item))), textOf(item, "grantTerms"))
        << textOf(item, "name");
  }
}

}  // namespace
}  // namespace scrim::contract
