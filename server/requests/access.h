// SPDX-License-Identifier: Apache-2.0
// Asking for access to a data source, and answering: who may ask, whose yes it takes, what follows from it. The terms
// are the ALLOW SUBSCRIPTION rules of the moment, roles those that people hold at the moment: a yes of somebody who has
// lost the role since counts no more. Any thread; changes run inside Catalog::change().
//
// Errors: permissionDenied; catalogConflict when the request is not in a state for it, or the rules have changed.
#pragma once

#include <string>
#include <vector>

#include "server/catalog/access_request_store.h"
#include "server/catalog/snapshot.h"
#include "server/catalog/writer.h"

namespace scrim::requests {

/// The roles whose yes a new subscription takes, in the order of the rules; empty: the owner's word is enough.
std::vector<std::string> approversOf(const catalog::Snapshot& snapshot, const catalog::DataSource& source);
/// Whether the subject may ask: a rule says BY APPROVAL, none shuts them out, and they have no access yet.
bool mayAsk(const catalog::Snapshot& snapshot, const policy::Subject& subject, const catalog::DataSource& source);
/// Whether the user holds the role towards the data source: OWNER, GOVERNOR. Nobody holds one that is not known.
bool holdsRole(const catalog::Snapshot& snapshot, const std::string& user, const catalog::DataSource& source,
               const std::string& role);
/// The roles that still have to say yes.
std::vector<std::string> missing(const catalog::Snapshot& snapshot, const catalog::AccessRequest& request,
                                 const catalog::DataSource& source);

/// The snapshot that the change builds on; rights are read from no older one. Errors: catalogConflict.
base::Result<void> holdNewest(catalog::Writer& writer, const catalog::Snapshot& snapshot);

/// One request, inside a change, and the person who acts on it.
struct Act {
  catalog::Writer& writer;
  const catalog::Snapshot& snapshot;
  const catalog::AccessRequest& request;
  const catalog::DataSource& source;
  const catalog::User& actor;
  std::string reason;
};

/// Counts for the first role that the actor holds and nobody has spoken for; gives the access once none is missing.
base::Result<void> approve(const Act& act);
base::Result<void> deny(const Act& act);
/// By an owner or a governor: the access that was given ends.
base::Result<void> revoke(const Act& act);
/// By who asked: the request, or the access that it gave.
base::Result<void> withdraw(const Act& act);

}  // namespace scrim::requests
