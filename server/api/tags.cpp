// SPDX-License-Identifier: Apache-2.0
#include "common/schema/tag.h"

#include <algorithm>
#include <unordered_map>

#include "common/policy/named.h"
#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/catalog/rule_store.h"
#include "server/catalog/tag_store.h"

namespace scrim::api::tags {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::Tag;

/// What names one tag: itself, not those above or below it.
struct Uses {
  std::int64_t dataSources = 0;
  std::int64_t columns = 0;
  std::vector<std::int64_t> rules;
};
using UsesByTag = std::unordered_map<std::string, Uses>;  // folded

std::set<std::string> tagsIn(const policy::Rule& rule) {
  std::set<std::string> folded;
  if (rule.sentence == nullptr) return folded;
  for (const std::string& tag : policy::tagsNamed(*rule.sentence)) folded.insert(schema::foldedTag(tag));
  return folded;
}

UsesByTag usesIn(const catalog::Snapshot& snapshot) {
  UsesByTag uses;
  for (const catalog::DataSourcePtr& source : snapshot.dataSources()) {
    for (const std::string& tag : source->tags) ++uses[schema::foldedTag(tag)].dataSources;
    for (const catalog::Column& column : source->columns) {
      for (const std::string& tag : column.tags) ++uses[schema::foldedTag(tag)].columns;
    }
  }
  for (const catalog::RulePtr& rule : snapshot.rules()) {
    for (const std::string& tag : tagsIn(*rule)) uses[tag].rules.push_back(rule->id.value);
  }
  return uses;
}

ObjectPtr show(const Tag& tag) {
  ObjectPtr out = contract::newObject();
  out->set("id", tag.id);
  out->set("name", tag.name);
  out->set("description", tag.description);
  return out;
}

ObjectPtr showWithUses(const Tag& tag, const UsesByTag& all) {
  const auto found = all.find(schema::foldedTag(tag.name));
  const Uses uses = found == all.end() ? Uses{} : found->second;
  ObjectPtr out = show(tag);
  out->set("dataSources", uses.dataSources);
  out->set("columns", uses.columns);
  ArrayPtr rules(new Poco::JSON::Array);
  for (const std::int64_t id : uses.rules) rules->add(id);
  out->set("rules", rules);
  return out;
}

/// The version is that of what can be changed: another use of the tag is no other version of it.
Answer answerWithUses(const Call& call, const Tag& tag) {
  Answer answer = answerOf(showWithUses(tag, usesIn(*call.snapshot)));
  answer.etag = etagOf(show(tag));
  return answer;
}

base::Result<Tag> readChange(contract::Fields& fields) {
  Tag tag;
  SCRIM_TRY(tag.description, optionalText(fields, "description"));
  SCRIM_CHECK_OK(checkText(tag.description, kLongestDescription, fields.placeOf("description")));
  return tag;
}

base::Result<Tag> readNew(contract::Fields& fields) {
  SCRIM_TRY(Tag tag, readChange(fields));
  SCRIM_TRY(tag.name, fields.text("name"));
  SCRIM_CHECK_OK(checkName(tag.name, fields.placeOf("name")));
  if (schema::isValidTag(tag.name)) return tag;
  return contract::wrongAt(fields.placeOf("name"),
                           "\"" + tag.name + "\" is no tag: write words with dots between them, like PII.Email");
}

base::Result<std::vector<Tag>> load(const Call& call, const catalog::Selection& selection) {
  std::vector<Tag> found;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(found, catalog::loadTags(writer.link(), selection));
    return {};
  }));
  return found;
}

base::Result<Tag> named(const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "tag", "tag"));
  SCRIM_TRY(auto found, load(call, {false, {id}}));
  if (found.empty()) return noSuch("tag", std::to_string(id));
  return std::move(found.front());
}

/// The tag that the path names, as it is inside a change.
base::Result<Tag> present(catalog::Writer& writer, const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "tag", "tag"));
  SCRIM_TRY(auto found, catalog::loadTags(writer.link(), {false, {id}}));
  if (found.empty()) return noSuch("tag", std::to_string(id));
  return std::move(found.front());
}

/// A name that rules or data mean something by stays: without it nobody would see what it is for.
base::Result<void> checkUnused(catalog::Writer& writer, const Tag& tag) {
  const auto inUse = [](const std::string& by) {
    return Error{ErrorCode::duplicateObject, "The tag is in use: " + by + "."};
  };
  SCRIM_TRY(const auto rules, catalog::loadRules(writer.link()));
  for (const policy::Rule& rule : rules) {
    if (tagsIn(rule).contains(schema::foldedTag(tag.name)))
      return inUse("rule " + std::to_string(rule.id.value) + " names it");
  }
  SCRIM_TRY(const bool tagged, catalog::isTagged(writer, tag.name));
  return tagged ? base::Result<void>(inUse("a data source or a column has it")) : base::Result<void>();
}

std::vector<std::string> taggedColumns(const catalog::DataSource& source, const std::string& folded) {
  std::vector<std::string> names;
  const auto isIt = [&](const std::string& tag) { return schema::foldedTag(tag) == folded; };
  for (const catalog::Column& column : source.columns) {
    if (std::any_of(column.tags.begin(), column.tags.end(), isIt)) names.push_back(column.name);
  }
  return names;
}

bool isTaggedItself(const catalog::DataSource& source, const std::string& folded) {
  return std::any_of(source.tags.begin(), source.tags.end(),
                     [&](const std::string& tag) { return schema::foldedTag(tag) == folded; });
}

ObjectPtr showUse(const catalog::DataSource& source, const std::string& folded) {
  ObjectPtr out = contract::newObject();
  out->set("dataSource", source.id.value);
  out->set("name", source.name.schema + "." + source.name.name);
  out->set("tagged", isTaggedItself(source, folded));
  out->set("columns", textArray(taggedColumns(source, folded)));
  return out;
}

}  // namespace

base::Result<Answer> list(Call& call) {
  const std::string part = call.query("q").value_or("");
  SCRIM_TRY(const std::vector<Tag> all, load(call, {}));
  const UsesByTag uses = usesIn(*call.snapshot);
  return pageAnswer(
      call, all, [](const Tag& each) { return each.id; }, [&](const Tag& each) { return contains(each.name, part); },
      [&](const Tag& each) { return showWithUses(each, uses); });
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const Tag tag, named(call));
  return answerWithUses(call, tag);
}

base::Result<Answer> uses(Call& call) {
  SCRIM_TRY(const Tag tag, named(call));
  const std::string folded = schema::foldedTag(tag.name);
  return pageAnswer(
      call, call.snapshot->dataSources(), [](const auto& each) { return each->id.value; },
      [&](const auto& each) { return isTaggedItself(*each, folded) || !taggedColumns(*each, folded).empty(); },
      [&](const auto& each) { return showUse(*each, folded); });
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(const Tag wanted, readBody<Tag>(call, readNew));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    Tag tag = wanted;
    SCRIM_TRY(tag.id, save(writer, tag));
    Answer answer = answerWithUses(call, tag);
    answer.status = 201;
    answer.location = "/api/v1/tags/" + std::to_string(tag.id);
    return Outcome{std::move(answer), "tag " + tag.name + " made: " + contract::written(show(tag)), true};
  });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(const Tag wanted, readBody<Tag>(call, readChange));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(Tag tag, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(tag)));
    tag.description = wanted.description;
    SCRIM_CHECK_OK(save(writer, tag));
    return Outcome{answerWithUses(call, tag), "tag " + tag.name + " changed: " + contract::written(show(tag)), true};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const Tag tag, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, show(tag)));
    SCRIM_CHECK_OK(checkUnused(writer, tag));
    SCRIM_CHECK_OK(removeTag(writer, tag.id));
    return Outcome{Answer{}, "tag " + tag.name + " removed", true};
  });
}

}  // namespace scrim::api::tags
