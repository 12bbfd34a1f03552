// SPDX-License-Identifier: Apache-2.0
// AccessTokens: what proves to the API who calls. A session's token is given for a password and lasts hours; a personal
// one is made by its user, is shown once, may be limited to scopes and lasts as long as was asked for. Each is
// "scrim_<s or p>_<id>_<64 hexadecimal digits>"; the catalog keeps the SHA-256 of the last part, which is random, so
// that no slow hash is needed. Every use is checked against the catalog: one that was revoked is refused at once, on
// every instance. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "server/catalog/catalog.h"
#include "server/catalog/token_store.h"
#include "server/identity/session.h"

namespace scrim::identity {

inline constexpr std::chrono::hours kSessionLifetime{12};
inline constexpr std::chrono::hours kLongestLifetime{24 * 366};

/// What a token may be limited to; a token without scopes may do all that its user may.
const std::vector<std::string_view>& tokenScopes();

class DirectoryLogins;

class AccessTokens {
 public:
  /// All of them outlive it.
  AccessTokens(catalog::Catalog& catalog, DirectoryLogins& directories, const base::Clock& clock = base::systemClock())
      : catalog_(catalog), directories_(directories), clock_(clock) {}

  struct Issued {
    std::int64_t id = 0;
    base::Secret token;  // shown once
    std::string expiresAt;
  };
  /// `name`, `scopes`, `kind` and `user` of `wanted` are read. Errors: those of the catalog.
  base::Result<Issued> issue(catalog::AccessToken wanted, std::chrono::seconds lifetime);

  struct Proof {
    Session session;
    catalog::AccessToken token;
    std::shared_ptr<const Confirmation> confirmation;  // of a directory's user
    catalog::SnapshotPtr snapshot;                     // what they may do is read from no older one
  };
  /// Who brings this token. May ask a directory (DirectoryLogins::confirm()). Errors: invalidAuthorization, in the same
  /// words for whatever is wrong with it; those of confirm() and of the catalog.
  base::Result<Proof> check(std::string_view token);

 private:
  base::Result<std::shared_ptr<const Confirmation>> confirm(const catalog::User& user);

  catalog::Catalog& catalog_;
  DirectoryLogins& directories_;
  const base::Clock& clock_;
};

}  // namespace scrim::identity
