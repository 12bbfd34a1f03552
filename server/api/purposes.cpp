// SPDX-License-Identifier: Apache-2.0
#include "common/policy/purposes.h"

#include "common/schema/tag.h"
#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/catalog/purpose_store.h"
#include "server/catalog/rule_store.h"

namespace scrim::api::purposes {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::Purpose;

constexpr std::string_view kNoun = "purpose";

ObjectPtr show(const Purpose& purpose) {
  ObjectPtr out = contract::newObject();
  out->set("id", purpose.id.value);
  out->set("name", purpose.name);
  out->set("description", purpose.description);
  return out;
}

base::Result<Purpose> readChange(contract::Fields& fields) {
  Purpose purpose;
  SCRIM_TRY(purpose.description, optionalText(fields, "description"));
  SCRIM_CHECK_OK(checkText(purpose.description, kLongestDescription, fields.placeOf("description")));
  return purpose;
}

base::Result<Purpose> readNew(contract::Fields& fields) {
  SCRIM_TRY(Purpose purpose, readChange(fields));
  SCRIM_TRY(purpose.name, fields.text("name"));
  SCRIM_CHECK_OK(checkName(purpose.name, fields.placeOf("name")));
  if (schema::isValidTag(purpose.name)) return purpose;
  return contract::wrongAt(fields.placeOf("name"), "\"" + purpose.name +
                                                       "\" is no purpose: write words with dots between them, like "
                                                       "Marketing.Email");
}

base::Result<catalog::PurposePtr> named(const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "purpose", kNoun));
  catalog::PurposePtr found = call.snapshot->purpose(base::PurposeId{id});
  if (found == nullptr) return noSuch(kNoun, std::to_string(id));
  return found;
}

base::Result<Purpose> present(const std::vector<Purpose>& all, const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "purpose", kNoun));
  for (const Purpose& each : all) {
    if (each.id.value == id) return each;
  }
  return noSuch(kNoun, std::to_string(id));
}

/// What a purpose stands below is one too, so that no rule is about a name that was never thought of.
base::Result<void> checkParent(const std::vector<Purpose>& all, const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) return {};
  const std::string parent = name.substr(0, dot);
  if (catalog::purposeNamed(all, parent) != nullptr) return {};
  return Error{ErrorCode::invalidValue, "There is no purpose " + parent + " that it could stand below.", "$.name",
               "Make that one first."};
}

base::Result<void> checkUnused(catalog::Writer& writer, const std::vector<Purpose>& all, const Purpose& purpose) {
  const auto inUse = [](std::string by) {
    return Error{ErrorCode::duplicateObject, "The purpose is in use: " + std::move(by) + "."};
  };
  for (const Purpose& each : all) {
    if (each.id != purpose.id && schema::tagCovers(purpose.name, each.name)) return inUse(each.name + " is below it");
  }
  SCRIM_TRY(const auto rules, catalog::loadRules(writer.link()));
  for (const policy::Rule& rule : rules) {
    if (rule.sentence == nullptr) continue;
    for (const std::string& name : policy::purposesNamed(*rule.sentence)) {
      if (schema::foldedTag(name) == schema::foldedTag(purpose.name))
        return inUse("rule " + std::to_string(rule.id.value) + " names it");
    }
  }
  return {};
}

}  // namespace

base::Result<Answer> list(Call& call) {
  const std::string part = call.query("q").value_or("");
  return pageAnswer(
      call, call.snapshot->purposes(), [](const auto& each) { return each->id.value; },
      [&](const auto& each) { return contains(each->name, part); }, [](const auto& each) { return show(*each); });
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const catalog::PurposePtr found, named(call));
  return answerOf(show(*found));
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(const Purpose wanted, readBody<Purpose>(call, readNew));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const auto all, catalog::loadPurposes(writer.link()));
    SCRIM_CHECK_OK(checkParent(all, wanted.name));
    Purpose purpose = wanted;
    SCRIM_TRY(purpose.id, save(writer, purpose));
    return Outcome{createdAnswer(show(purpose), "/api/v1/purposes/" + std::to_string(purpose.id.value)),
                   "purpose " + purpose.name + " made: " + contract::written(show(purpose))};
  });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(const Purpose wanted, readBody<Purpose>(call, readChange));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const auto all, catalog::loadPurposes(writer.link()));
    SCRIM_TRY(Purpose purpose, present(all, call));
    SCRIM_CHECK_OK(holdMatch(call, show(purpose)));
    purpose.description = wanted.description;
    SCRIM_CHECK_OK(save(writer, purpose));
    return Outcome{answerOf(show(purpose)),
                   "purpose " + purpose.name + " changed: " + contract::written(show(purpose))};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const auto all, catalog::loadPurposes(writer.link()));
    SCRIM_TRY(const Purpose purpose, present(all, call));
    SCRIM_CHECK_OK(holdMatch(call, show(purpose)));
    SCRIM_CHECK_OK(checkUnused(writer, all, purpose));
    auto removed = removePurpose(writer, purpose.id);
    if (!removed && removed.error().sqlstate == "23503") {
      return Error{ErrorCode::duplicateObject, "The purpose is in use: a project has it."};
    }
    SCRIM_CHECK_OK(std::move(removed));
    return Outcome{Answer{}, "purpose " + purpose.name + " removed"};
  });
}

}  // namespace scrim::api::purposes
