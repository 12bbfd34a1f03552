// SPDX-License-Identifier: Apache-2.0
// Subscriptions in the catalog's database: who was given standing access to a data source. Errors: those of
// store::Link.
#pragma once

#include <map>

#include "server/catalog/snapshot_builder.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

/// By data source; `selection` holds ids of data sources.
base::Result<std::map<base::DataSourceId, Grants>> loadGrants(store::Link& link, const Selection& selection = {});
/// Takes from an account that goes what was given to its name: the next one of that name begins with nothing.
base::Result<void> withdrawGrants(Writer& writer, const std::string& user);
/// Replaces who is subscribed to the data source; does nothing if nothing differs. Who stays keeps the end of the
/// access; the approved requests of those who go are ended.
base::Result<void> saveGrants(Writer& writer, base::DataSourceId source, const Grants& grants);
/// Gives one user access, for so many seconds from now (0: no end). One who has it for longer keeps that.
base::Result<void> grant(Writer& writer, base::DataSourceId source, const std::string& user,
                         std::int64_t lifetimeSeconds);
/// Takes it from one user, and ends the approved request that gave it.
base::Result<void> endGrant(Writer& writer, base::DataSourceId source, const std::string& user,
                            const std::string& reason);

/// Access that is over by itself.
struct EndedGrant {
  base::DataSourceId source;
  std::string user;
};
/// Whether there is any to end now: cheap, asked often.
base::Result<bool> anyGrantExpired(store::Link& link);
base::Result<std::vector<EndedGrant>> endExpiredGrants(Writer& writer);

}  // namespace scrim::catalog
