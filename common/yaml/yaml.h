// SPDX-License-Identifier: Apache-2.0
// A YAML text as a plain tree with places, and strict reading of it: what is not expected is a problem, never ignored.
// Anchors, aliases, tags and several documents are refused: a file that decides who sees what says it in full.
// The only file that knows yaml-cpp is yaml.cpp. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/yaml/problems.h"

namespace scrim::yaml {

struct YamlNode {
  enum class Kind { null, scalar, list, map } kind = Kind::null;
  Place at;
  std::string text;             // scalar
  bool quoted = false;          // scalar in quotes or a block: text, whatever it looks like
  std::vector<YamlNode> items;  // list; map: the values
  std::vector<YamlNode> keys;   // map: as many as items
};

/// nullopt: it is no YAML that we take; the problems say why.
std::optional<YamlNode> readYaml(std::string_view text, Problems& problems);

/// A scalar on one line that reads as `text`, which is valid UTF-8.
std::string yamlText(std::string_view text);

/// Where the character at `offset` of a scalar's text stands in the file: exact for a scalar on one line, else its
/// start.
Place placeWithin(const YamlNode& scalar, std::string_view file, std::size_t offset);

/// One map with known keys. Reports unknown, repeated and missing keys, and values of another kind.
class YamlMap {
 public:
  /// `what`: "a connection", for messages.
  YamlMap(const YamlNode& node, std::string what, const std::vector<std::string>& keys, Problems& problems);

  const YamlNode* find(const std::string& key) const;
  /// Reports if it is missing.
  const YamlNode* need(const std::string& key);

  std::string text(const std::string& key, std::string otherwise = {});
  std::string neededText(const std::string& key);
  bool truth(const std::string& key, bool otherwise);
  long number(const std::string& key, long least, long most, long otherwise);
  std::vector<YamlNode> list(const std::string& key);
  std::vector<std::string> texts(const std::string& key);

  Place at() const { return at_; }
  Problems& problems() { return problems_; }

 private:
  Place at_;
  std::string what_;
  std::vector<std::pair<std::string, const YamlNode*>> fields_;
  Problems& problems_;
};

/// Reports if it is no scalar, or empty where that is not allowed.
std::optional<std::string> scalarText(const YamlNode& node, const std::string& what, Problems& problems);

}  // namespace scrim::yaml
