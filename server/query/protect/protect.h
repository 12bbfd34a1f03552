// SPDX-License-Identifier: Apache-2.0
// The third stage: each governed relation of a statement is replaced by its guarded form, a sub-query that yields the
// exposed columns, masked, of the rows that the subject may see. Column references are never touched.
//
//   (SELECT r.id AS id, <mask> AS ssn FROM public.customer AS r WHERE <row guard> [AND <pushed>] [OFFSET 0]) AS alias
//
// Over a definition (a data source defined by SQL) the same stands around it, and rules on columns that the definition
// only passes through stand below it, on the tables they come from. fence.h says when OFFSET 0 is needed. Any thread.
#pragma once

#include "server/catalog/snapshot.h"
#include "server/query/protect/protected_query.h"

namespace scrim::protect {

/// Whether display texts of masks, row guards and moved conjuncts are noted in the guards.
enum class Notes { none, forPlans };

/// `firstPolicyParameter`: the number after the last parameter of client and statement cache.
/// Errors: policyInvalid, if a rule cannot be applied; the statement is then refused.
base::Result<ProtectedQuery> protect(resolve::ResolvedQuery resolved, catalog::SnapshotPtr snapshot,
                                     int firstPolicyParameter, Notes notes = Notes::forPlans);

}  // namespace scrim::protect
