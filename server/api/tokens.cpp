// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"

namespace scrim::api::tokens {
namespace {

struct NewToken {
  catalog::AccessToken token;
  std::chrono::seconds lifetime{};
};

base::Result<NewToken> readNewToken(contract::Fields& fields) {
  NewToken wanted;
  SCRIM_TRY(wanted.token.name, fields.text("name"));
  SCRIM_CHECK_OK(checkName(wanted.token.name, fields.placeOf("name")));
  const auto most = static_cast<std::int64_t>(std::chrono::seconds(identity::kLongestLifetime).count());
  SCRIM_TRY(const std::int64_t seconds, optionalWhole(fields, "expiresInSeconds", 60, most, 30 * 86'400));
  wanted.lifetime = std::chrono::seconds(seconds);
  SCRIM_TRY(wanted.token.scopes, optionalTexts(fields, "scopes"));
  const auto& known = identity::tokenScopes();
  for (const std::string& scope : wanted.token.scopes) {
    if (std::find(known.begin(), known.end(), scope) == known.end()) {
      return contract::wrongAt(fields.placeOf("scopes"), "the scopes are read, write and sql");
    }
  }
  return wanted;
}

ObjectPtr show(const catalog::AccessToken& token) {
  ObjectPtr out = contract::newObject();
  out->set("id", token.id);
  out->set("name", token.name);
  out->set("user", token.userName);
  out->set("scopes", textArray(token.scopes));
  out->set("createdAt", token.createdAt);
  out->set("expiresAt", token.expiresAt);
  out->set("expired", token.expired);
  if (!token.lastUsedAt.empty()) out->set("lastUsedAt", token.lastUsedAt);
  return out;
}

/// A token cannot make what outlives its own limits.
base::Result<void> checkWithin(const Caller& caller, const catalog::AccessToken& wanted,
                               std::chrono::seconds lifetime) {
  if (caller.token.kind == catalog::TokenKind::personal && lifetime.count() > caller.token.secondsLeft) {
    return base::Error{base::ErrorCode::permissionDenied,
                       "A personal access token cannot make a token that lives longer than itself.",
                       {},
                       "Sign in with the password, or give a shorter expiresInSeconds."};
  }
  const auto& held = caller.token.scopes;
  if (held.empty()) return {};
  const bool within =
      !wanted.scopes.empty() && std::all_of(wanted.scopes.begin(), wanted.scopes.end(), [&](const auto& each) {
        return std::find(held.begin(), held.end(), each) != held.end();
      });
  if (within) return {};
  return base::Error{base::ErrorCode::permissionDenied,
                     "A token with scopes can only make tokens with scopes that it has."};
}

}  // namespace

base::Result<Answer> list(Call& call) {
  std::vector<catalog::AccessToken> found;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(found, catalog::loadTokens(writer.link(), call.caller->session.userId()));
    return {};
  }));
  return pageAnswer(
      call, found, [](const auto& each) { return each.id; }, [](const auto&) { return true; }, show);
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(NewToken wanted, readBody<NewToken>(call, readNewToken));
  SCRIM_CHECK_OK(checkWithin(*call.caller, wanted.token, wanted.lifetime));
  wanted.token.user = call.caller->session.userId();
  wanted.token.userName = call.caller->subject.user;
  catalog::AccessToken shown = wanted.token;
  ObjectPtr said = contract::newObject();
  said->set("name", shown.name);
  said->set("scopes", textArray(shown.scopes));
  said->set("seconds", wanted.lifetime.count());
  SCRIM_CHECK_OK(recordAct(call, "personal access token made: " + contract::written(said)));
  SCRIM_TRY(const auto issued, call.services.tokens->issue(std::move(wanted.token), wanted.lifetime));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("id", issued.id);
  answer.body->set("name", shown.name);
  answer.body->set("token", std::string(issued.token.reveal()));
  answer.body->set("scopes", textArray(shown.scopes));
  answer.body->set("expiresAt", issued.expiresAt);
  answer.location = "/api/v1/tokens/" + std::to_string(issued.id);
  return answer;
}

base::Result<Answer> revoke(Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "token", "token"));
  const Caller& caller = *call.caller;
  SCRIM_CHECK_OK(call.services.catalog->run(caller.subject.user, [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(const auto found, catalog::findToken(writer.link(), id));
    const bool may = found && (found->user == caller.session.userId() || caller.has("USER_ADMIN"));
    if (!may) return noSuch("token", std::to_string(id));
    SCRIM_CHECK_OK(removeToken(writer, id));
    return recordAct(call, "token " + std::to_string(id) + " of user " + found->userName + " revoked");
  }));
  return Answer{};
}

}  // namespace scrim::api::tokens
