// SPDX-License-Identifier: Apache-2.0
#include "server/identity/access_tokens.h"

#include <charconv>

#include "common/base/hash.h"
#include "server/identity/directory_logins.h"
#include "server/identity/session_factory.h"

namespace scrim::identity {
namespace {

using catalog::AccessToken;
using catalog::TokenKind;

constexpr std::size_t kSecretBytes = 32;
constexpr std::string_view kPrefix = "scrim_";

struct Parts {
  TokenKind kind = TokenKind::personal;
  std::int64_t id = 0;
  std::string_view secret;
};

std::optional<Parts> split(std::string_view token) {
  if (!token.starts_with(kPrefix) || token.size() > 128) return std::nullopt;
  token.remove_prefix(kPrefix.size());
  Parts parts;
  if (token.starts_with("s_")) {
    parts.kind = TokenKind::session;
  } else if (!token.starts_with("p_")) {
    return std::nullopt;
  }
  token.remove_prefix(2);
  const std::size_t end = token.find('_');
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const auto [stop, problem] = std::from_chars(token.data(), token.data() + end, parts.id);
  if (problem != std::errc() || stop != token.data() + end || parts.id <= 0) return std::nullopt;
  parts.secret = token.substr(end + 1);
  if (parts.secret.size() != 2 * kSecretBytes) return std::nullopt;
  return parts;
}

base::Error refused() {
  return {base::ErrorCode::invalidAuthorization,
          "The token is not valid: it is unknown, has expired or was revoked.",
          {},
          "Sign in again, or make a new token."};
}

}  // namespace

const std::vector<std::string_view>& tokenScopes() {
  static const std::vector<std::string_view> all{"read", "write", "sql"};
  return all;
}

base::Result<AccessTokens::Issued> AccessTokens::issue(AccessToken wanted, std::chrono::seconds lifetime) {
  Issued issued;
  const std::string secret = base::toHex(base::randomBytes(kSecretBytes));
  wanted.hash = std::string(base::asBytes(base::sha256(secret)));
  SCRIM_CHECK_OK(catalog_.run(wanted.userName, [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(issued.id, insertToken(writer, wanted, lifetime.count()));
    SCRIM_TRY(auto stored, catalog::findToken(writer.link(), issued.id));
    issued.expiresAt = stored->expiresAt;
    return {};
  }));
  const char* kind = wanted.kind == TokenKind::session ? "s_" : "p_";
  issued.token = base::Secret(std::string(kPrefix) + kind + std::to_string(issued.id) + "_" + secret);
  return issued;
}

base::Result<std::shared_ptr<const Confirmation>> AccessTokens::confirm(const catalog::User& user) {
  if (user.isBuiltIn()) return std::shared_ptr<const Confirmation>();
  auto confirmed = directories_.confirm(user);
  const bool refusal = !confirmed.ok() && confirmed.error().code == base::ErrorCode::invalidAuthorization;
  if (refusal) return refused();
  return confirmed;
}

base::Result<AccessTokens::Proof> AccessTokens::check(std::string_view token) {
  const std::optional<Parts> parts = split(token);
  if (!parts) return refused();
  const std::string hash(base::asBytes(base::sha256(parts->secret)));
  std::optional<AccessToken> found;
  bool good = false;
  SCRIM_CHECK_OK(catalog_.run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(found, catalog::findToken(writer.link(), parts->id));
    good = found && base::equalInConstantTime(found->hash, hash) && found->kind == parts->kind && !found->expired;
    // Only who knows the secret has used it: the time of its last use is evidence.
    return good ? catalog::noteTokenUse(writer.link(), parts->id) : base::Result<void>();
  }));
  if (!good) return refused();
  SCRIM_TRY(catalog::SnapshotPtr snapshot, catalog_.current());
  const catalog::UserPtr user = snapshot->user(found->userName);
  if (user == nullptr || user->id != found->user || !user->mayLogIn()) return refused();
  SCRIM_TRY(auto confirmation, confirm(*user));
  // The directory may have told of something new.
  SCRIM_TRY(snapshot, catalog_.current());
  Session session = SessionFactory::make(*user, clock_, "token", confirmation);
  if (!session.subject(*snapshot)) return refused();
  return Proof{std::move(session), *std::move(found), std::move(confirmation), std::move(snapshot)};
}

}  // namespace scrim::identity
