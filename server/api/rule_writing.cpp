// SPDX-License-Identifier: Apache-2.0
#include "server/api/rule_writing.h"

#include <set>

#include "common/policy/audience.h"
#include "common/policy/language.h"
#include "common/policy/purposes.h"
#include "common/policy/validate.h"
#include "server/api/json.h"
#include "server/api/rights.h"
#include "server/catalog/project.h"
#include "server/catalog/rule_store.h"
#include "server/query/protect/check_rule.h"
#include "server/requests/access.h"

namespace scrim::api::rules {
namespace {

using base::Error;
using base::ErrorCode;
using policy::Rule;

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

/// A look-up reads unmasked and unfiltered, so it is for those who own what it reads, and for governors. To others it
/// does not exist; `foreign` names one that they see but do not own. `kept`: the sentence stands already, written by
/// somebody who might.
policy::LookupSources lookupsOf(const Call& call, bool kept, std::optional<std::string>& foreign) {
  return [&call, kept, &foreign](const schema::QualifiedName& name) -> std::optional<policy::Resource> {
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

}  // namespace

ObjectPtr show(const Rule& rule, const catalog::Snapshot& snapshot) {
  ObjectPtr out = contract::newObject();
  out->set("id", rule.id.value);
  out->set("scope", rule.dataSource ? "local" : "global");
  if (rule.dataSource) out->set("dataSource", rule.dataSource.value);
  if (const auto source = snapshot.dataSource(rule.dataSource)) out->set("dataSourceName", display(source->name));
  out->set("sentence", rule.text);
  out->set("state", std::string(catalog::nameOf(rule.state)));
  out->set("understood", rule.sentence != nullptr);
  out->set("author", rule.author);
  out->set("reason", rule.reason);
  out->set("version", rule.version);
  return out;
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

base::Result<void> checkPurposes(const catalog::Snapshot& snapshot, const Rule& rule) {
  std::set<std::string> known;
  for (const auto& purpose : snapshot.purposes()) known.insert(purpose->name);
  auto checked = policy::checkPurposes(*rule.sentence, known);
  if (checked.ok()) return {};
  Error error = std::move(checked).error();
  error.code = ErrorCode::invalidValue;
  error.detail = "$.sentence";
  return error;
}

base::Result<void> holdPurposes(const Call& call, catalog::Writer& writer, const Rule& rule) {
  if (policy::purposesNamed(*rule.sentence).empty()) return {};
  const catalog::SnapshotPtr now = call.services.catalog->snapshot();
  SCRIM_CHECK_OK(requests::holdNewest(writer, *now));
  return checkPurposes(*now, rule);
}

base::Result<std::vector<std::string>> validateRule(const Call& call, const Rule& rule, bool kept) {
  if (!kept) SCRIM_CHECK_OK(checkPurposes(*call.snapshot, rule));
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

}  // namespace scrim::api::rules
