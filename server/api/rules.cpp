// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "common/policy/audience.h"
#include "common/policy/language.h"
#include "common/policy/validate.h"
#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/catalog/rule_store.h"
#include "server/query/protect/check_rule.h"

namespace scrim::api::rules {
namespace {

using base::Error;
using base::ErrorCode;
using policy::Rule;

ObjectPtr show(const Rule& rule) {
  ObjectPtr out = contract::newObject();
  out->set("id", rule.id.value);
  out->set("scope", rule.dataSource ? "local" : "global");
  if (rule.dataSource) out->set("dataSource", rule.dataSource.value);
  out->set("sentence", rule.text);
  out->set("state", std::string(catalog::nameOf(rule.state)));
  out->set("understood", rule.sentence != nullptr);
  out->set("author", rule.author);
  out->set("reason", rule.reason);
  out->set("version", rule.version);
  return out;
}

/// The text as people write it, into its canonical form and its meaning.
base::Result<void> readSentence(contract::Fields& fields, Rule& rule) {
  SCRIM_TRY(const std::string text, fields.text("sentence"));
  auto sentence = policy::parseSentence(text);
  if (!sentence) {
    sentence.error().detail = fields.placeOf("sentence");
    return std::move(sentence).error();
  }
  rule.sentence = std::make_shared<const policy::Sentence>(std::move(sentence).value());
  rule.text = policy::print(*rule.sentence);
  return {};
}

base::Result<Rule> readChange(contract::Fields& fields) {
  Rule rule;
  SCRIM_CHECK_OK(readSentence(fields, rule));
  SCRIM_TRY(const std::string state, optionalText(fields, "state", "active"));
  const auto known = catalog::ruleStateOf(state);
  if (!known) return contract::wrongAt(fields.placeOf("state"), "the states are staged, active and disabled");
  rule.state = *known;
  SCRIM_TRY(rule.reason, optionalText(fields, "reason"));
  return rule;
}

base::Result<Rule> readNew(contract::Fields& fields) {
  SCRIM_TRY(Rule rule, readChange(fields));
  SCRIM_TRY(const std::int64_t source, optionalWhole(fields, "dataSource", 1, INT64_MAX, 0));
  rule.dataSource = {source};
  return rule;
}

/// Local: for the owner. Global: for governors. What a caller does not see does not exist.
base::Result<void> checkMayWrite(const Call& call, const Rule& rule) {
  const Caller& caller = *call.caller;
  const bool global = !rule.sentence->dataSourceTags.empty();
  if (global && rule.dataSource) {
    return Error{ErrorCode::invalidValue, "A rule ON DATA SOURCES TAGGED is global: leave dataSource out.",
                 "$.dataSource"};
  }
  if (!rule.dataSource) {
    if (!global) {
      return Error{ErrorCode::invalidValue,
                   "Say which data source the rule is for, or begin it with ON DATA SOURCES TAGGED '..':.",
                   "$.dataSource"};
    }
    if (caller.has("GOVERNOR")) return {};
    return Error{ErrorCode::permissionDenied, "You need the permission GOVERNOR to write global rules."};
  }
  const catalog::DataSourcePtr source = call.snapshot->dataSource(rule.dataSource);
  if (source == nullptr || !sees(call, *source)) return noSuch("data source", std::to_string(rule.dataSource.value));
  if (owns(caller, *source)) return {};
  return Error{ErrorCode::permissionDenied, "You need to own the data source to write its rules."};
}

/// A look-up reads unmasked and unfiltered, so it is for those who own what it reads, and for governors. To others it
/// does not exist; `foreign` names one that they see but do not own. `kept`: the sentence stands already, written by
/// somebody who might.
policy::LookupSources lookupsOf(const Call& call, bool kept, std::optional<std::string>& foreign) {
  return [&](const schema::QualifiedName& name) -> std::optional<policy::Resource> {
    const catalog::DataSourcePtr source = call.snapshot->dataSource(name);
    if (source == nullptr || !(kept || sees(call, *source))) return std::nullopt;
    const bool may = kept || call.caller->has("GOVERNOR") || owns(*call.caller, *source);
    if (!may) foreign = name.schema + "." + name.name;
    return call.snapshot->resource(*source);
  };
}

base::Result<void> checkOwnLookups(const std::optional<std::string>& foreign) {
  if (!foreign) return {};
  return Error{
      ErrorCode::permissionDenied,
      "A rule that looks up in " + *foreign + " reads it unmasked: you need to own it, or the permission GOVERNOR.",
      "$.sentence"};
}

/// The names that people have.
void knownNames(const Call& call, std::set<std::string>& groups, std::set<std::string>& attributes) {
  for (const auto& user : call.snapshot->users()) {
    groups.insert(user->groups.begin(), user->groups.end());
    for (const auto& [attribute, values] : user->attributes) attributes.insert(attribute);
  }
}

bool mayListUsers(const Caller& caller) {
  return caller.has("GOVERNOR") || caller.has("USER_ADMIN") || caller.has("ADMIN");
}

protect::DataSources sourcesOf(const catalog::Snapshot& snapshot) {
  return [&](const schema::QualifiedName& name) { return snapshot.dataSource(name).get(); };
}

std::string display(const schema::QualifiedName& name) { return name.schema + "." + name.name; }

/// Against every data source that the rule covers: its warnings, or why it cannot be saved.
base::Result<std::vector<std::string>> validateRule(const Call& call, const Rule& rule, bool kept = false) {
  std::set<std::string> groups;
  std::set<std::string> attributes;
  knownNames(call, groups, attributes);
  std::vector<std::string> warnings;
  std::optional<std::string> foreign;
  const policy::LookupSources lookups = lookupsOf(call, kept, foreign);
  const protect::DataSources find = sourcesOf(*call.snapshot);
  for (const auto& source : call.snapshot->dataSources()) {
    const bool covered = rule.dataSource ? source->id == rule.dataSource
                                         : policy::coversTags(rule.sentence->dataSourceTags, source->tags);
    if (!covered) continue;
    auto valid = policy::validate(*rule.sentence, call.snapshot->resource(*source), lookups,
                                  {&groups, &attributes, mayListUsers(*call.caller)});
    SCRIM_CHECK_OK(checkOwnLookups(foreign));
    if (valid.ok()) {
      if (auto held = protect::checkRule(*rule.sentence, *source, find); !held.ok()) valid = held.error();
    }
    if (!valid) {
      Error error = std::move(valid).error();
      if (error.code == ErrorCode::policyInvalid) error.code = ErrorCode::invalidValue;
      error.message = "On " + display(source->name) + ": " + error.message;
      error.detail = "$.sentence";
      return error;
    }
    for (const std::string& warning : *valid) warnings.push_back("On " + display(source->name) + ": " + warning);
  }
  return warnings;
}

base::Result<Rule> present(catalog::Writer& writer, const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "rule", "rule"));
  SCRIM_TRY(auto found, catalog::loadRules(writer.link(), {false, {id}}));
  if (found.empty()) return noSuch("rule", std::to_string(id));
  return std::move(found.front());
}

}  // namespace

base::Result<Answer> list(Call& call) {
  const Caller& caller = *call.caller;
  const std::string part = call.query("q").value_or("");
  const auto state = call.query("state");
  const auto dataSource = call.query("dataSource");
  const auto keep = [&](const catalog::RulePtr& rule) {
    const catalog::DataSourcePtr source = call.snapshot->dataSource(rule->dataSource);
    const bool visible = caller.has("GOVERNOR") || (source != nullptr && owns(caller, *source));
    return visible && contains(rule->text, part) && (!state || catalog::nameOf(rule->state) == *state) &&
           (!dataSource || std::to_string(rule->dataSource.value) == *dataSource);
  };
  return pageAnswer(
      call, call.snapshot->rules(), [](const auto& rule) { return rule->id.value; }, keep,
      [](const auto& rule) { return show(*rule); });
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const catalog::RulePtr rule, ruleOf(call));
  return answerOf(show(*rule));
}

base::Result<Answer> check(Call& call) {
  SCRIM_TRY(const Rule rule, readBody<Rule>(call, readNew));
  SCRIM_CHECK_OK(checkMayWrite(call, rule));
  SCRIM_TRY(const auto warnings, validateRule(call, rule));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("sentence", rule.text);
  answer.body->set("warnings", textArray(warnings));
  return answer;
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(Rule wanted, readBody<Rule>(call, readNew));
  SCRIM_CHECK_OK(checkMayWrite(call, wanted));
  SCRIM_TRY(const auto warnings, validateRule(call, wanted));
  wanted.author = call.caller->subject.user;
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    Rule rule = wanted;
    SCRIM_TRY(rule.id, save(writer, rule));
    Answer answer = createdAnswer(show(rule), "/api/v1/rules/" + std::to_string(rule.id.value));
    answer.body->set("warnings", textArray(warnings));
    return Outcome{std::move(answer), "rule " + std::to_string(rule.id.value) + " made, " +
                                          std::string(catalog::nameOf(rule.state)) + ": " + rule.text};
  });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(Rule wanted, readBody<Rule>(call, readChange));
  SCRIM_TRY(const catalog::RulePtr known, ruleOf(call));
  wanted.dataSource = known->dataSource;
  SCRIM_CHECK_OK(checkMayWrite(call, wanted));
  SCRIM_TRY(const auto warnings, validateRule(call, wanted, wanted.text == known->text));
  wanted.author = call.caller->subject.user;
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Rule before, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(before)));
    Rule rule = wanted;
    rule.id = before.id;
    SCRIM_CHECK_OK(save(writer, rule));
    SCRIM_TRY(const Rule after, present(writer, call));
    Answer answer = answerOf(show(after));
    answer.body->set("warnings", textArray(warnings));
    return Outcome{std::move(answer), "rule " + std::to_string(rule.id.value) + " changed, " +
                                          std::string(catalog::nameOf(rule.state)) + ": " + rule.text};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Rule before, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(before)));
    SCRIM_CHECK_OK(removeRule(writer, before.id));
    return Outcome{Answer{}, "rule " + std::to_string(before.id.value) + " removed: " + before.text};
  });
}

base::Result<Answer> history(Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "rule", "rule"));
  ArrayPtr items(new Poco::JSON::Array);
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(const auto versions, catalog::loadRuleHistory(writer.link(), {id}));
    for (const catalog::RuleVersion& each : versions) {
      ObjectPtr item = contract::newObject();
      item->set("version", each.version);
      item->set("sentence", each.sentence);
      item->set("state", each.state);
      item->set("author", each.author);
      item->set("reason", each.reason);
      item->set("changedAt", each.changedAt);
      items->add(item);
    }
    return {};
  }));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("items", items);
  return answer;
}

}  // namespace scrim::api::rules
