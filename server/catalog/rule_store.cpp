// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/rule_store.h"

#include <array>
#include <utility>

#include "common/base/log.h"
#include "common/policy/language.h"
#include "common/policy/named.h"
#include "server/catalog/tag_store.h"

namespace scrim::catalog {
namespace {

using policy::Rule;
using policy::RuleState;

constexpr std::array<std::pair<RuleState, std::string_view>, 3> kStates{
    {{RuleState::staged, "staged"}, {RuleState::active, "active"}, {RuleState::disabled, "disabled"}}};

std::shared_ptr<const policy::Sentence> meaningOf(const std::string& text) {
  auto sentence = policy::parseSentence(text);
  if (!sentence || policy::print(*sentence) != text) return nullptr;
  return std::make_shared<const policy::Sentence>(std::move(sentence).value());
}

Rule ruleFrom(const store::Rows& rows, int row) {
  Rule rule;
  rule.id = {rows.integer(row, 0)};
  if (!rows.isNull(row, 1)) rule.dataSource = {rows.integer(row, 1)};
  rule.text = rows.string(row, 2);
  rule.sentence = meaningOf(rule.text);
  auto state = ruleStateOf(rows.text(row, 3));
  if (!state) rule.sentence = nullptr;
  rule.state = state.value_or(RuleState::active);
  rule.author = rows.string(row, 4);
  rule.reason = rows.string(row, 5);
  rule.version = static_cast<int>(rows.integer(row, 6));
  if (rule.sentence == nullptr) {
    base::logError("catalog", "rule not understood: it denies what it covers",
                   {{"rule", std::to_string(rule.id.value)}});
  }
  return rule;
}

bool same(const Rule& left, const Rule& right) {
  return left.dataSource == right.dataSource && left.state == right.state && left.text == right.text &&
         left.author == right.author && left.reason == right.reason;
}

base::Result<void> keepHistory(Writer& writer, base::RuleId id) {
  auto kept = writer.link().run(
      "INSERT INTO scrim.rule_history SELECT id, version, data_source_id, sentence, state, author, reason, changed_at"
      " FROM scrim.rule WHERE id = $1::bigint",
      {store::value(id.value)});
  if (!kept) return std::move(kept).error();
  return {};
}

}  // namespace

std::string_view nameOf(RuleState state) {
  for (const auto& [each, name] : kStates) {
    if (each == state) return name;
  }
  return "active";
}

std::optional<RuleState> ruleStateOf(std::string_view name) {
  for (const auto& [state, each] : kStates) {
    if (each == name) return state;
  }
  return std::nullopt;
}

base::Result<std::vector<Rule>> loadRules(store::Link& link, const Selection& selection) {
  SCRIM_TRY(store::Rows rows,
            link.run("SELECT id, data_source_id, sentence, state, author, reason, version FROM scrim.rule"
                     " WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[]) ORDER BY id",
                     {selection.parameter()}));
  std::vector<Rule> rules;
  for (int row = 0; row < rows.size(); ++row) rules.push_back(ruleFrom(rows, row));
  return rules;
}

base::Result<base::RuleId> save(Writer& writer, const Rule& rule) {
  std::vector<store::Value> parameters{rule.dataSource ? store::value(rule.dataSource.value) : store::Value(),
                                       rule.text, std::string(nameOf(rule.state)), rule.author, rule.reason};
  base::RuleId id = rule.id;
  if (id) {
    SCRIM_TRY(auto stored, loadRules(writer.link(), {false, {id.value}}));
    if (stored.size() == 1 && same(stored[0], rule)) return id;
    parameters.push_back(store::value(id.value));
    SCRIM_CHECK_OK(writer.link().run(
        "UPDATE scrim.rule SET data_source_id = $1::bigint, sentence = $2, state = $3, author = $4, reason = $5,"
        " version = version + 1, changed_at = now() WHERE id = $6::bigint",
        parameters));
  } else {
    SCRIM_TRY(store::Rows rows,
              writer.link().run("INSERT INTO scrim.rule (data_source_id, sentence, state, author, reason, version)"
                                " VALUES ($1::bigint, $2, $3, $4, $5, 1) RETURNING id",
                                parameters));
    id = {rows.integer(0, 0)};
  }
  SCRIM_CHECK_OK(keepHistory(writer, id));
  if (const auto sentence = meaningOf(rule.text)) SCRIM_CHECK_OK(keepTags(writer, policy::tagsNamed(*sentence)));
  writer.changed(Noun::rule, id.value);
  return id;
}

base::Result<std::vector<RuleVersion>> loadRuleHistory(store::Link& link, base::RuleId id) {
  SCRIM_TRY(store::Rows rows, link.run("SELECT version, sentence, state, author, reason,"
                                       " to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                                       " FROM scrim.rule_history WHERE rule_id = $1::bigint ORDER BY version",
                                       {store::value(id.value)}));
  std::vector<RuleVersion> versions;
  for (int row = 0; row < rows.size(); ++row) {
    versions.push_back({static_cast<int>(rows.integer(row, 0)), rows.string(row, 1), rows.string(row, 2),
                        rows.string(row, 3), rows.string(row, 4), rows.string(row, 5)});
  }
  return versions;
}

base::Result<void> removeRule(Writer& writer, base::RuleId id) {
  SCRIM_CHECK_OK(writer.link().run(
      "INSERT INTO scrim.rule_history SELECT id, version + 1, data_source_id, sentence, 'deleted', $2, reason, now()"
      " FROM scrim.rule WHERE id = $1::bigint",
      {store::value(id.value), writer.author()}));
  SCRIM_CHECK_OK(writer.link().run("DELETE FROM scrim.rule WHERE id = $1::bigint", {store::value(id.value)}));
  writer.changed(Noun::rule, id.value);
  return {};
}

}  // namespace scrim::catalog
