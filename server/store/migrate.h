// SPDX-License-Identifier: Apache-2.0
// Migrations: the numbered SQL files of server/store/migrations, part of the program, applied once each and in order by
// whichever instance comes first (advisory lock). What was applied is kept with a checksum; a database that was changed
// by a newer program, or by a file that reads otherwise than ours, is refused. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/store/link.h"

namespace scrim::store {

struct Migration {
  std::string_view name;  // "0001_catalog"
  std::string_view sql;
};

const std::vector<Migration>& embeddedMigrations();

/// Brings the database up to date; returns how many were applied now. Errors: configInvalid (newer, or other checksum),
/// and those of Link.
base::Result<int> migrate(Link& link, std::span<const Migration> migrations);
inline base::Result<int> migrate(Link& link) { return migrate(link, embeddedMigrations()); }

}  // namespace scrim::store
