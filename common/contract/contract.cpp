// SPDX-License-Identifier: Apache-2.0
#include "common/contract/contract.h"

#include "common/contract/codecs.h"
#include "common/contract/words.h"
#include "common/policy/language.h"

namespace scrim::contract {
namespace {

using base::Result;
using policy::Decision;
using policy::Rule;
using policy::Subject;

Result<policy::RuleState> readState(Fields& fields) {
  SCRIM_TRY(const std::string state, fields.text("state"));
  const auto known = valueOf(kStateWords, state);
  if (!known) return wrongAt(fields.placeOf("state"), "there is no state \"" + state + "\"");
  return *known;
}

// The stored text decides; a structured form beside it is not allowed to say anything else.
Result<void> readRuleSentence(Fields& fields, Rule& out) {
  SCRIM_TRY(const Json json, fields.any("sentence"));
  auto parsed = policy::parseSentence(out.text);
  if (json.isEmpty()) {
    if (parsed.ok()) return wrongAt(fields.placeOf("sentence"), "the text is understood, so that this cannot be null");
    return {};
  }
  SCRIM_TRY(policy::Sentence sentence, readSentence(json, fields.placeOf("sentence")));
  if (!parsed.ok() || !(*parsed == sentence))
    return wrongAt(fields.placeOf("sentence"), "this is not what the text says");
  out.sentence = std::make_shared<const policy::Sentence>(std::move(parsed).value());
  return {};
}

ObjectPtr guardObject(const policy::RowGuard& guard) {
  ObjectPtr out = newObject();
  out->set("predicate", objectOf(*guard.predicate));
  out->set("rule", guard.rule.value);
  out->set("sentence", guard.sentence);
  return out;
}

ObjectPtr maskObject(const policy::ColumnMask& mask) {
  ObjectPtr out = newObject();
  if (mask.condition) out->set("condition", objectOf(**mask.condition));
  out->set("mask", objectOf(mask.mask));
  out->set("rule", mask.rule.value);
  out->set("sentence", mask.sentence);
  return out;
}

Poco::JSON::Array::Ptr ids(const std::vector<base::RuleId>& rules) {
  Poco::JSON::Array::Ptr out(new Poco::JSON::Array);
  for (base::RuleId rule : rules) out->add(rule.value);
  return out;
}

Result<policy::ExpressionPtr> readPredicate(Fields& fields, const std::string& name) {
  SCRIM_TRY(const Json json, fields.any(name));
  SCRIM_TRY(policy::ExpressionPtr predicate, readExpression(json, fields.placeOf(name)));
  if (!policy::isBound(*predicate)) return wrongAt(fields.placeOf(name), "a decision says nothing of the user");
  return predicate;
}

Result<policy::RowGuard> readGuard(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  policy::RowGuard out;
  SCRIM_TRY(out.predicate, readPredicate(fields, "predicate"));
  SCRIM_TRY(out.rule.value, fields.whole("rule"));
  SCRIM_TRY(out.sentence, fields.text("sentence"));
  SCRIM_CHECK_OK(fields.finish());
  return out;
}

Result<policy::ColumnMask> readColumnMask(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  policy::ColumnMask out;
  if (fields.has("condition")) {
    SCRIM_TRY(out.condition, readPredicate(fields, "condition"));
  }
  SCRIM_TRY(const Json mask, fields.any("mask"));
  SCRIM_TRY(out.mask, readMask(mask, fields.placeOf("mask")));
  SCRIM_TRY(out.rule.value, fields.whole("rule"));
  SCRIM_TRY(out.sentence, fields.text("sentence"));
  SCRIM_CHECK_OK(fields.finish());
  return out;
}

Result<base::RuleId> readId(const Json& json, const std::string& place) {
  if (!json.isInteger() || json.isBoolean() || !json.isSigned()) return wrongAt(place, "a whole number is needed");
  return base::RuleId{json.convert<std::int64_t>()};
}

Result<policy::Conflict> readConflict(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  policy::Conflict out;
  SCRIM_TRY(out.column, fields.text("column"));
  SCRIM_TRY(out.rules, readList<base::RuleId>(fields, "rules", readId));
  SCRIM_TRY(out.message, fields.text("message"));
  SCRIM_CHECK_OK(fields.finish());
  return out;
}

Result<void> readMasks(Fields& fields, Decision& out) {
  SCRIM_TRY(const Json json, fields.any("masks"));
  SCRIM_TRY(Fields columns, Fields::of(json, fields.placeOf("masks")));
  for (const std::string& column : columns.names()) {
    SCRIM_TRY(out.masks[column], readList<policy::ColumnMask>(columns, column, readColumnMask));
  }
  return {};
}

template <typename T>
Result<T> readWhole(std::string_view text, Result<T> (*read)(const Json&, const std::string&)) {
  SCRIM_TRY(const Json json, parseJson(text));
  return read(json, "$");
}

}  // namespace

std::string toJson(const Subject& subject) {
  ObjectPtr out = newObject();
  out->set("user", subject.user);
  out->set("groups", arrayOf(subject.groups));
  ObjectPtr attributes = newObject();
  for (const auto& [name, values] : subject.attributes) attributes->set(name, arrayOf(values));
  out->set("attributes", attributes);
  out->set("project", subject.project);
  out->set("purposes", arrayOf(subject.purposes));
  out->set("permissions", arrayOf(subject.permissions));
  return written(out);
}

std::string toJson(const policy::Expression& expression) { return written(objectOf(expression)); }
std::string toJson(const policy::Mask& mask) { return written(objectOf(mask)); }
std::string toJson(const policy::Sentence& sentence) { return written(objectOf(sentence)); }

std::string toJson(const Rule& rule) {
  ObjectPtr out = newObject();
  out->set("id", rule.id.value);
  out->set("dataSource", rule.dataSource.value);
  out->set("state", std::string(wordOf(kStateWords, rule.state)));
  out->set("text", rule.text);
  out->set("sentence", rule.sentence ? Json(objectOf(*rule.sentence)) : Json());
  out->set("author", rule.author);
  out->set("reason", rule.reason);
  out->set("version", rule.version);
  return written(out);
}

std::string toJson(const Decision& decision) {
  ObjectPtr out = newObject();
  out->set("allowed", decision.allowed);
  out->set("visible", decision.visible);
  out->set("reason", decision.reason);
  Poco::JSON::Array::Ptr rows(new Poco::JSON::Array);
  for (const policy::RowGuard& guard : decision.rows) rows->add(guardObject(guard));
  out->set("rows", rows);
  ObjectPtr masks = newObject();
  for (const auto& [column, list] : decision.masks) {
    Poco::JSON::Array::Ptr items(new Poco::JSON::Array);
    for (const policy::ColumnMask& mask : list) items->add(maskObject(mask));
    masks->set(column, items);
  }
  out->set("masks", masks);
  out->set("rules", ids(decision.rules));
  out->set("snapshot", decision.snapshot.value);
  Poco::JSON::Array::Ptr conflicts(new Poco::JSON::Array);
  for (const policy::Conflict& conflict : decision.conflicts) {
    ObjectPtr item = newObject();
    item->set("column", conflict.column);
    item->set("rules", ids(conflict.rules));
    item->set("message", conflict.message);
    conflicts->add(item);
  }
  out->set("conflicts", conflicts);
  return written(out);
}

Result<Subject> subjectFromJson(std::string_view text) {
  SCRIM_TRY(const Json json, parseJson(text));
  SCRIM_TRY(Fields fields, Fields::of(json, "$"));
  Subject out;
  SCRIM_TRY(out.user, fields.text("user"));
  SCRIM_TRY(out.groups, fields.textSet("groups"));
  SCRIM_TRY(const Json attributesJson, fields.any("attributes"));
  SCRIM_TRY(Fields attributes, Fields::of(attributesJson, "$.attributes"));
  for (const std::string& name : attributes.names()) {
    SCRIM_TRY(out.attributes[name], attributes.textSet(name));
  }
  SCRIM_TRY(out.project, fields.text("project"));
  SCRIM_TRY(out.purposes, fields.textSet("purposes"));
  SCRIM_TRY(out.permissions, fields.textSet("permissions"));
  SCRIM_CHECK_OK(fields.finish());
  return out;
}

Result<policy::ExpressionPtr> expressionFromJson(std::string_view json) { return readWhole(json, readExpression); }
Result<policy::Mask> maskFromJson(std::string_view json) { return readWhole(json, readMask); }
Result<policy::Sentence> sentenceFromJson(std::string_view json) { return readWhole(json, readSentence); }

Result<Rule> ruleFromJson(std::string_view text) {
  SCRIM_TRY(const Json json, parseJson(text));
  SCRIM_TRY(Fields fields, Fields::of(json, "$"));
  Rule out;
  SCRIM_TRY(out.id.value, fields.whole("id"));
  SCRIM_TRY(out.dataSource.value, fields.whole("dataSource"));
  SCRIM_TRY(out.state, readState(fields));
  SCRIM_TRY(out.text, fields.text("text"));
  SCRIM_CHECK_OK(readRuleSentence(fields, out));
  SCRIM_TRY(out.author, fields.text("author"));
  SCRIM_TRY(out.reason, fields.text("reason"));
  SCRIM_TRY(const std::int64_t version, fields.whole("version"));
  if (version < 1 || version > 1000000000) return wrongAt("$.version", "a version counts from 1");
  out.version = static_cast<int>(version);
  SCRIM_CHECK_OK(fields.finish());
  return out;
}

Result<Decision> decisionFromJson(std::string_view text) {
  SCRIM_TRY(const Json json, parseJson(text));
  SCRIM_TRY(Fields fields, Fields::of(json, "$"));
  Decision out;
  SCRIM_TRY(out.allowed, fields.flag("allowed"));
  SCRIM_TRY(out.visible, fields.flag("visible"));
  SCRIM_TRY(out.reason, fields.text("reason"));
  SCRIM_TRY(out.rows, readList<policy::RowGuard>(fields, "rows", readGuard));
  SCRIM_CHECK_OK(readMasks(fields, out));
  SCRIM_TRY(out.rules, readList<base::RuleId>(fields, "rules", readId));
  SCRIM_TRY(out.snapshot.value, fields.whole("snapshot"));
  SCRIM_TRY(out.conflicts, readList<policy::Conflict>(fields, "conflicts", readConflict));
  SCRIM_CHECK_OK(fields.finish());
  return out;
}

}  // namespace scrim::contract
