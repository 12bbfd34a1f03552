// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/hash.h"
#include "tests/support/source_server.h"

namespace scrim::test {
namespace {

std::string psql(const std::string& database, const std::string& script) {
  const auto path = std::filesystem::temp_directory_path() / ("scrim-query-" + std::to_string(getpid()) + ".sql");
  std::ofstream(path) << script;
  const SourceServer& server = SourceServer::shared();
  const std::string command = "psql -X -q -A -t -P null='<null>' -h " + server.socketFolder() + " -p " +
                              std::to_string(server.port()) + " -U postgres -d " + database + " -f " + path.string() +
                              " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string all;
  std::array<char, 65536> bytes;
  while (const std::size_t count = fread(bytes.data(), 1, bytes.size(), pipe)) all.append(bytes.data(), count);
  pclose(pipe);
  std::filesystem::remove(path);
  return all;
}

}  // namespace

void createWorld(const std::string& database) {
  SourceServer::shared().sql("CREATE DATABASE " + database);
  std::ifstream file(std::string(SCRIM_SOURCE_DIR) + "/tests/golden/world.sql");
  std::stringstream text;
  text << file.rdbuf();
  sqlIn(database, text.str());
}

void sqlIn(const std::string& database, const std::string& text) {
  const std::string output = psql(database, "\\set ON_ERROR_STOP on\n" + text);
  if (output.find("ERROR") != std::string::npos) throw std::runtime_error(output);
}

std::map<std::string, std::string> runAll(const std::string& database, const std::string& settings,
                                          const std::vector<std::pair<std::string, std::string>>& scripts) {
  std::string script = "SET TimeZone = 'Europe/Berlin';\n" + settings + "\n";
  for (const auto& [key, text] : scripts) script += "\\echo @@" + key + "\n" + text + "\n";
  std::istringstream lines(psql(database, script));
  std::map<std::string, std::string> results;
  std::string key;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("@@")) {
      key = line.substr(2);
      results[key];
    } else {
      // psql:file:line: ERROR: the file's name says nothing
      const std::size_t error = line.starts_with("psql:") ? line.find("ERROR") : std::string::npos;
      results[key] += (error == std::string::npos ? line : line.substr(error)) + "\n";
    }
  }
  return results;
}

std::string executeScript(const route::RoutedQuery& query, const std::string& arguments, const std::string& verb) {
  std::string types, values = arguments;
  for (std::size_t i = 0; i < query.parameters.size(); ++i) {
    const bool policy = query.parameters[i].from == route::ParameterOrigin::From::policy;
    types += std::string(i == 0 ? "" : ", ") + (policy ? "bytea" : "unknown");
    if (!policy) continue;
    const auto bytes = query.policyValues[static_cast<std::size_t>(query.parameters[i].index)].reveal();
    values += (values.empty() ? "'\\x" : ", '\\x") + base::toHex(bytes) + "'";
  }
  const bool none = query.parameters.empty();
  return "SET search_path = pg_catalog;\nPREPARE q" + (none ? "" : " (" + types + ")") + " AS " + query.sql + ";\n" +
         verb + " EXECUTE q" + (none ? "" : " (" + values + ")") + ";\nDEALLOCATE q;";
}

}  // namespace scrim::test
