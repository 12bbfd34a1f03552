// SPDX-License-Identifier: Apache-2.0
// Route: one line of the API: method, path, the right it needs, what it takes and gives. routes.cpp lists them all; the
// dispatcher, the OpenAPI document and the tests read the same list.
#pragma once

#include <string_view>
#include <vector>

#include "server/api/call.h"

namespace scrim::api {

/// What a caller must hold. Rights about one thing look at the thing that the path names.
enum class Right {
  anyone,  // no sign-in
  signedIn,
  admin,               // ADMIN
  governor,            // GOVERNOR
  userAdmin,           // USER_ADMIN
  audit,               // AUDIT
  createDataSource,    // CREATE_DATA_SOURCE
  configure,           // ADMIN, GOVERNOR and USER_ADMIN: whoever may change everything
  readUsers,           // USER_ADMIN, GOVERNOR or ADMIN
  readConnections,     // ADMIN or CREATE_DATA_SOURCE
  seeDataSource,       // it exists for the caller: subscribed, its owner, or GOVERNOR
  ownDataSource,       // its owner
  describeDataSource,  // its owner, or GOVERNOR
  seeRules,            // of a data source: its owner, or GOVERNOR
  seeRule,             // local: the owner of its data source, or GOVERNOR; global: GOVERNOR
  seeProject,          // its member, or GOVERNOR
  governProject,       // GOVERNOR
  joinProject,         // its member
  changeRule,          // local: the owner of its data source; global: GOVERNOR
};

/// What a token must be scoped to.
enum class Effect { read, write };

struct Route {
  std::string_view method;
  std::string_view pattern;  // "/api/v1/users/{user}"
  Right right;
  base::Result<Answer> (*handler)(Call&);
  std::string_view operation;  // its id in the OpenAPI document
  std::string_view summary;
  std::string_view takes = {};                    // the schema of the body; empty: none
  std::string_view gives = {};                    // the schema of the answer; empty: none, or text
  int status = 200;                               // of success
  bool needsMatch = false;                        // If-Match is required
  std::vector<std::string_view> parameters = {};  // of the query

  Effect effect() const { return method == "GET" ? Effect::read : Effect::write; }
};

const std::vector<Route>& routes();

}  // namespace scrim::api
