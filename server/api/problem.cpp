// SPDX-License-Identifier: Apache-2.0
#include "server/api/problem.h"

#include "common/base/utf8.h"
#include "common/contract/strict_json.h"

namespace scrim::api {
namespace {

http::Response responseOf(const http::Request& request, int status, std::string_view code, const base::Error& error) {
  auto body = contract::newObject();
  body->set("type", "/problems/" + std::string(code));
  body->set("title", base::withInvalidReplaced(error.message));
  body->set("status", status);
  body->set("code", std::string(code));
  if (error.detail.starts_with("$")) {
    body->set("field", base::withInvalidReplaced(error.detail));
  } else if (!error.detail.empty()) {
    body->set("detail", base::withInvalidReplaced(error.detail));
  }
  if (!error.hint.empty()) body->set("hint", base::withInvalidReplaced(error.hint));
  if (error.position) body->set("position", static_cast<std::uint64_t>(*error.position));
  if (!error.sqlstate.empty()) body->set("sqlstate", error.sqlstate);
  body->set("requestId", request.id);
  http::Response response;
  response.status = status;
  response.contentType = "application/problem+json";
  response.body = contract::written(body);
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"scrim\"");
  return response;
}

}  // namespace

http::Response problem(const http::Request& request, const base::Error& error) {
  return responseOf(request, base::httpStatusOf(error.code), base::nameOf(error.code), error);
}

http::Response problem(const http::Request& request, int status, std::string_view code, const std::string& sentence) {
  base::Error error;
  error.message = sentence;
  return responseOf(request, status, code, error);
}

}  // namespace scrim::api
