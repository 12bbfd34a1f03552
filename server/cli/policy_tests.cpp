// SPDX-License-Identifier: Apache-2.0
#include "server/cli/policy_tests.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <set>

namespace scrim::cli {
namespace {

using yaml::Problems;
using yaml::YamlMap;
using yaml::YamlNode;

const YamlNode* listAt(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.find(key);
  if (node == nullptr || node->kind == YamlNode::Kind::list) return node;
  map.problems().add(node->at, key + " must be a list");
  return nullptr;
}

void readPasswords(const YamlNode& node, PolicyTests& tests, Problems& problems) {
  if (node.kind != YamlNode::Kind::map) {
    problems.add(node.at, "passwords must be a map of users");
    return;
  }
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const auto user = scalarText(node.keys[i], "a user", problems);
    if (!user) continue;
    YamlMap map(node.items[i], "the password of " + *user, {"env", "file"}, problems);
    PasswordPlace place{map.text("env"), map.text("file"), node.items[i].at};
    if (node.items[i].kind == YamlNode::Kind::map && place.variable.empty() == place.file.empty()) {
      problems.add(place.at, "give one of env, the name of a variable, and file, a file that only you may read");
    }
    if (!tests.passwords.emplace(*user, std::move(place)).second) {
      problems.add(node.keys[i].at, "the user " + *user + " stands here twice");
    }
  }
}

void readColumns(YamlMap& map, PolicyTest& test) {
  const YamlNode* list = listAt(map, "columns");
  if (list == nullptr) return;
  test.columns.emplace();
  for (const YamlNode& item : list->items) {
    if (auto name = scalarText(item, "each of columns", map.problems())) test.columns->push_back(*std::move(name));
  }
}

ExpectedRow readRow(const YamlNode& node, Problems& problems) {
  ExpectedRow row;
  for (const YamlNode& item : node.items) {
    if (item.kind == YamlNode::Kind::null) {
      row.emplace_back(std::nullopt);
    } else {
      row.push_back(scalarText(item, "each value of a row", problems).value_or(""));
    }
  }
  return row;
}

void readRows(YamlMap& map, PolicyTest& test) {
  const YamlNode* list = listAt(map, "rows");
  if (list == nullptr) return;
  test.rows.emplace();
  for (const YamlNode& item : list->items) {
    if (item.kind != YamlNode::Kind::list) {
      map.problems().add(item.at, "each of rows must be a list of values");
      continue;
    }
    test.rows->push_back(readRow(item, map.problems()));
    const std::size_t wanted = test.columns ? test.columns->size() : test.rows->front().size();
    if (item.items.size() != wanted) {
      map.problems().add(
          item.at, "this row has " + std::to_string(item.items.size()) + " values, not " + std::to_string(wanted));
    }
  }
}

void readRefused(YamlMap& map, PolicyTest& test) {
  const YamlNode* node = map.find("refused");
  if (node == nullptr) return;
  test.refused = map.neededText("refused");
  const bool good = test.refused.size() == 5 && std::all_of(test.refused.begin(), test.refused.end(), [](char c) {
                      return std::isdigit(static_cast<unsigned char>(c)) != 0 || (c >= 'A' && c <= 'Z');
                    });
  if (!good) map.problems().add(node->at, "refused must be an SQLSTATE, five digits and capital letters: \"42501\"");
  if (test.columns || test.rows || test.count) {
    map.problems().add(node->at, "what is refused has no columns, rows or count");
  }
}

void checkExpectsSomething(YamlMap& map, const PolicyTest& test) {
  if (!map.find("columns") && !map.find("rows") && !map.find("count") && !map.find("refused")) {
    map.problems().add(map.at(), "the test expects nothing: give columns, rows, count or refused");
  }
  if (map.find("ordered") && !map.find("rows")) {
    map.problems().add(map.find("ordered")->at, "ordered says how rows are compared, and there are none");
  }
  if (test.rows && test.count && static_cast<std::size_t>(*test.count) != test.rows->size()) {
    map.problems().add(map.find("count")->at, "count is not the number of rows above");
  }
}

PolicyTest readTest(const YamlNode& node, Problems& problems) {
  YamlMap map(node, "a test", {"name", "as", "project", "query", "columns", "rows", "ordered", "count", "refused"},
              problems);
  PolicyTest test;
  test.at = node.at;
  if (node.kind != YamlNode::Kind::map) return test;
  test.name = map.neededText("name");
  test.user = map.neededText("as");
  if (map.find("project") != nullptr) test.project = map.neededText("project");
  test.query = map.neededText("query");
  test.ordered = map.truth("ordered", false);
  if (map.find("count") != nullptr) test.count = map.number("count", 0, std::numeric_limits<long>::max(), 0);
  readColumns(map, test);
  readRows(map, test);
  readRefused(map, test);
  checkExpectsSomething(map, test);
  return test;
}

void readAllTests(YamlMap& map, PolicyTests& all) {
  const YamlNode* list = map.need("tests") == nullptr ? nullptr : listAt(map, "tests");
  if (list == nullptr) return;
  if (list->items.empty()) map.problems().add(list->at, "there is no test here");
  std::set<std::string> names;
  for (const YamlNode& item : list->items) {
    all.tests.push_back(readTest(item, map.problems()));
    const PolicyTest& test = all.tests.back();
    if (!test.name.empty() && !names.insert(test.name).second) {
      map.problems().add(test.at, "another test is called " + test.name);
    }
    if (!test.user.empty() && !all.passwords.contains(test.user)) {
      map.problems().add(test.at, "passwords does not say where the password of " + test.user + " is");
    }
  }
}

}  // namespace

PolicyTests readPolicyTests(std::string_view text, Problems& problems) {
  PolicyTests all;
  const auto root = yaml::readYaml(text, problems);
  if (!root) return all;
  YamlMap map(*root, "a file of policy tests", {"passwords", "tests"}, problems);
  if (root->kind != YamlNode::Kind::map) return all;
  if (const YamlNode* passwords = map.need("passwords")) readPasswords(*passwords, all, problems);
  readAllTests(map, all);
  return all;
}

}  // namespace scrim::cli
