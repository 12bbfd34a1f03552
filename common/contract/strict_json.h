// SPDX-License-Identifier: Apache-2.0
// Strict reading over Poco's JSON, which by itself keeps the last of doubled keys and converts types. Internal to this
// room; one thread at a time.
#pragma once

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace scrim::contract {

using Json = Poco::Dynamic::Var;

/// RFC 8259, UTF-8, without doubled keys, at most kDeepestJson levels. Errors: policyInvalid.
base::Result<Json> parseJson(std::string_view text);
inline constexpr int kDeepestJson = 400;

base::Error wrongAt(const std::string& place, std::string message);

/// One object: every field is asked for by name, and none may be left over.
class Fields {
 public:
  static base::Result<Fields> of(const Json& value, std::string place);

  bool has(const std::string& name) const { return object_->has(name); }
  base::Result<std::string> text(const std::string& name);
  base::Result<bool> flag(const std::string& name);
  base::Result<std::int64_t> whole(const std::string& name);
  base::Result<std::vector<std::string>> texts(const std::string& name);
  base::Result<std::set<std::string>> textSet(const std::string& name);  // a doubled one is an error
  base::Result<std::vector<Json>> list(const std::string& name);
  base::Result<Json> any(const std::string& name);
  std::string placeOf(const std::string& name) const { return place_ + "." + name; }
  std::vector<std::string> names() const { return object_->getNames(); }
  /// Errors: a field that nobody asked for.
  base::Result<void> finish() const;

 private:
  Fields(Poco::JSON::Object::Ptr object, std::string place) : object_(std::move(object)), place_(std::move(place)) {}

  Poco::JSON::Object::Ptr object_;
  std::string place_;
  std::set<std::string> asked_;
};

/// The elements of a list, with the function told each one's place.
template <typename T>
base::Result<std::vector<T>> readList(Fields& fields, const std::string& name,
                                      const std::function<base::Result<T>(const Json&, const std::string&)>& read) {
  SCRIM_TRY(const std::vector<Json> items, fields.list(name));
  std::vector<T> out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    SCRIM_TRY(T item, read(items[i], fields.placeOf(name) + "[" + std::to_string(i) + "]"));
    out.push_back(std::move(item));
  }
  return out;
}

// Writing: objects keep the order in which fields were set.
Poco::JSON::Object::Ptr newObject();
std::string written(const Poco::JSON::Object::Ptr& object);

}  // namespace scrim::contract
