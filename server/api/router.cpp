// SPDX-License-Identifier: Apache-2.0
#include "server/api/router.h"

#include <algorithm>
#include <set>

namespace scrim::api {
namespace {

using base::Error;
using base::ErrorCode;

std::vector<std::string_view> segmentsOf(std::string_view pattern) {
  std::vector<std::string_view> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    segments.push_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return segments;
}

bool matches(std::string_view pattern, const std::vector<std::string>& path, std::map<std::string, std::string>& into) {
  const std::vector<std::string_view> segments = segmentsOf(pattern);
  if (segments.size() != path.size()) return false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool variable = segments[i].starts_with('{');
    if (!variable && segments[i] != path[i]) return false;
    if (variable) into[std::string(segments[i].substr(1, segments[i].size() - 2))] = path[i];
  }
  return true;
}

}  // namespace

base::Result<Match> matchRoute(const http::Request& request) {
  const std::string& method = request.method == "HEAD" ? std::string("GET") : request.method;
  std::string allowed;
  for (const Route& route : routes()) {
    Match match{&route, {}};
    if (!matches(route.pattern, request.path, match.path)) continue;
    if (route.method == method) return match;
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
  }
  if (allowed.empty()) {
    return Error{ErrorCode::undefinedObject,
                 "There is nothing at this path.",
                 {},
                 "GET /api/v1/openapi.json lists what there is."};
  }
  return Error{ErrorCode::undefinedMethod, "This path does not take " + request.method + ".", allowed};
}

base::Result<void> checkQuery(const Call& call, const Route& route) {
  std::set<std::string> seen;
  for (const auto& [name, value] : call.request.query) {
    if (std::find(route.parameters.begin(), route.parameters.end(), name) == route.parameters.end()) {
      return Error{ErrorCode::invalidParameter, "The query parameter " + name + " is not known here."};
    }
    if (!seen.insert(name).second) {
      return Error{ErrorCode::invalidParameter, "The query parameter " + name + " stands twice."};
    }
  }
  return {};
}

}  // namespace scrim::api
