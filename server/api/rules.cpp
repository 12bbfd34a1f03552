// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/api/rule_writing.h"
#include "server/catalog/rule_store.h"

namespace scrim::api::rules {
namespace {

using base::Error;
using base::ErrorCode;
using policy::Rule;

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
  if (state && !catalog::ruleStateOf(*state)) {
    return Error{ErrorCode::invalidParameter, "state: staged, active or disabled."};
  }
  SCRIM_TRY(const auto dataSource, wholeOf(call, "dataSource", std::numeric_limits<std::int64_t>::max()));
  const auto keep = [&](const catalog::RulePtr& rule) {
    const catalog::DataSourcePtr source = call.snapshot->dataSource(rule->dataSource);
    const bool visible = caller.has("GOVERNOR") || (source != nullptr && owns(caller, *source));
    return visible && contains(rule->text, part) && (!state || catalog::nameOf(rule->state) == *state) &&
           (!dataSource || rule->dataSource.value == *dataSource);
  };
  return pageAnswer(
      call, call.snapshot->rules(), [](const auto& rule) { return rule->id.value; }, keep,
      [&](const auto& rule) { return show(*rule, *call.snapshot); });
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const catalog::RulePtr rule, ruleOf(call));
  return answerOf(show(*rule, *call.snapshot));
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
    SCRIM_CHECK_OK(holdPurposes(call, writer, wanted));
    Rule rule = wanted;
    SCRIM_TRY(rule.id, save(writer, rule));
    Answer answer = createdAnswer(show(rule, *call.snapshot), "/api/v1/rules/" + std::to_string(rule.id.value));
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
    SCRIM_CHECK_OK(holdMatch(call, show(before, *call.snapshot)));
    if (wanted.text != before.text) SCRIM_CHECK_OK(holdPurposes(call, writer, wanted));
    Rule rule = wanted;
    rule.id = before.id;
    SCRIM_CHECK_OK(save(writer, rule));
    SCRIM_TRY(const Rule after, present(writer, call));
    Answer answer = answerOf(show(after, *call.snapshot));
    answer.body->set("warnings", textArray(warnings));
    return Outcome{std::move(answer), "rule " + std::to_string(rule.id.value) + " changed, " +
                                          std::string(catalog::nameOf(rule.state)) + ": " + rule.text};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Rule before, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(before, *call.snapshot)));
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

namespace {

/// The version asked for, or the one `back` before the last.
base::Result<const catalog::RuleVersion*> versionOf(const Call& call, const std::string& name, std::size_t back,
                                                    const std::vector<catalog::RuleVersion>& all) {
  SCRIM_TRY(const auto wanted, wholeOf(call, name, std::numeric_limits<int>::max()));
  if (all.empty()) return noSuch("rule", call.parameter("rule"));
  if (!wanted) return &all[all.size() - std::min(all.size(), back + 1)];
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.version == *wanted; });
  if (found != all.end()) return &*found;
  return Error{ErrorCode::invalidParameter, "The rule has no version " + std::to_string(*wanted) + ".", name};
}

}  // namespace

base::Result<Answer> diff(Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "rule", "rule"));
  std::vector<catalog::RuleVersion> all;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(all, catalog::loadRuleHistory(writer.link(), {id}));
    return {};
  }));
  SCRIM_TRY(const catalog::RuleVersion* from, versionOf(call, "fromVersion", 1, all));
  SCRIM_TRY(const catalog::RuleVersion* to, versionOf(call, "toVersion", 0, all));
  ArrayPtr items(new Poco::JSON::Array);
  const auto compare = [&](const char* field, const std::string& before, const std::string& after) {
    if (before == after) return;
    ObjectPtr item = contract::newObject();
    item->set("field", field);
    item->set("from", before);
    item->set("to", after);
    items->add(item);
  };
  compare("sentence", from->sentence, to->sentence);
  compare("state", from->state, to->state);
  compare("reason", from->reason, to->reason);
  compare("author", from->author, to->author);
  compare("changedAt", from->changedAt, to->changedAt);
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("fromVersion", from->version);
  answer.body->set("toVersion", to->version);
  answer.body->set("items", items);
  return answer;
}

}  // namespace scrim::api::rules
