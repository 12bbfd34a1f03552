// SPDX-License-Identifier: Apache-2.0
// A file of policy tests, read: as this user, under this project, this statement gives these columns, rows, so many
// rows, or is refused. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/yaml/yaml.h"

namespace scrim::cli {

/// Where a user's password comes from: one of both is set.
struct PasswordPlace {
  std::string variable;
  std::string file;
  yaml::Place at;
};

using ExpectedRow = std::vector<std::optional<std::string>>;  // texts as PostgreSQL writes them; nullopt: NULL

struct PolicyTest {
  std::string name;
  std::string user;
  std::string project;  // acted under; empty: none
  std::string query;
  yaml::Place at;
  std::optional<std::vector<std::string>> columns;
  std::optional<std::vector<ExpectedRow>> rows;
  bool ordered = false;
  std::optional<long> count;
  std::string refused;  // an SQLSTATE; empty: it is answered
};

struct PolicyTests {
  std::map<std::string, PasswordPlace> passwords;  // by user
  std::vector<PolicyTest> tests;
};

/// What is not understood is a problem, with its place. The result is whole only when there is none.
PolicyTests readPolicyTests(std::string_view text, yaml::Problems& problems);

}  // namespace scrim::cli
