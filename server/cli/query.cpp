// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <iostream>
#include <iterator>

#include "server/cli/exit_codes.h"
#include "server/cli/gateway.h"
#include "server/cli/prompt.h"
#include "server/cli/rows_out.h"
#include "server/cli/runs.h"
#include "server/cli/sql/ctrl_c.h"

namespace scrim::cli::own {
namespace {

constexpr const char* kWrongPassword = "28P01";

bool isFromStandardInput(const Given& given) { return !given.arguments.contains("SQL") && !given.has("--file"); }

base::Result<std::string> statementOf(const Given& given) {
  if (given.arguments.contains("SQL") && given.has("--file")) {
    return wrongCommandLine("Give the statement once: as an argument, or as --file.");
  }
  if (given.arguments.contains("SQL")) return given.argument("SQL");
  if (given.has("--file")) return wholeFile(given.text("--file"));
  if (given.has("--password-stdin")) {
    return wrongCommandLine("Standard input holds the password, so the statement cannot come from it.",
                            "Give the statement as an argument, or as --file.");
  }
  return std::string{std::istreambuf_iterator<char>(std::cin), {}};
}

base::Result<base::Secret> passwordOf(const Given& given, const std::string& user) {
  const std::string question = "Password of " + user;
  const bool standardInput = given.has("--password-stdin") || isTerminal(STDIN_FILENO);
  SCRIM_TRY(std::string password, standardInput ? askPassword(question) : askPasswordAtTerminal(question));
  return base::Secret(std::move(password));
}

}  // namespace

base::Result<int> query(const Given& given) {
  SCRIM_TRY(sql::Address address, gatewayAddress(given));
  address.project = given.text("--project");
  bool byToken = false;
  if (!given.has("--password-stdin")) {
    SCRIM_TRY(byToken, signInByToken(given, address));
  }
  if (!byToken && given.has("--user")) address.user = given.text("--user");
  if (address.user.empty()) return wrongCommandLine("Say who asks: --user NAME, or sign in: scrim login.");
  if (isFromStandardInput(given) && isTerminal(STDIN_FILENO)) {
    std::cerr << "scrim: the statement, and Ctrl-D on a line of its own:\n";
  }
  SCRIM_TRY(const std::string statement, statementOf(given));
  if (!byToken) {
    SCRIM_TRY(address.password, passwordOf(given, address.user));
  }
  const sql::CtrlC watched;
  auto session = sql::Session::open(address);
  if (!session && byToken && session.error().sqlstate == kWrongPassword) {
    return notSignedIn("The sign-in is over, or the token is not good for SQL.", "Sign in again: scrim login");
  }
  if (!session) return toldError(std::move(session).error(), "");
  const auto writer = rowWriter(given.format, std::cout, isTerminal(STDOUT_FILENO));
  auto done = session->run(statement, *writer);
  if (!done) {
    std::cout << std::flush;  // what came before it
    return toldError(std::move(done).error(), statement);
  }
  SCRIM_CHECK_OK(writer->end(*done));
  return kDone;
}

}  // namespace scrim::cli::own
