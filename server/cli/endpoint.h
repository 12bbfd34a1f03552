// SPDX-License-Identifier: Apache-2.0
// Endpoint: which server is talked to, how it is trusted, and as whom. From the environment, which wins, and from the
// file that `scrim login` writes. One thread.
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace scrim::cli {

inline constexpr const char* kDefaultUrl = "https://127.0.0.1:5440";

struct Endpoint {
  std::string url;
  std::string ca;       // a file of certificates; empty: the system's
  std::string user;     // who signed in; empty: not known
  base::Secret token;   // empty: not signed in
  std::string until;    // when the token ends; empty: not known
  std::string sqlHost;  // of the gateway, as the server said; empty: the host of `url`
  std::string sqlPort;  // empty: not known
};

/// ~/.config/scrim/credentials.json, below XDG_CONFIG_HOME when that is set.
/// Errors: refused: no home.
base::Result<std::string> credentialsPath();

/// Whom a command talks to. A stored token goes to the server that gave it and to no other.
/// Errors: notSignedIn: no token for that server, or a file that others may read; wrongCommandLine: a variable is
/// nonsense.
base::Result<Endpoint> signedInEndpoint();
/// Where `scrim login` signs in: options, the environment, the file, kDefaultUrl, in this order.
base::Result<Endpoint> loginEndpoint(const std::string& url, const std::string& ca);
/// What the file says, without looking at the environment. Errors: notSignedIn: no file, or one others may read.
base::Result<Endpoint> storedEndpoint();

/// In a new file of mode 0600 that takes the place of the old. Errors: refused: it cannot be written.
base::Result<void> storeEndpoint(const Endpoint& endpoint);
base::Result<void> forgetEndpoint();

}  // namespace scrim::cli
