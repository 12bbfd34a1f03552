// SPDX-License-Identifier: Apache-2.0
// Small questions about the shape of a tree that was read back. Internal to verify. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/expression.h"
#include "common/schema/names.h"
#include "server/query/parse/node.h"

namespace scrim::protect {

/// Empty if a SELECT has a select list, one FROM item, perhaps a WHERE and perhaps OFFSET 0, and nothing else.
std::string onlyGuardClauses(const PgQuery__SelectStmt& select);
/// Whether a FROM item is exactly this table under this alias, with the tables that inherit from it or without.
bool isTable(const PgQuery__Node* from, const schema::QualifiedName& name, std::string_view alias, bool inherits);
/// The parts of an AND, or the condition itself; none for nullptr.
std::vector<const PgQuery__Node*> conjunctsOf(const PgQuery__Node* condition);
/// Adds the columns that an expression of a policy names.
void columnsOf(const policy::Expression& expression, std::set<std::string>& names);
/// What stands before COLLATE pg_catalog."default", which changes no value; else the node itself.
const PgQuery__Node& withoutDefaultCollation(const PgQuery__Node& node);
/// CASE WHEN now() IS NULL THEN value ELSE value END.
bool isOpaqueForm(const PgQuery__Node& node, const PgQuery__Node& value);

}  // namespace scrim::protect
