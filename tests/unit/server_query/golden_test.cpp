// SPDX-License-Identifier: Apache-2.0
// Golden cases: statement and subject -> the protected text, or the error with its position (tests/golden/*.txt). Each
// protected text is also run on a real PostgreSQL, and its rows compared with those of the user's own text on hand-made
// views (tests/golden/world.sql). SCRIM_UPDATE_GOLDEN=1 rewrites the files.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "session.h"
#include "world.h"

namespace scrim::test {
namespace {

struct Case {
  std::string title, subject = "alice", sql, expected, arguments;
  bool run = true;  // rows depend on the moment, or on what views cannot say
  int line = 0;
};

// == title        begins a case; "-- subject: bob", "-- arguments: 5, 'x'" and "-- run: no" may follow, then the
// statement, then a line of dashes and what is expected.
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
    createWorld("golden");
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
    for (std::string line; std::getline(in, line);) lines.push_back(line);
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
      scripts.emplace_back(key + "s", executeScript(**query, one.arguments));
      scripts.emplace_back(key + "o", oracleOf(one));
    }
    if (update) rewrite(entry.path(), cases);
  }
  const auto results = runAll("golden", "", scripts);
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
