// SPDX-License-Identifier: Apache-2.0
// From the catalog's database to a snapshot: all of it, or what changed since an earlier one, read in one transaction
// so that every snapshot is one version and nothing in between. One thread at a time.
#pragma once

#include "server/catalog/snapshot.h"
#include "server/store/link.h"
#include "server/store/secret_box.h"

namespace scrim::catalog {

struct Loaded {
  SnapshotPtr snapshot;
  bool everything = false;  // false: only what had changed was read
};

/// `base`: the snapshot known so far; nullptr: none. Errors: those of store::Link.
base::Result<Loaded> loadSnapshot(store::Link& link, const store::SecretBox& box, const SnapshotPtr& base);

}  // namespace scrim::catalog
