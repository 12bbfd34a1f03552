// SPDX-License-Identifier: Apache-2.0
// Where the SQL gateway is, and how its errors are told. One thread.
#pragma once

#include <string>

#include "server/cli/given.h"
#include "server/cli/sql/session.h"

namespace scrim::cli {

/// Of --sql, then SCRIM_SQL_HOST and SCRIM_SQL_PORT, then what the server said at sign-in, then one port below the API;
/// the CA as for the API. The user is who signed in, or ""; no password. Errors: wrongCommandLine.
base::Result<sql::Address> gatewayAddress(const Given& given);
/// Makes whoever is signed in the user of `address`, by the token in place of a password: if --user names nobody else,
/// and the address is on a host that the token is for. false: a password is needed. Errors: notSignedIn: the token has
/// ended; those of asking the API whose a token from the environment is.
base::Result<bool> signInByToken(const Given& given, sql::Address& address);

/// With lines that show the SQLSTATE, the detail, and the place in the statement.
base::Error toldError(base::Error error, const std::string& statement);
/// "line 2, column 8", the line, and a caret below the place.
std::string placeLines(const std::string& statement, std::size_t position);

/// Errors: wrongCommandLine: it cannot be read.
base::Result<std::string> wholeFile(const std::string& path);

}  // namespace scrim::cli
