// SPDX-License-Identifier: Apache-2.0
// Running protected statements on the private PostgreSQL of tests, with psql: many in one go.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/query/route/routed_query.h"

namespace scrim::test {

/// Loads tests/golden/world.sql into a database of its own on SourceServer::shared().
void createWorld(const std::string& database);
void sqlIn(const std::string& database, const std::string& text);

/// Runs each script (key, SQL) after `settings`; what it printed, by key. Errors are part of the output.
std::map<std::string, std::string> runAll(const std::string& database, const std::string& settings,
                                          const std::vector<std::pair<std::string, std::string>>& scripts);

/// PREPARE and EXECUTE of a routed query; `arguments`: the client's, as SQL literals. `verb`: before EXECUTE, as
/// EXPLAIN.
std::string executeScript(const route::RoutedQuery& query, const std::string& arguments = {},
                          const std::string& verb = {});

}  // namespace scrim::test
