// SPDX-License-Identifier: Apache-2.0
// From a request to its route. Pure; any thread.
#pragma once

#include "server/api/route.h"

namespace scrim::api {

struct Match {
  const Route* route = nullptr;
  std::map<std::string, std::string> path;
};

/// Errors: undefinedObject (no such path), undefinedMethod (with the methods that there are in `detail`).
base::Result<Match> matchRoute(const http::Request& request);
/// Every parameter of the query is one of the route's, and given once. Errors: invalidParameter.
base::Result<void> checkQuery(const Call& call, const Route& route);

}  // namespace scrim::api
