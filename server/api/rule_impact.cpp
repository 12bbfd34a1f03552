// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "common/policy/audience.h"
#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/impact.h"
#include "server/api/json.h"
#include "server/api/rights.h"
#include "server/api/rule_writing.h"
#include "server/catalog/snapshot_builder.h"
#include "server/query/explain/policy_text.h"

namespace scrim::api::rules {
namespace {

using base::Error;
using base::ErrorCode;
using policy::Decision;
using policy::Rule;

constexpr std::size_t kMostNames = 20;   // of users, for each difference
constexpr std::size_t kMostCounted = 5;  // differences whose rows are counted

struct Wanted {
  std::int64_t rule = 0;  // the one that is changed; 0: a new one
  bool removes = false;
  std::optional<Rule> wish;  // nullopt: it is removed
  bool rowShares = false;
  std::string project;  // empty: under none
};

base::Result<Wanted> read(contract::Fields& fields) {
  Wanted wanted;
  SCRIM_TRY(wanted.rule, optionalWhole(fields, "rule", 1, INT64_MAX, 0));
  SCRIM_TRY(wanted.removes, optionalFlag(fields, "remove", false));
  SCRIM_TRY(wanted.rowShares, optionalFlag(fields, "rowShares", false));
  SCRIM_TRY(wanted.project, optionalText(fields, "project"));
  if (wanted.removes && wanted.rule == 0) return contract::wrongAt(fields.placeOf("rule"), "say which rule to remove");
  if (wanted.removes) return wanted;
  SCRIM_TRY(wanted.wish, wanted.rule == 0 ? readNew(fields) : readChange(fields));
  return wanted;
}

base::Result<catalog::RulePtr> standing(const Call& call, std::int64_t id) {
  if (id == 0) return catalog::RulePtr();
  const catalog::RulePtr rule = call.snapshot->rule(base::RuleId{id});
  const catalog::DataSourcePtr source = rule == nullptr ? nullptr : call.snapshot->dataSource(rule->dataSource);
  const bool known =
      rule != nullptr && (call.caller->has("GOVERNOR") || (source != nullptr && owns(*call.caller, *source)));
  if (!known) return noSuch("rule", std::to_string(id));
  SCRIM_CHECK_OK(rule->sentence != nullptr ? checkMayWrite(call, *rule) : base::Result<void>());
  return rule;
}

bool concerns(const Rule* rule, const catalog::DataSource& source) {
  if (rule == nullptr) return false;
  if (rule->dataSource) return rule->dataSource == source.id;
  return rule->sentence == nullptr || policy::coversTags(rule->sentence->dataSourceTags, source.tags);
}

Versions versionsOf(const Call& call, const catalog::RulePtr& before, const std::optional<Rule>& wish) {
  catalog::SnapshotBuilder builder(*call.snapshot);
  if (before != nullptr) builder.remove(before->id);
  if (wish) {
    Rule rule = *wish;
    // A new one stands behind all that there are.
    const auto all = call.snapshot->rules();
    rule.id = before != nullptr ? before->id : base::RuleId{all.empty() ? 1 : all.back()->id.value + 1};
    builder.put(std::move(rule));
  }
  return {call.snapshot, builder.build(call.snapshot->version())};
}

const char* accessText(const Decision& decision) {
  if (!decision.visible) return "none";
  return decision.allowed ? "allowed" : "refused";
}

/// What a column shows: itself, a mask, or nothing.
std::string shownText(const Decision& decision, const std::string& column) {
  if (!decision.visible || !decision.allowed) return "";
  const auto masks = decision.masks.find(column);
  if (masks == decision.masks.end() || masks->second.empty()) return column;
  const std::string text = explain::columnText(column, masks->second, explain::Detail::everything, {});
  const std::string end = " AS " + column;
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

ObjectPtr pairObject(const contract::Json& before, const contract::Json& after) {
  ObjectPtr out = contract::newObject();
  out->set("before", before);
  out->set("after", after);
  return out;
}

ArrayPtr rowTexts(const Decision& decision) {
  std::vector<std::string> texts;
  for (const policy::RowGuard& guard : decision.rows) {
    texts.push_back(explain::rowGuardText(*guard.predicate, explain::Detail::everything, {}));
  }
  return textArray(texts);
}

void setColumns(ObjectPtr out, const Difference& difference) {
  ArrayPtr columns(new Poco::JSON::Array);
  std::vector<std::string> gains;
  std::vector<std::string> loses;
  for (const catalog::Column& column : difference.source->columns) {
    if (!column.exposed) continue;
    const std::string before = shownText(difference.before, column.name);
    const std::string after = shownText(difference.after, column.name);
    if (before == after) continue;
    if (after == column.name) gains.push_back(column.name);
    if (before == column.name) loses.push_back(column.name);
    ObjectPtr one = pairObject(before, after);
    one->set("column", column.name);
    columns->add(one);
  }
  out->set("gains", textArray(gains));
  out->set("loses", textArray(loses));
  out->set("columns", columns);
}

double rounded(double share) { return std::round(share * 10'000) / 10'000; }

ObjectPtr show(const Difference& difference) {
  ObjectPtr out = contract::newObject();
  const catalog::DataSource& source = *difference.source;
  out->set("dataSource", source.id.value);
  out->set("dataSourceName", source.name.schema + "." + source.name.name);
  const auto shown = std::min(kMostNames, difference.users.size());
  out->set("users", textArray(std::vector<std::string>(difference.users.begin(),
                                                       difference.users.begin() + static_cast<std::ptrdiff_t>(shown))));
  out->set("userCount", static_cast<std::int64_t>(difference.users.size()));
  out->set("access", pairObject(std::string(accessText(difference.before)), std::string(accessText(difference.after))));
  setColumns(out, difference);
  out->set("rows", pairObject(rowTexts(difference.before), rowTexts(difference.after)));
  if (difference.shares) {
    out->set("rowShare", pairObject(rounded(difference.shares->first), rounded(difference.shares->second)));
  }
  if (!difference.sharesProblem.empty()) out->set("rowShareProblem", difference.sharesProblem);
  return out;
}

/// Counts tell of rows: they are for those who own the data source or have access to it themselves.
void count(const Call& call, const Versions& versions, const std::string& project, Impact& impact) {
  std::size_t counted = 0;
  for (Difference& each : impact.differences) {
    const bool may =
        owns(*call.caller, *each.source) || call.snapshot->decide(call.caller->subject, *each.source).allowed;
    if (!may) each.sharesProblem = "Shares of rows are for those who have access to the data source.";
    if (may && counted == kMostCounted) each.sharesProblem = "Only the first differences are counted.";
    if (!may || counted == kMostCounted) continue;
    ++counted;
    countShares(versions, each, project);
  }
}

}  // namespace

base::Result<Answer> impact(Call& call) {
  SCRIM_TRY(const Wanted wanted, readBody<Wanted>(call, read));
  SCRIM_CHECK_OK(checkProject(call, wanted.project));
  SCRIM_TRY(const catalog::RulePtr before, standing(call, wanted.rule));
  std::optional<Rule> wish = wanted.wish;
  std::vector<std::string> warnings;
  if (wish) {
    if (before != nullptr) wish->dataSource = before->dataSource;
    SCRIM_CHECK_OK(checkMayWrite(call, *wish));
    SCRIM_TRY(warnings, validateRule(call, *wish, before != nullptr && before->text == wish->text));
  }
  const Versions versions = versionsOf(call, before, wish);
  std::vector<catalog::DataSourcePtr> sources;
  for (const auto& source : call.snapshot->dataSources()) {
    if (concerns(before.get(), *source) || concerns(wish ? &*wish : nullptr, *source)) sources.push_back(source);
  }
  Impact found = impactOf(versions, sources, wanted.project);
  if (wanted.rowShares) {
    SCRIM_CHECK_OK(recordAct(call, "rows counted for the impact of a rule: " + (wish ? wish->text : before->text)));
    count(call, versions, wanted.project, found);
  }
  ArrayPtr changes(new Poco::JSON::Array);
  for (const Difference& each : found.differences) changes->add(show(each));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("snapshot", call.snapshot->version().value);
  answer.body->set("users", static_cast<std::int64_t>(found.users));
  answer.body->set("unchanged", static_cast<std::int64_t>(found.unchanged));
  answer.body->set("truncated", found.truncated);
  answer.body->set("changes", changes);
  answer.body->set("warnings", textArray(warnings));
  return answer;
}

}  // namespace scrim::api::rules
