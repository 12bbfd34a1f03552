// SPDX-License-Identifier: Apache-2.0
// Connections in the catalog's database. Errors: those of store::Link.
#pragma once

#include <optional>
#include <vector>

#include "server/catalog/model.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

std::string_view nameOf(TlsMode mode);
std::optional<TlsMode> tlsModeOf(std::string_view name);

/// A connection whose password cannot be opened is left out (and logged): what needs it is then refused.
base::Result<std::vector<Connection>> loadConnections(store::Link& link, const store::SecretBox& box,
                                                      const Selection& selection = {});
/// Inserts (id 0) or replaces; does nothing if nothing differs. Returns the id.
base::Result<base::ConnectionId> save(Writer& writer, const Connection& connection);
/// Errors: sourceError 23503 while a data source uses it.
base::Result<void> removeConnection(Writer& writer, base::ConnectionId id);

/// A digest of all fields but id, keyed for this process: equal digests, equal connections.
std::string digestOf(const Connection& connection);

}  // namespace scrim::catalog
