// SPDX-License-Identifier: Apache-2.0
#include "server/cli/exit_codes.h"

#include <sstream>

#include "server/cli/text.h"

namespace scrim::cli {

using base::Error;
using base::ErrorCode;

const std::array<ExitCode, 6>& exitCodes() {
  static const std::array<ExitCode, 6> all{{
      {kDone, "It is done."},
      {kRefused,
       "Refused: standard error says why, what to do, which field, and the request's id in the server's log; of SQL "
       "the "
       "SQLSTATE and the place. For test: a case failed."},
      {kWrongCommandLine, "The command line is wrong; nothing was sent."},
      {kNotReached, "The server does not answer, or its certificate is not trusted."},
      {kNotSignedIn,
       "Not signed in, or the sign-in is over: scrim login. For query and test: the SQL gateway does not take user and "
       "password."},
      {kBrokenOff, "Broken off by Ctrl-C; a statement was cancelled at the server."},
  }};
  return all;
}

int exitCodeOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalidParameter:
      return kWrongCommandLine;
    case ErrorCode::connectionLost:
      return kNotReached;
    case ErrorCode::invalidAuthorization:
      return kNotSignedIn;
    case ErrorCode::queryCanceled:
      return kBrokenOff;
    default:
      return kRefused;
  }
}

Error wrongCommandLine(std::string message, std::string hint) {
  return {ErrorCode::invalidParameter, std::move(message), {}, std::move(hint)};
}

Error notReached(std::string message, std::string hint) {
  return {ErrorCode::connectionLost, std::move(message), {}, std::move(hint)};
}

Error notSignedIn(std::string message, std::string hint) {
  if (hint.empty()) hint = "Sign in: scrim login";
  return {ErrorCode::invalidAuthorization, std::move(message), {}, std::move(hint)};
}

Error refused(std::string message, std::string hint, std::string detail) {
  return {ErrorCode::sourceError, std::move(message), std::move(detail), std::move(hint)};
}

std::string shownError(const Error& error) {
  std::string out = "scrim: " + printable(error.message) + "\n";
  if (!error.hint.empty()) out += "  hint: " + printable(error.hint) + "\n";
  std::istringstream lines(error.detail);
  for (std::string line; std::getline(lines, line);) out += "  " + printable(line) + "\n";
  return out;
}

}  // namespace scrim::cli
