// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "server/cli/exit_codes.h"
#include "server/cli/prompt.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"
#include "server/cli/text.h"

namespace scrim::cli::own {
namespace {

base::Result<std::string> userOf(const Given& given, const Endpoint& endpoint) {
  if (given.has("--user")) return given.text("--user");
  if (!isTerminal(STDIN_FILENO)) return wrongCommandLine("Say who signs in: --user NAME.");
  SCRIM_TRY(std::string name, ask(endpoint.user.empty() ? "User" : "User [" + endpoint.user + "]"));
  return name.empty() ? endpoint.user : name;
}

base::Result<void> checkCanRead(const Given& given) {
  if (given.has("--password-stdin") || isTerminal(STDIN_FILENO)) return {};
  return wrongCommandLine("A password is needed.", "Give --password-stdin, or type it on a terminal.");
}

}  // namespace

base::Result<int> login(const Given& given) {
  SCRIM_TRY(Endpoint endpoint, loginEndpoint(given.text("--url"), given.text("--ca")));
  SCRIM_CHECK_OK(checkCanRead(given));
  SCRIM_TRY(const std::string user, userOf(given, endpoint));
  SCRIM_TRY(Client client, Client::open(std::move(endpoint)));
  SCRIM_TRY(const std::string password, askPassword("Password of " + user));
  ObjectPtr body = newObject();
  body->set("user", user);
  body->set("password", password);
  SCRIM_TRY(const Reply reply, client.send({"POST", "/api/v1/sessions", {}, Json(body), {}}));
  ObjectPtr session = objectOf(reply.body);
  Endpoint signedIn;
  signedIn.url = client.endpoint().url;
  signedIn.ca = client.endpoint().ca;
  signedIn.user = fieldText(session, "user");
  signedIn.token = base::Secret(fieldText(session, "token"));
  if (signedIn.token.empty()) return refused("The server's answer holds no token.");
  if (const ObjectPtr sql = session->getObject("sql")) {
    signedIn.sqlHost = fieldText(sql, "host");
    signedIn.sqlPort = fieldText(sql, "port");
  }
  signedIn.until = fieldText(session, "expiresAt");
  SCRIM_CHECK_OK(storeEndpoint(signedIn));
  if (given.format != Format::table) {
    session->remove("token");
    return show(given, Json(session));
  }
  SCRIM_CHECK_OK(
      print(printable("Signed in at " + signedIn.url + " as " + signedIn.user + " until " + signedIn.until) + "\n"));
  return kDone;
}

base::Result<int> logout(const Given&) {
  SCRIM_TRY(Endpoint stored, storedEndpoint());
  SCRIM_TRY(const Client client, Client::open(std::move(stored)));
  const auto reply = client.send({"DELETE", "/api/v1/sessions/current", {}, {}, {}});
  // A token that the server does not know any more is as good as signed out.
  if (!reply && exitCodeOf(reply.error()) != kNotSignedIn) return reply.error();
  SCRIM_CHECK_OK(forgetEndpoint());
  SCRIM_CHECK_OK(print("Signed out.\n"));
  return kDone;
}

base::Result<int> changePassword(const Given& given) {
  SCRIM_CHECK_OK(checkCanRead(given));
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(const std::string present, askPassword("Present password"));
  SCRIM_TRY(const std::string next, newPassword());
  ObjectPtr body = newObject();
  body->set("currentPassword", present);
  body->set("newPassword", next);
  SCRIM_TRY(const Reply reply, client.send({"PUT", "/api/v1/me/password", {}, Json(body), {}}));
  SCRIM_CHECK_OK(print("The password is changed.\n"));
  return kDone;
}

}  // namespace scrim::cli::own
