// SPDX-License-Identifier: Apache-2.0
#include "server/api/api.h"

#include <Poco/Exception.h>

#include <chrono>

#include "common/base/log.h"
#include "server/api/problem.h"
#include "server/api/rights.h"
#include "server/api/router.h"

namespace scrim::api {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::steady_clock;

constexpr std::string_view kBearer = "Bearer ";

bool mayUse(const catalog::AccessToken& token, Effect effect) {
  if (token.scopes.empty()) return true;
  const std::string_view wanted = effect == Effect::read ? "read" : "write";
  for (const std::string& scope : token.scopes) {
    if (scope == wanted) return true;
  }
  return false;
}

http::Response responseOf(const http::Request& request, Answer answer) {
  http::Response response;
  response.status = answer.status;
  response.contentType = answer.contentType;
  response.body = answer.body.isNull() ? std::move(answer.text) : contract::written(answer.body);
  if (!answer.location.empty()) response.headers.emplace_back("Location", answer.location);
  if (answer.etag.empty()) return response;
  const std::string etag = "\"" + answer.etag + "\"";
  response.headers.emplace_back("ETag", etag);
  const std::string* known = request.header("If-None-Match");
  if (request.method == "GET" && known != nullptr && *known == etag) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

}  // namespace

base::Result<void> Api::signIn(Call& call, const Route& route) {
  const std::string* given = call.request.header("Authorization");
  if (given == nullptr || !given->starts_with(kBearer)) {
    return Error{ErrorCode::invalidAuthorization,
                 "Sign in first: send Authorization: Bearer with a token.",
                 {},
                 "POST /api/v1/sessions gives one for a password."};
  }
  SCRIM_TRY(auto proof, services_.tokens->check(std::string_view(*given).substr(kBearer.size())));
  if (!mayUse(proof.token, route.effect())) {
    return Error{ErrorCode::permissionDenied,
                 "The token is not scoped to this.",
                 {},
                 "It needs the scope " + std::string(route.effect() == Effect::read ? "read" : "write") + "."};
  }
  call.snapshot = std::move(proof.snapshot);
  SCRIM_TRY(const identity::SubjectPtr subject, proof.session.subject(*call.snapshot));
  call.caller.emplace(Caller{std::move(proof.session), *subject, std::move(proof.token)});
  return {};
}

base::Result<Answer> Api::answer(const http::Request& request, const Route*& route) {
  SCRIM_TRY(Match match, matchRoute(request));
  route = match.route;
  Call call{services_, request, nullptr, std::move(match.path), std::nullopt, metrics_};
  if (route->right != Right::anyone) {
    SCRIM_CHECK_OK(signIn(call, *route));
    SCRIM_CHECK_OK(checkRight(call, route->right));
  }
  SCRIM_CHECK_OK(checkQuery(call, *route));
  std::optional<SlowGate::Place> place;
  if (SlowGate::isSlow(route->operation)) place.emplace(slow_, call.caller->subject.user);
  if (place && !place->admitted()) {
    return Error{ErrorCode::tooManyConnections,
                 "Requests that may take long wait for their turn: try again in a moment."};
  }
  SCRIM_TRY(Answer answer, route->handler(call));
  if (answer.status == 200) answer.status = route->status;
  return answer;
}

bool Api::answersAtOnce(const http::Request& request) {
  return request.target == "/livez" || request.target == "/readyz";
}

http::Response Api::handle(const http::Request& request) {
  const auto begun = steady_clock::now();
  const Route* route = nullptr;
  http::Response response;
  try {
    auto answered = answer(request, route);
    if (answered) {
      response = responseOf(request, std::move(answered).value());
    } else {
      response = problem(request, answered.error());
      if (answered.error().code == ErrorCode::undefinedMethod) {
        response.headers.emplace_back("Allow", answered.error().detail);
      }
    }
  } catch (const std::exception& trouble) {  // Poco's, mostly: a fault of ours, never of the client's
    base::logError("api", "a request ended by an unexpected failure",
                   {{"request", request.id}, {"reason", trouble.what()}});
    response = problem(
        request, Error{ErrorCode::internal, "Something went wrong here; the log has it under this request's id."});
  }
  return finish(request, route, std::move(response), begun);
}

http::Response Api::refuse(const http::Request& request, const http::Refusal& refusal) {
  return finish(request, nullptr, problem(request, refusal.status, "bad-request", refusal.reason), steady_clock::now());
}

http::Response Api::finish(const http::Request& request, const Route* route, http::Response response,
                           steady_clock::time_point begun) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begun);
  const std::string_view operation = route == nullptr ? "none" : route->operation;
  metrics_.count(operation, response.status, took);
  response.headers.emplace_back("X-Request-Id", request.id);
  const base::LogLevel level = response.status >= 500 ? base::LogLevel::warning : base::LogLevel::debug;
  base::log(level, "api", "request",
            {{"request", request.id},
             {"operation", std::string(operation)},
             {"status", std::to_string(response.status)},
             {"microseconds", std::to_string(took.count())},
             {"client", request.peer}});
  return response;
}

}  // namespace scrim::api
