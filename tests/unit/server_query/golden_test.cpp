// SPDX-License-Identifier: Apache-2.0
// Golden cases: statement and subject -> the protected text, or the error with its position (tests/golden/*.txt). Each protected
// text is also run on a real PostgreSQL, and its rows compared with those of the user's own text on hand-made views
// (tests/golden/world.sql). SCRIM_UPDATE_GOLDEN=1 rewrites the files.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "common/base/hash.h"
#include "tests/support/source_server.h"
#include "world.h"

namespace scrim::test {
namespace {

struct Case {
  std::string title, subject = "alice", sql, expected, arguments;
  bool run = true;  // rows depend on the moment, or on what views cannot say
  int line = 0;
};

// == title        begins a case; "-- subject: bob", "-- arguments: 5, 'x'" and "-- run: no" may follow, then the statement,
// then a line of dashes and what is expected.
std::vector<Case> readCases(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  std::string line;
  bool expecting = false;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.starts_with("== ")) {
      cases.push_back({.title = line.substr(3), .line = number});
      expecting = false;
    } else if (cases.empty()) {
      continue;
    } else if (line.starts_with("-- subject: ")) {
      cases.back().subject = line.substr(12);
    } else if (line.starts_with("-- arguments: ")) {
      cases.back().arguments = line.substr(14);
    } else if (line == "-- run: no") {
      cases.back().run = false;
    } else if (line == "----") {
      expecting = true;
    } else {
      std::string& text = expecting ? cases.back().expected : cases.back().sql;
      text += (text.empty() ? "" : "\n") + line;
    }
  }
  for (Case& one : cases) {
    while (one.expected.ends_with('\n')) one.expected.pop_back();
    while (one.sql.ends_with('\n')) one.sql.pop_back();
  }
  return cases;
}

std::string describe(const base::Error& error) {
  std::string text = "ERROR " + std::string(base::sqlstateOf(error)) + ": " + error.message;
  if (error.position) text += "\nAT: " + std::to_string(*error.position);
  if (!error.detail.empty()) text += "\nDETAIL: " + error.detail;
  if (!error.hint.empty()) text += "\nHINT: " + error.hint;
  return text;
}

base::Result<route::RoutedQueryPtr> prepared(const catalog::SnapshotPtr& world, const Case& one) {
  auto parsed = parse::parseOne(one.sql);
  if (!parsed.ok()) return std::move(parsed).error();
  auto kind = resolve::classify(*parsed);
  if (!kind.ok()) return std::move(kind).error();
  if (*kind != resolve::StatementKind::select) {
    auto inner = resolve::innerSelect(*parsed);
    if (!inner.ok()) return std::move(inner).error();
    return query::prepare(contextOf(world, one.subject), std::move(*inner));
  }
  return query::prepare(contextOf(world, one.subject), std::move(*parsed));
}

class Golden : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = makeWorld();
    std::ifstream file(std::string(SCRIM_SOURCE_DIR) + "/tests/golden/world.sql");
    std::stringstream text;
    text << file.rdbuf();
    SourceServer::shared().sql(text.str());
  }

  // Every statement in one psql; the output of each between marks.
  static std::map<std::string, std::string> runAll(const std::vector<std::pair<std::string, std::string>>& scripts) {
    const auto path = std::filesystem::temp_directory_path() / ("scrim-golden-" + std::to_string(getpid()) + ".sql");
    {
      std::ofstream file(path);
      file << "SET TimeZone = 'Europe/Berlin';\n";
      for (const auto& [key, script] : scripts) file << "\\echo @@" << key << "\n" << script << "\n";
    }
    const SourceServer& server = SourceServer::shared();
    const std::string command = "psql -X -q -A -t -P null='<null>' -h " + server.socketFolder() + " -p " + std::to_string(server.port()) +
                                " -U postgres -d postgres -f " + path.string() + " 2>&1";
    std::map<std::string, std::string> results;
    FILE* pipe = popen(command.c_str(), "r");
    std::string key, all;
    std::array<char, 65536> bytes;
    while (const std::size_t count = fread(bytes.data(), 1, bytes.size(), pipe)) all.append(bytes.data(), count);
    pclose(pipe);
    std::filesystem::remove(path);
    std::istringstream lines(all);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("@@")) {
        key = line.substr(2);
        results[key];
      } else {
        results[key] += line + "\n";
      }
    }
    return results;
  }

  static std::string typeName(std::uint32_t oid) { return oid == 17 ? "bytea" : "unknown"; }

  static std::string scriptOf(const route::RoutedQuery& query, const Case& one) {
    std::string types, values = one.arguments;
    for (std::size_t i = 0; i < query.parameters.size(); ++i) {
      types += (i == 0 ? "" : ", ") + typeName(query.parameterTypes[i]);
      if (query.parameters[i].from != route::ParameterOrigin::From::policy) continue;
      const auto bytes = query.policyValues[static_cast<std::size_t>(query.parameters[i].index)].reveal();
      values += (values.empty() ? "'\\x" : ", '\\x") + base::toHex(bytes) + "'";
    }
    const bool none = query.parameters.empty();
    return "SET search_path = pg_catalog;\nPREPARE q" + (none ? "" : " (" + types + ")") + " AS " + query.sql + ";\nEXECUTE q" +
           (none ? "" : " (" + values + ")") + ";\nDEALLOCATE q;";
  }

  static std::string oracleOf(const Case& one) {
    const std::string before = "SET search_path = " + one.subject + ";\n";
    std::string sql = one.sql;
    for (std::size_t at; (at = sql.find("public.")) != std::string::npos;) sql.replace(at, 6, one.subject);
    if (one.arguments.empty()) return before + sql + ";";
    return before + "PREPARE q AS " + sql + ";\nEXECUTE q (" + one.arguments + ");\nDEALLOCATE q;";
  }

  static std::string sorted(const std::string& rows) {
    std::istringstream in(rows);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with("psql:")) lines.push_back(line);
      else lines.push_back(line.substr(line.find("ERROR") == std::string::npos ? 0 : line.find("ERROR")));
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  inline static catalog::SnapshotPtr world_;
};

void rewrite(const std::filesystem::path& path, const std::vector<Case>& cases) {
  std::ofstream file(path);
  for (const Case& one : cases) {
    file << "== " << one.title << "\n";
    if (one.subject != "alice") file << "-- subject: " << one.subject << "\n";
    if (!one.arguments.empty()) file << "-- arguments: " << one.arguments << "\n";
    if (!one.run) file << "-- run: no\n";
    file << one.sql << "\n----\n" << one.expected << "\n\n";
  }
}

TEST_F(Golden, EveryCase) {
  const bool update = std::getenv("SCRIM_UPDATE_GOLDEN") != nullptr;
  std::vector<std::pair<std::string, std::string>> scripts;
  std::map<std::string, std::string> titles;
  std::size_t count = 0, compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(SCRIM_SOURCE_DIR) + "/tests/golden")) {
    if (entry.path().extension() != ".txt") continue;
    std::vector<Case> cases = readCases(entry.path());
    for (Case& one : cases) {
      const std::string where = entry.path().filename().string() + ":" + std::to_string(one.line) + " " + one.title;
      ++count;
      const auto query = prepared(world_, one);
      const std::string found = query.ok() ? (*query)->sql : describe(query.error());
      if (update) {
        one.expected = found;
      } else {
        EXPECT_EQ(found, one.expected) << where;
      }
      if (!query.ok() || !one.run || (*query)->connection == route::kLocalConnection) continue;
      const std::string key = std::to_string(++compared);
      titles[key] = where + "\n" + one.sql + "\n" + (*query)->sql;
      scripts.emplace_back(key + "s", scriptOf(**query, one));
      scripts.emplace_back(key + "o", oracleOf(one));
    }
    if (update) rewrite(entry.path(), cases);
  }
  const auto results = runAll(scripts);
  for (const auto& [key, title] : titles) {
    const std::string ours = sorted(results.at(key + "s"));
    EXPECT_EQ(ours, sorted(results.at(key + "o"))) << title;
    EXPECT_EQ(ours.find("ERROR"), std::string::npos) << title << "\n" << ours;
  }
  EXPECT_GE(count, 1u);
  RecordProperty("cases", static_cast<int>(count));
  std::cout << count << " golden cases, " << compared << " of them run and compared with views\n";
}

}  // namespace
}  // namespace scrim::test
