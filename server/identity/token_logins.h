// SPDX-License-Identifier: Apache-2.0
// TokenLogins: logging in to SQL with an access token in place of a password (docs/decisions/0090). Who wants
// that says so in the name, "token:alice", whoever exists; the token is asked for inside TLS only. It must be alice's
// own, in force, and have the scope sql or no scopes. Sessions know when it ends. Checked on threads of its
// own, since the catalog's database is asked. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "server/catalog/catalog.h"
#include "server/identity/access_tokens.h"
#include "server/identity/authenticator.h"
#include "server/identity/lane.h"
#include "server/identity/token_watch.h"

namespace scrim::identity {

/// What a login name begins with when a token is given as the password; no built-in account gets such a name.
inline constexpr std::string_view kTokenLoginPrefix = "token:";

struct TokenLoginLimits {
  std::size_t threads = 4;  // more than may wait for a directory
  std::size_t waiting = 256;
  std::chrono::milliseconds longestWait{15'000};       // for a thread; then the login is refused
  std::chrono::milliseconds sameTimeForRefusals{500};  // see refusalTime()
  TokenWatchTimes watch;
};

class TokenLogins {
 public:
  /// All of them outlive it.
  TokenLogins(catalog::Catalog& catalog, AccessTokens& tokens, Authenticator& authenticator,
              TokenLoginLimits limits = {}, const base::Clock& clock = base::systemClock());
  ~TokenLogins();
  TokenLogins(const TokenLogins&) = delete;
  TokenLogins& operator=(const TokenLogins&) = delete;

  /// The account's name in a login name that asks for a login by token; nullopt: it does not. Part of the argument.
  static std::optional<std::string_view> accountIn(std::string_view loginName);

  /// `name`: the account's. As DirectoryLogins::check(), and so is refusalTime().
  using Done = std::function<void(Authenticator::Checked)>;
  void check(std::string name, base::Secret token, Done done);
  std::chrono::milliseconds refusalTime() const { return limits_.sameTimeForRefusals; }

  /// Ends the threads of logins; those that wait are told. Nothing is taken afterwards; open sessions are still
  /// watched.
  void stop();

 private:
  struct Attempt {
    std::string name;
    base::Secret token;
    Done done;
    base::MonotonicTime since;
  };

  void serve(const Attempt& attempt, bool stopping);
  Authenticator::Checked answer(const Attempt& attempt);
  /// Errors: invalidAuthorization, the message is for the operator; those of the catalog and the directory.
  base::Result<Session> prove(const Attempt& attempt);

  catalog::Catalog& catalog_;
  AccessTokens& tokens_;
  Authenticator& authenticator_;
  const TokenLoginLimits limits_;
  const base::Clock& clock_;
  // Last: their threads use the rest.
  TokenWatch watch_;
  Lane lane_;
};

}  // namespace scrim::identity
