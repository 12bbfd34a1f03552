// SPDX-License-Identifier: Apache-2.0
#include "server/store/migrate.h"

#include "common/base/hash.h"
#include "common/base/log.h"
#include "server/store/transaction.h"

namespace scrim::store {
namespace {

using base::Error;
using base::ErrorCode;

// Any number that no other program takes locks on: the bytes of "scrimcat".
constexpr std::string_view kLock = "SELECT pg_advisory_xact_lock(8314892210480013684)";
constexpr std::string_view kPrepare =
    "CREATE SCHEMA IF NOT EXISTS scrim;"
    "CREATE TABLE IF NOT EXISTS scrim.migration (name text PRIMARY KEY, checksum text NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now())";

base::Result<void> checkApplied(const Rows& applied, std::span<const Migration> ours) {
  if (applied.size() > static_cast<int>(ours.size())) {
    return Error{ErrorCode::configInvalid, "The catalog was changed by a newer scrimd (it has " +
                                               applied.string(applied.size() - 1, 0) +
                                               "): start that version, or restore a backup made before."};
  }
  for (int i = 0; i < applied.size(); ++i) {
    const Migration& own = ours[static_cast<std::size_t>(i)];
    if (applied.text(i, 0) == own.name && applied.text(i, 1) == base::toHex(base::sha256(own.sql))) continue;
    return Error{ErrorCode::configInvalid, "The catalog's migration " + applied.string(i, 0) +
                                               " is not the one this scrimd knows as " + std::string(own.name) +
                                               ": the database belongs to another version."};
  }
  return {};
}

base::Result<int> apply(Link& link, std::span<const Migration> ours) {
  SCRIM_CHECK_OK(link.script(kLock));
  SCRIM_CHECK_OK(link.script(kPrepare));
  SCRIM_TRY(Rows applied, link.run("SELECT name, checksum FROM scrim.migration ORDER BY name COLLATE \"C\""));
  SCRIM_CHECK_OK(checkApplied(applied, ours));
  int count = 0;
  for (const Migration& each : ours.subspan(static_cast<std::size_t>(applied.size()))) {
    auto done = link.script(each.sql);
    if (!done) {
      Error error = std::move(done).error();
      error.message = "Migration " + std::string(each.name) + " failed: " + error.message;
      return error;
    }
    SCRIM_CHECK_OK(link.run("INSERT INTO scrim.migration (name, checksum) VALUES ($1, $2)",
                            {std::string(each.name), base::toHex(base::sha256(each.sql))}));
    ++count;
  }
  return count;
}

}  // namespace

base::Result<int> migrate(Link& link, std::span<const Migration> migrations) {
  // Schema "scrim" first in the path, so that the files need not repeat it, and nothing of "public" is ever found.
  SCRIM_CHECK_OK(link.script("SET search_path = scrim, pg_catalog"));
  auto applied = inTransaction(link, Isolation::readCommitted, [&](Link& inside) { return apply(inside, migrations); });
  if (applied && *applied > 0) {
    base::logInfo("store", "catalog schema brought up to date", {{"migrations", std::to_string(*applied)}});
  }
  return applied;
}

namespace detail {

const char* beginStatement(Isolation isolation) {
  switch (isolation) {
    case Isolation::readCommitted:
      return "BEGIN ISOLATION LEVEL READ COMMITTED";
    case Isolation::repeatableReadOnly:
      return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    case Isolation::serializable:
      return "BEGIN ISOLATION LEVEL SERIALIZABLE";
  }
  return "BEGIN ISOLATION LEVEL SERIALIZABLE";
}

}  // namespace detail

}  // namespace scrim::store
