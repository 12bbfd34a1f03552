// SPDX-License-Identifier: Apache-2.0
// The world of the golden cases: data sources over tests/golden/world.sql, their rules, and the subjects. No database.
#pragma once

#include <string>

#include "server/query/query.h"

namespace scrim::test {

/// The catalog. Throws std::runtime_error when a rule of its own cannot be read.
catalog::SnapshotPtr makeWorld();
/// alice, bob or nobody.
query::QueryContext contextOf(const catalog::SnapshotPtr& world, const std::string& user);

}  // namespace scrim::test
