// SPDX-License-Identifier: Apache-2.0
#include "server/cli/json.h"

#include <Poco/Exception.h>
#include <Poco/JSON/ParseHandler.h>
#include <Poco/JSON/Parser.h>

#include <cstdio>

#include "common/base/utf8.h"
#include "server/cli/exit_codes.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

std::string unit(std::uint32_t value) {
  char out[8];
  std::snprintf(out, sizeof out, "\\u%04x", static_cast<unsigned>(value & 0xffffU));
  return out;
}

std::string escapedUnits(std::uint32_t character) {
  if (character <= 0xffff) return unit(character);
  const std::uint32_t rest = character - 0x10000;
  return unit(0xd800 + (rest >> 10U)) + unit(0xdc00 + (rest & 0x3ffU));
}

/// `indent` empty: everything on one line.
class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}
  std::string of(const Json& value, std::size_t level) const {
    if (const ObjectPtr object = objectOf(value)) return ofObject(object, level);
    if (const ArrayPtr array = arrayOf(value)) return ofArray(array, level);
    if (value.isEmpty()) return "null";
    if (value.isString()) return quotedText(value.convert<std::string>());
    return textOf(value);
  }

 private:
  std::string ofObject(const ObjectPtr& object, std::size_t level) const {
    std::string out;
    for (const std::string& name : object->getNames()) {
      out +=
          (out.empty() ? "" : comma()) + line(level + 1) + quotedText(name) + ": " + of(object->get(name), level + 1);
    }
    return out.empty() ? "{}" : "{" + out + line(level) + "}";
  }

  std::string ofArray(const ArrayPtr& array, std::size_t level) const {
    std::string out;
    for (const Json& item : *array) out += (out.empty() ? "" : comma()) + line(level + 1) + of(item, level + 1);
    return out.empty() ? "[]" : "[" + out + line(level) + "]";
  }

  std::string comma() const { return pretty_ ? "," : ", "; }
  std::string line(std::size_t level) const { return pretty_ ? "\n" + std::string(2 * level, ' ') : ""; }
  bool pretty_;
};

}  // namespace

base::Result<Json> parseJson(const std::string& text) {
  try {
    Poco::JSON::Parser parser(new Poco::JSON::ParseHandler(true));
    parser.setDepth(kDeepestJson);
    return parser.parse(text);
  } catch (const Poco::Exception& problem) {
    return refused("It is no JSON: " + problem.displayText());
  }
}

ObjectPtr newObject() { return new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER); }
ArrayPtr newArray() { return new Poco::JSON::Array; }

ObjectPtr objectOf(const Json& value) {
  return !value.isEmpty() && value.type() == typeid(ObjectPtr) ? value.extract<ObjectPtr>() : ObjectPtr();
}

ArrayPtr arrayOf(const Json& value) {
  return !value.isEmpty() && value.type() == typeid(ArrayPtr) ? value.extract<ArrayPtr>() : ArrayPtr();
}

std::string textOf(const Json& value) {
  if (value.isEmpty()) return "";
  if (value.isBoolean()) return value.convert<bool>() ? "true" : "false";
  return value.convert<std::string>();
}

std::string fieldText(const ObjectPtr& object, const std::string& name) {
  if (object.isNull() || !object->has(name)) return "";
  const Json value = object->get(name);
  return objectOf(value) || arrayOf(value) ? compactJson(value) : textOf(value);
}

std::vector<std::string> textsOf(const Json& value) {
  std::vector<std::string> out;
  if (const ArrayPtr array = arrayOf(value)) {
    for (const Json& item : *array) out.push_back(objectOf(item) || arrayOf(item) ? compactJson(item) : textOf(item));
  }
  return out;
}

std::string quotedText(std::string_view text) {
  const std::string valid = base::withInvalidReplaced(text);
  std::string out = "\"";
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t begin = at;
    const std::uint32_t character = nextCharacter(valid, at);
    if (character == '"' || character == '\\') {
      out += '\\';
      out += static_cast<char>(character);
    } else if (character == '\n') {
      out += "\\n";
    } else if (isHarmful(character)) {
      out += escapedUnits(character);
    } else {
      out.append(valid, begin, at - begin);
    }
  }
  return out + "\"";
}

std::string compactJson(const Json& value) { return Writer(false).of(value, 0); }
std::string prettyJson(const Json& value) { return Writer(true).of(value, 0); }

}  // namespace scrim::cli
