// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/token_store.h"

namespace scrim::catalog {
namespace {

constexpr const char* kSelect =
    "SELECT t.id, t.account_id, a.name, t.kind, t.name, t.secret_hash, t.scopes,"
    " to_char(t.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
    " to_char(t.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
    " coalesce(to_char(t.last_used_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), ''),"
    " t.expires_at <= now(), floor(extract(epoch FROM t.expires_at - now()))::bigint"
    " FROM scrim.access_token t JOIN scrim.account a ON a.id = t.account_id";

AccessToken tokenFrom(const store::Rows& rows, int row) {
  AccessToken token;
  token.id = rows.integer(row, 0);
  token.user = {rows.integer(row, 1)};
  token.userName = rows.string(row, 2);
  token.kind = rows.text(row, 3) == "session" ? TokenKind::session : TokenKind::personal;
  token.name = rows.string(row, 4);
  token.hash = rows.bytes(row, 5);
  token.scopes = rows.strings(row, 6);
  token.createdAt = rows.string(row, 7);
  token.expiresAt = rows.string(row, 8);
  token.lastUsedAt = rows.string(row, 9);
  token.expired = rows.boolean(row, 10);
  token.secondsLeft = rows.integer(row, 11);
  return token;
}

}  // namespace

base::Result<std::int64_t> insertToken(Writer& writer, const AccessToken& token, std::int64_t lifetimeSeconds) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run(
                "INSERT INTO scrim.access_token (account_id, kind, name, secret_hash, scopes, expires_at)"
                " VALUES ($1::bigint, $2, $3, $4::bytea, $5::text[], now() + make_interval(secs => $6::bigint))"
                " RETURNING id",
                {store::value(token.user.value), token.kind == TokenKind::session ? "session" : "personal", token.name,
                 store::bytes(token.hash), store::array(token.scopes), store::value(lifetimeSeconds)}));
  return rows.integer(0, 0);
}

base::Result<std::optional<AccessToken>> findToken(store::Link& link, std::int64_t id) {
  SCRIM_TRY(store::Rows rows, link.run(std::string(kSelect) + " WHERE t.id = $1::bigint", {store::value(id)}));
  if (rows.size() == 0) return std::optional<AccessToken>();
  return std::optional<AccessToken>(tokenFrom(rows, 0));
}

base::Result<std::vector<std::int64_t>> standingTokens(store::Link& link, const std::vector<std::int64_t>& ids) {
  SCRIM_TRY(store::Rows rows,
            link.run("SELECT id FROM scrim.access_token WHERE id = ANY ($1::bigint[]) AND expires_at > now()",
                     {store::array(ids)}));
  std::vector<std::int64_t> standing;
  for (int row = 0; row < rows.size(); ++row) standing.push_back(rows.integer(row, 0));
  return standing;
}

base::Result<std::vector<AccessToken>> loadTokens(store::Link& link, base::UserId user) {
  SCRIM_TRY(store::Rows rows,
            link.run(std::string(kSelect) +
                         " WHERE t.kind = 'personal' AND ($1::bigint = 0 OR t.account_id = $1::bigint) ORDER BY t.id",
                     {store::value(user.value)}));
  std::vector<AccessToken> tokens;
  for (int row = 0; row < rows.size(); ++row) tokens.push_back(tokenFrom(rows, row));
  return tokens;
}

base::Result<bool> removeToken(Writer& writer, std::int64_t id) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run("DELETE FROM scrim.access_token WHERE id = $1::bigint", {store::value(id)}));
  return rows.affected() > 0;
}

base::Result<void> removeTokensOf(Writer& writer, base::UserId user, std::int64_t keep, bool personal) {
  SCRIM_CHECK_OK(
      writer.link().run("DELETE FROM scrim.access_token WHERE account_id = $1::bigint AND id <> $2::bigint"
                        " AND ($3::boolean OR kind = 'session')",
                        {store::value(user.value), store::value(keep), store::value(personal)}));
  return {};
}

base::Result<void> noteTokenUse(store::Link& link, std::int64_t id) {
  SCRIM_CHECK_OK(
      link.run("UPDATE scrim.access_token SET last_used_at = now() WHERE id = $1::bigint"
               " AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')",
               {store::value(id)}));
  return {};
}

}  // namespace scrim::catalog
