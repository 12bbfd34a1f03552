// SPDX-License-Identifier: Apache-2.0
// JSON as the API sends it and as scrim prints it. Objects keep their order. One thread at a time.
#pragma once

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace scrim::cli {

using Json = Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;

inline constexpr int kDeepestJson = 1'000;

/// Errors: refused: it is no JSON.
base::Result<Json> parseJson(const std::string& text);
ObjectPtr newObject();
ArrayPtr newArray();

/// Null: it is none.
ObjectPtr objectOf(const Json& value);
ArrayPtr arrayOf(const Json& value);
/// A text, number or truth value as people read it; "" for null. Not for objects and arrays.
std::string textOf(const Json& value);
std::string fieldText(const ObjectPtr& object, const std::string& name);
std::vector<std::string> textsOf(const Json& value);

/// On one line.
std::string compactJson(const Json& value);
/// Two spaces a level. Characters that a terminal would act on stand as \u escapes: the value is the same.
std::string prettyJson(const Json& value);
/// A text in quotes, escaped as above; good for JSON and for YAML.
std::string quotedText(std::string_view text);

}  // namespace scrim::cli
