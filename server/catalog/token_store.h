// SPDX-License-Identifier: Apache-2.0
// Access tokens in the catalog's database: hashes, never the tokens. They are no part of a snapshot (a sign-in is no
// new version); that one was revoked before its time is looked up where it is used. Errors: those of store::Link.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/id.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

enum class TokenKind { session, personal };

struct AccessToken {
  std::int64_t id = 0;
  base::UserId user;
  std::string userName;  // read only
  TokenKind kind = TokenKind::personal;
  std::string name;
  std::string hash;  // SHA-256 of the secret part, 32 bytes
  std::vector<std::string> scopes;
  std::string createdAt;  // ISO 8601, UTC; read only
  std::string expiresAt;
  std::string lastUsedAt;        // empty: never
  bool expired = false;          // read only
  std::int64_t secondsLeft = 0;  // read only
};

/// The id. `lifetimeSeconds`: from now.
base::Result<std::int64_t> insertToken(Writer& writer, const AccessToken& token, std::int64_t lifetimeSeconds);
base::Result<std::optional<AccessToken>> findToken(store::Link& link, std::int64_t id);
/// Those of `ids` that are there and have not expired.
base::Result<std::vector<std::int64_t>> standingTokens(store::Link& link, const std::vector<std::int64_t>& ids);
/// Personal tokens; of one user, or of all (id 0).
base::Result<std::vector<AccessToken>> loadTokens(store::Link& link, base::UserId user);
/// False: there is none.
base::Result<bool> removeToken(Writer& writer, std::int64_t id);
/// What lets its holder in is worth nothing any more; `keep` stays. `personal`: personal tokens end too, not only
/// sessions.
base::Result<void> removeTokensOf(Writer& writer, base::UserId user, std::int64_t keep, bool personal);
/// Notes the use, at most once a minute; drops what has expired long ago.
base::Result<void> noteTokenUse(store::Link& link, std::int64_t id);

}  // namespace scrim::catalog
