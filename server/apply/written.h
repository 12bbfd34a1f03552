// SPDX-License-Identifier: Apache-2.0
// The catalog written down as a document (document.h reads it), and what differs between two of them. Secrets are not
// in it: passwords stay what they are when the document is applied, keys of data sources are made anew in another
// catalog. Values; pure but for writeDown().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/catalog/writer.h"

namespace scrim::apply {

/// A key of an entry, its value as YAML on one line.
struct WrittenField {
  std::string key;
  std::vector<std::string> values;  // of a list one for each item
  bool isList = false;
  bool isSecret = false;  // the value is a digest: compared, never shown
};

struct WrittenEntry {
  std::string section;  // "data_sources"
  std::string name;
  std::vector<WrittenField> fields;
};
using Written = std::vector<WrittenEntry>;  // section by section, by name

/// Errors: those of the catalog.
base::Result<Written> writeDown(catalog::Writer& writer);
/// As YAML, without secrets.
std::string printed(const Written& entries);

struct Difference {
  std::string field;
  std::optional<std::string> before;  // YAML; nullopt: it is new
  std::optional<std::string> after;   // nullopt: it is gone
};
struct Change {
  enum class Action { create, update, remove } action = Action::update;
  std::string kind;  // "data source"
  std::string name;
  std::vector<Difference> differences;  // of a list, one for each item that comes or goes
};
std::vector<Change> changesBetween(const Written& before, const Written& after);

}  // namespace scrim::apply
