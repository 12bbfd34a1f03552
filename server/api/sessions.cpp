// SPDX-License-Identifier: Apache-2.0
#include "common/base/log.h"
#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/catalog/user_store.h"
#include "server/identity/directory_logins.h"
#include "server/identity/scram_verifier.h"

namespace scrim::api::sessions {
namespace {

constexpr std::size_t kLongestName = 1'000;
constexpr std::size_t kLongestPassword = 4'096;

struct SignIn {
  std::string user;
  std::optional<base::Secret> password;
};

base::Result<SignIn> readSignIn(contract::Fields& fields) {
  SignIn wanted;
  SCRIM_TRY(wanted.user, fields.text("user"));
  // What no account can have is not hashed, remembered nor written into the journal.
  if (wanted.user.size() > kLongestName) return contract::wrongAt(fields.placeOf("user"), "no name is that long");
  if (!fields.has("password")) return wanted;
  SCRIM_TRY(std::string password, fields.text("password"));
  if (password.size() > kLongestPassword) {
    return contract::wrongAt(fields.placeOf("password"), "no password is that long");
  }
  wanted.password = base::Secret(std::move(password));
  return wanted;
}

/// Errors: auditUnavailable: a login that leaves no trace is refused.
base::Result<void> recordLogin(const Call& call, const std::string& user, std::string_view method, bool succeeded,
                               std::string_view reason) {
  audit::Login record;
  record.user = user;
  record.client = call.request.peer;
  record.method = method;
  record.succeeded = succeeded;
  record.reason = reason;
  SCRIM_CHECK_OK(call.services.journal->login(record));
  return call.services.journal->flush();
}

struct Proven {
  std::string_view method;
  identity::Authenticator::Checked checked;
};

/// Errors: invalidValue: there is neither a password nor a certificate.
base::Result<Proven> prove(const Call& call, const SignIn& wanted) {
  const Services& services = call.services;
  const bool directory = identity::DirectoryLogins::takes(*call.snapshot, wanted.user);
  if (wanted.password && directory) {
    return Proven{"api-directory", services.directories->checkNow(wanted.user, wanted.password->clone())};
  }
  if (wanted.password) {
    return Proven{"api-password",
                  services.authenticator->checkPassword(*call.snapshot, wanted.user, wanted.password->reveal())};
  }
  const std::string& shown = call.request.certificateName;
  if (!services.certificateLogin || shown.empty()) {
    return base::Error{base::ErrorCode::invalidValue, "The password is missing.", "$.password"};
  }
  const bool same = catalog::normalisedUserName(shown) == catalog::normalisedUserName(wanted.user);
  if (same) return Proven{"api-certificate", services.authenticator->certified(*call.snapshot, wanted.user)};
  return Proven{"api-certificate", {std::nullopt, identity::loginRefused(wanted.user), "certificate of another user"}};
}

/// No host: the one that the client reached the API by.
ObjectPtr whereSqlIs(const Services& services) {
  ObjectPtr place = contract::newObject();
  if (!services.sqlHost.empty()) place->set("host", services.sqlHost);
  place->set("port", services.sqlPort);
  return place;
}

}  // namespace

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(const SignIn wanted, readBody<SignIn>(call, readSignIn));
  SCRIM_CHECK_OK(call.services.authenticator->mayTry(call.request.address));
  SCRIM_TRY(call.snapshot, call.services.catalog->current());
  SCRIM_TRY(const Proven proven, prove(call, wanted));
  const identity::Authenticator::Checked& checked = proven.checked;
  const std::string name = catalog::normalisedUserName(wanted.user);
  SCRIM_CHECK_OK(recordLogin(call, name, proven.method, checked.session.has_value(), checked.reason));
  if (!checked.session && checked.error.code != base::ErrorCode::invalidPassword) return checked.error;
  if (!checked.session) {
    call.services.authenticator->noteFailure(call.request.address);
    return base::Error{base::ErrorCode::invalidPassword,
                       "The name or the password is wrong, or the account may not sign in now."};
  }
  catalog::AccessToken token;
  token.user = checked.session->userId();
  token.userName = checked.session->user();
  token.kind = catalog::TokenKind::session;
  SCRIM_TRY(const auto issued, call.services.tokens->issue(std::move(token), identity::kSessionLifetime));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("token", std::string(issued.token.reveal()));
  answer.body->set("expiresAt", issued.expiresAt);
  answer.body->set("user", checked.session->user());
  answer.body->set("sql", whereSqlIs(call.services));
  return answer;
}

base::Result<Answer> end(Call& call) {
  SCRIM_CHECK_OK(
      call.services.catalog->run(call.caller->subject.user, [&](catalog::Writer& writer) -> base::Result<void> {
        SCRIM_CHECK_OK(removeToken(writer, call.caller->token.id));
        return recordAct(call, "signed out: token " + std::to_string(call.caller->token.id) + " ended");
      }));
  return Answer{};
}

base::Result<Answer> me(Call& call) {
  const policy::Subject& subject = call.caller->subject;
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("name", subject.user);
  answer.body->set("groups", textArray(subject.groups));
  answer.body->set("attributes", attributesObject(subject.attributes));
  answer.body->set("permissions", textArray(subject.permissions));
  answer.body->set("token", contract::newObject());
  answer.body->getObject("token")->set("kind",
                                       call.caller->token.kind == catalog::TokenKind::session ? "session" : "personal");
  answer.body->getObject("token")->set("expiresAt", call.caller->token.expiresAt);
  answer.body->getObject("token")->set("scopes", textArray(call.caller->token.scopes));
  answer.body->set("sql", whereSqlIs(call.services));
  return answer;
}

namespace {

struct PasswordChange {
  base::Secret present;
  base::Secret next;
};

base::Result<PasswordChange> readPasswordChange(contract::Fields& fields) {
  PasswordChange wanted;
  SCRIM_TRY(std::string present, fields.text("currentPassword"));
  SCRIM_TRY(std::string next, fields.text("newPassword"));
  SCRIM_CHECK_OK(checkPasswordText(next, fields.placeOf("newPassword")));
  if (present.size() > kLongestPassword) {
    return contract::wrongAt(fields.placeOf("currentPassword"), "no password is that long");
  }
  wanted.present = base::Secret(std::move(present));
  wanted.next = base::Secret(std::move(next));
  return wanted;
}

}  // namespace

base::Result<Answer> changePassword(Call& call) {
  SCRIM_TRY(const PasswordChange wanted, readBody<PasswordChange>(call, readPasswordChange));
  const std::string& name = call.caller->subject.user;
  if (const auto user = call.snapshot->user(name); user == nullptr || !user->isBuiltIn()) {
    return base::Error{base::ErrorCode::permissionDenied, "Your password is your directory's: change it there."};
  }
  auto checked = call.services.authenticator->checkPassword(*call.snapshot, name, wanted.present.reveal());
  SCRIM_CHECK_OK(recordLogin(call, name, "api-password", checked.session.has_value(), checked.reason));
  if (!checked.session) {
    return base::Error{base::ErrorCode::permissionDenied, "The current password is not the right one."};
  }
  const std::string verifier = identity::print(identity::makeVerifier(wanted.next.reveal()));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(auto found, catalog::loadUsers(writer.link(), {false, {call.caller->session.userId().value}}));
    if (found.empty()) return base::Error{base::ErrorCode::undefinedObject, "The account is gone."};
    found.front().scramVerifier = verifier;
    SCRIM_CHECK_OK(save(writer, found.front()));
    SCRIM_CHECK_OK(removeTokensOf(writer, found.front().id, call.caller->token.id, false));
    return Outcome{Answer{}, "user " + name + " changed the password; other sessions ended"};
  });
}

}  // namespace scrim::api::sessions
