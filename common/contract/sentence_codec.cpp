// SPDX-License-Identifier: Apache-2.0
#include "common/contract/codecs.h"
#include "common/contract/words.h"
#include "common/policy/language.h"
#include "common/policy/typing.h"

namespace scrim::contract {
namespace {

using base::Result;
using policy::Action;
using policy::Audience;
using policy::Condition;
using policy::ConditionPtr;
using policy::MaskAction;
using policy::PurposeAction;
using policy::RowAction;
using policy::Sentence;

ObjectPtr selectorObject(const policy::ColumnSelector& selector) {
  ObjectPtr out = newObject();
  out->set("kind", std::string(wordOf(kSelectorWords, selector.kind)));
  out->set("text", selector.text);
  return out;
}

struct ActionWriter {
  ObjectPtr operator()(const MaskAction& action) const {
    ObjectPtr out = start("mask");
    out->set("columns", selectorObject(action.columns));
    out->set("mask", objectOf(action.mask));
    if (action.where) out->set("where", objectOf(*action.where));
    return out;
  }
  ObjectPtr operator()(const RowAction& action) const {
    ObjectPtr out = start("rows");
    out->set("predicate", objectOf(*action.predicate));
    return out;
  }
  ObjectPtr operator()(const PurposeAction& action) const {
    ObjectPtr out = start("purposes");
    out->set("purposes", arrayOf(action.purposes));
    return out;
  }
  ObjectPtr operator()(const SubscriptionAction& action) const {
    ObjectPtr out = start("subscription");
    out->set("by", std::string(wordOf(kSubscriptionWords, action.kind)));
    if (action.condition) out->set("condition", objectOf(*action.condition));
    if (!action.approvers.empty()) out->set("approvers", arrayOf(action.approvers));
    return out;
  }
  static ObjectPtr start(const std::string& kind) {
    ObjectPtr out = newObject();
    out->set("kind", kind);
    return out;
  }
};

ObjectPtr audienceObject(const Audience& audience) {
  ObjectPtr out = newObject();
  if (!audience.condition || audience.everyoneExcept) out->set("everyone", true);
  if (audience.condition) out->set(audience.everyoneExcept ? "except" : "condition", objectOf(*audience.condition));
  return out;
}

Result<ConditionPtr> readConditionAt(Fields& fields, const std::string& name) {
  SCRIM_TRY(const Json json, fields.any(name));
  return readCondition(json, fields.placeOf(name));
}

Result<policy::ExpressionPtr> readExpressionAt(Fields& fields, const std::string& name) {
  SCRIM_TRY(const Json json, fields.any(name));
  return readExpression(json, fields.placeOf(name));
}

Result<Action> readMaskAction(Fields& fields) {
  MaskAction out;
  SCRIM_TRY(const Json columns, fields.any("columns"));
  SCRIM_TRY(Fields selector, Fields::of(columns, fields.placeOf("columns")));
  SCRIM_TRY(const std::string kind, selector.text("kind"));
  const auto known = valueOf(kSelectorWords, kind);
  if (!known) return wrongAt(selector.placeOf("kind"), "columns are not selected by \"" + kind + "\"");
  out.columns.kind = *known;
  SCRIM_TRY(out.columns.text, selector.text("text"));
  SCRIM_CHECK_OK(selector.finish());
  SCRIM_TRY(const Json mask, fields.any("mask"));
  SCRIM_TRY(out.mask, readMask(mask, fields.placeOf("mask")));
  if (fields.has("where")) {
    SCRIM_TRY(out.where, readExpressionAt(fields, "where"));
  }
  return Action(std::move(out));
}

Result<Action> readSubscription(Fields& fields) {
  SCRIM_TRY(const std::string by, fields.text("by"));
  const auto known = valueOf(kSubscriptionWords, by);
  if (!known) return wrongAt(fields.placeOf("by"), "there is no subscription by \"" + by + "\"");
  SubscriptionAction out{*known};
  if (*known == SubscriptionAction::Kind::condition) {
    SCRIM_TRY(out.condition, readConditionAt(fields, "condition"));
  }
  if (*known == SubscriptionAction::Kind::approval) {
    SCRIM_TRY(out.approvers, fields.texts("approvers"));
  }
  return Action(std::move(out));
}

Result<Action> readActionParts(Fields& fields) {
  SCRIM_TRY(const std::string kind, fields.text("kind"));
  if (kind == "mask") return readMaskAction(fields);
  if (kind == "subscription") return readSubscription(fields);
  if (kind == "rows") {
    SCRIM_TRY(policy::ExpressionPtr predicate, readExpressionAt(fields, "predicate"));
    return Action(RowAction{std::move(predicate)});
  }
  if (kind != "purposes") return wrongAt(fields.placeOf("kind"), "there is no action \"" + kind + "\"");
  SCRIM_TRY(std::vector<std::string> purposes, fields.texts("purposes"));
  return Action(PurposeAction{std::move(purposes)});
}

Result<Action> readAction(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  SCRIM_TRY(Action out, readActionParts(fields));
  SCRIM_CHECK_OK(fields.finish());
  return out;
}

Result<Audience> readAudience(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  Audience out;
  if (fields.has("everyone")) {
    SCRIM_TRY(const bool everyone, fields.flag("everyone"));
    if (!everyone) return wrongAt(fields.placeOf("everyone"), "this can only be true");
    out.everyoneExcept = fields.has("except");
    if (out.everyoneExcept) {
      SCRIM_TRY(out.condition, readConditionAt(fields, "except"));
    }
  } else {
    SCRIM_TRY(out.condition, readConditionAt(fields, "condition"));
  }
  SCRIM_CHECK_OK(fields.finish());
  return out;
}

}  // namespace

ObjectPtr objectOf(const Condition& condition) {
  ObjectPtr out = newObject();
  out->set("kind", std::string(wordOf(kConditionWords, condition.kind)));
  if (!condition.name.empty()) out->set("name", condition.name);
  if (condition.value) out->set("value", *condition.value);
  if (condition.children.empty()) return out;
  Poco::JSON::Array::Ptr children(new Poco::JSON::Array);
  for (const ConditionPtr& child : condition.children) children->add(objectOf(*child));
  out->set("children", children);
  return out;
}

Result<ConditionPtr> readCondition(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  SCRIM_TRY(const std::string kind, fields.text("kind"));
  const std::optional<ConditionKind> known = valueOf(kConditionWords, kind);
  if (!known || *known == ConditionKind::everyone) return wrongAt(place, "there is no condition \"" + kind + "\"");
  Condition out{.kind = *known};
  const bool combines =
      out.kind == ConditionKind::both || out.kind == ConditionKind::either || out.kind == ConditionKind::negation;
  if (combines) {
    SCRIM_TRY(out.children, readList<ConditionPtr>(fields, "children", readCondition));
    const bool one = out.children.size() == 1;
    if (out.children.empty() || one != (out.kind == ConditionKind::negation))
      return wrongAt(place, "it has other parts");
  } else {
    SCRIM_TRY(out.name, fields.text("name"));
  }
  if (out.kind == ConditionKind::hasAttribute && fields.has("value")) {
    SCRIM_TRY(out.value, fields.text("value"));
  }
  SCRIM_CHECK_OK(fields.finish());
  return std::make_shared<const Condition>(std::move(out));
}

ObjectPtr objectOf(const Sentence& sentence) {
  ObjectPtr out = newObject();
  if (!sentence.dataSourceTags.empty()) out->set("dataSourceTags", arrayOf(sentence.dataSourceTags));
  out->set("action", std::visit(ActionWriter{}, sentence.action));
  out->set("audience", audienceObject(sentence.audience));
  if (sentence.otherwise) out->set("otherwise", std::visit(ActionWriter{}, *sentence.otherwise));
  return out;
}

Result<Sentence> readSentence(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  Sentence out;
  if (fields.has("dataSourceTags")) {
    SCRIM_TRY(out.dataSourceTags, fields.texts("dataSourceTags"));
  }
  SCRIM_TRY(const Json action, fields.any("action"));
  SCRIM_TRY(out.action, readAction(action, fields.placeOf("action")));
  SCRIM_TRY(const Json audience, fields.any("audience"));
  SCRIM_TRY(out.audience, readAudience(audience, fields.placeOf("audience")));
  if (fields.has("otherwise")) {
    SCRIM_TRY(const Json otherwise, fields.any("otherwise"));
    SCRIM_TRY(out.otherwise, readAction(otherwise, fields.placeOf("otherwise")));
  }
  SCRIM_CHECK_OK(fields.finish());
  // The sentence is what its text says: a tree that the text does not give back is none.
  auto parsed = policy::parseSentence(policy::print(out));
  if (!parsed.ok()) return wrongAt(place, parsed.error().message);
  if (!(*parsed == out)) return wrongAt(place, "the language cannot say this");
  return parsed;
}

}  // namespace scrim::contract
