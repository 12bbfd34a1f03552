// SPDX-License-Identifier: Apache-2.0
#include "common/contract/strict_json.h"

#include <Poco/JSON/JSONException.h>
#include <Poco/JSON/ParseHandler.h>
#include <Poco/JSON/Parser.h>

#include <sstream>

#include "common/base/utf8.h"

namespace scrim::contract {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// Builds what Poco's own handler builds, and refuses a key that its object already has.
class StrictHandler : public Poco::JSON::ParseHandler {
 public:
  void startObject() override {
    keys_.emplace_back();
    ParseHandler::startObject();
  }
  void endObject() override {
    keys_.pop_back();
    ParseHandler::endObject();
  }
  void key(const std::string& name) override {
    if (!keys_.back().insert(name).second) throw Poco::JSON::JSONException("the key \"" + name + "\" stands twice");
    ParseHandler::key(name);
  }

 private:
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

Error wrongAt(const std::string& place, std::string message) {
  return {ErrorCode::policyInvalid, place + ": " + std::move(message)};
}

Result<Json> parseJson(std::string_view text) {
  if (!base::isValidUtf8(text)) return wrongAt("$", "the text is not valid UTF-8");
  try {
    Poco::JSON::Handler::Ptr handler(new StrictHandler);
    Poco::JSON::Parser parser(handler);
    parser.setDepth(kDeepestJson);
    parser.setAllowNullByte(false);
    parser.parse(std::string(text));
    return handler->asVar();
  } catch (const Poco::Exception& failure) {
    return wrongAt("$", "this is not the JSON that is expected: " + failure.message());
  }
}

Result<Fields> Fields::of(const Json& value, std::string place) {
  if (value.type() != typeid(Poco::JSON::Object::Ptr)) return wrongAt(place, "an object is needed");
  return Fields(value.extract<Poco::JSON::Object::Ptr>(), std::move(place));
}

Result<Json> Fields::any(const std::string& name) {
  asked_.insert(name);
  if (!object_->has(name)) return wrongAt(place_, "the field \"" + name + "\" is missing");
  return object_->get(name);
}

Result<std::string> Fields::text(const std::string& name) {
  SCRIM_TRY(const Json value, any(name));
  if (!value.isString()) return wrongAt(placeOf(name), "a text is needed");
  return value.extract<std::string>();
}

Result<bool> Fields::flag(const std::string& name) {
  SCRIM_TRY(const Json value, any(name));
  if (!value.isBoolean()) return wrongAt(placeOf(name), "true or false is needed");
  return value.extract<bool>();
}

Result<std::int64_t> Fields::whole(const std::string& name) {
  SCRIM_TRY(const Json value, any(name));
  // Poco counts true and false among integers, and keeps numbers past 64 bits unsigned or as floating point.
  if (!value.isInteger() || value.isBoolean() || !value.isSigned())
    return wrongAt(placeOf(name), "a whole number is needed");
  return value.convert<std::int64_t>();
}

Result<std::vector<Json>> Fields::list(const std::string& name) {
  SCRIM_TRY(const Json value, any(name));
  if (value.type() != typeid(Poco::JSON::Array::Ptr)) return wrongAt(placeOf(name), "a list is needed");
  auto array = value.extract<Poco::JSON::Array::Ptr>();
  return std::vector<Json>(array->begin(), array->end());
}

Result<std::vector<std::string>> Fields::texts(const std::string& name) {
  return readList<std::string>(*this, name, [](const Json& item, const std::string& place) -> Result<std::string> {
    if (!item.isString()) return wrongAt(place, "a text is needed");
    return item.extract<std::string>();
  });
}

Result<std::set<std::string>> Fields::textSet(const std::string& name) {
  SCRIM_TRY(const std::vector<std::string> items, texts(name));
  std::set<std::string> out(items.begin(), items.end());
  if (out.size() != items.size()) return wrongAt(placeOf(name), "a text stands twice");
  return out;
}

Result<void> Fields::finish() const {
  for (const std::string& name : object_->getNames()) {
    if (!asked_.contains(name)) return wrongAt(place_, "the field \"" + name + "\" is not known");
  }
  return {};
}

Poco::JSON::Object::Ptr newObject() { return new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER); }

std::string written(const Poco::JSON::Object::Ptr& object) {
  std::ostringstream out;
  object->stringify(out);
  return out.str();
}

}  // namespace scrim::contract
