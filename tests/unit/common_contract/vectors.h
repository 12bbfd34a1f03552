// SPDX-License-Identifier: Apache-2.0
// Reading of the vectors in tests/conformance. A file that cannot be read fails the test that asks for it.
#pragma once

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "common/base/hash.h"
#include "common/policy/decide.h"

namespace scrim::contract {

using Object = Poco::JSON::Object::Ptr;

inline Object readVectors(const std::string& name) {
  std::ifstream file(std::string(SCRIM_SOURCE_DIR "/tests/conformance/") + name);
  std::stringstream text;
  text << file.rdbuf();
  return Poco::JSON::Parser().parse(text.str()).extract<Object>();
}

inline std::vector<Object> objectsOf(const Object& object, const std::string& name) {
  std::vector<Object> out;
  for (const auto& item : *object->getArray(name)) out.push_back(item.extract<Object>());
  return out;
}

inline std::vector<std::string> textsOf(const Object& object, const std::string& name) {
  std::vector<std::string> out;
  for (const auto& item : *object->getArray(name)) out.push_back(item.extract<std::string>());
  return out;
}

inline std::string textOf(const Object& object, const std::string& name) { return object->getValue<std::string>(name); }

inline std::optional<std::string> cellOf(const Object& object, const std::string& name) {
  if (object->isNull(name)) return std::nullopt;
  return textOf(object, name);
}

inline schema::DataType typeOf(const std::string& name, int modifier = -1) {
  auto type = schema::builtinType(name);
  EXPECT_TRUE(type) << name;
  schema::DataType out = type.value_or(schema::DataType{});
  out.modifier = modifier;
  return out;
}

inline std::string jsonOf(const Object& object) {
  std::ostringstream out;
  object->stringify(out);
  return out.str();
}

}  // namespace scrim::contract
