// SPDX-License-Identifier: Apache-2.0
#include "server/cli/columns.h"

#include <set>

#include "server/cli/exit_codes.h"

namespace scrim::cli {
namespace {

ObjectPtr columnNamed(ObjectPtr body, const std::string& name) {
  ArrayPtr columns = body->has("columns") ? arrayOf(body->get("columns")) : ArrayPtr();
  if (columns.isNull()) {
    columns = newArray();
    body->set("columns", columns);
  }
  for (const Json& each : *columns) {
    if (fieldText(objectOf(each), "name") == name) return objectOf(each);
  }
  ObjectPtr column = newObject();
  column->set("name", name);
  columns->add(column);
  return column;
}

base::Result<void> setTags(const std::vector<std::string>& pairs, ObjectPtr body) {
  std::set<std::string> begun;
  for (const std::string& pair : pairs) {
    SCRIM_TRY(const auto split, splitPair(pair));
    ObjectPtr column = columnNamed(body, split.first);
    if (begun.insert(split.first).second) column->set("tags", newArray());
    if (!split.second.empty()) arrayOf(column->get("tags"))->add(split.second);
  }
  return {};
}

base::Result<void> setComments(const std::vector<std::string>& pairs, ObjectPtr body) {
  for (const std::string& pair : pairs) {
    SCRIM_TRY(const auto split, splitPair(pair));
    columnNamed(body, split.first)->set("comment", split.second);
  }
  return {};
}

}  // namespace

base::Result<std::pair<std::string, std::string>> splitPair(const std::string& text) {
  const std::size_t at = text.find('=');
  if (at != std::string::npos && at > 0) return std::pair{text.substr(0, at), text.substr(at + 1)};
  return wrongCommandLine(text + " is no NAME=VALUE.");
}

ArrayPtr keptColumns(const ArrayPtr& present) {
  ArrayPtr out = newArray();
  if (present.isNull()) return out;
  for (const Json& each : *present) {
    const ObjectPtr before = objectOf(each);
    ObjectPtr column = newObject();
    for (const char* name : {"name", "tags", "comment", "exposed"}) {
      if (before && before->has(name)) column->set(name, before->get(name));
    }
    out->add(column);
  }
  return out;
}

base::Result<void> changeColumns(Kind kind, const std::vector<std::string>& values, ObjectPtr body) {
  if (kind == Kind::columnTags) return setTags(values, body);
  if (kind == Kind::columnComments) return setComments(values, body);
  for (const std::string& name : values) columnNamed(body, name)->set("exposed", kind == Kind::showsColumns);
  return {};
}

}  // namespace scrim::cli
