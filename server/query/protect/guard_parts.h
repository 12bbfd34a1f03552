// SPDX-License-Identifier: Apache-2.0
// The parts that every guarded form is made of. Internal to this room.
#pragma once

#include <set>

#include "server/query/protect/guard_builder.h"
#include "server/query/protect/render_mask.h"

namespace scrim::protect {

/// Adds the columns that an expression reads, but those that a look-up reads elsewhere.
void addColumns(const policy::Expression& expression, std::set<std::string>& names);
/// Columns that the decision's rules look at and that are not exposed.
std::set<std::string> hiddenColumnsRead(const policy::Resource& resource, const policy::Decision& decision);
/// What the decision's rules speak of: the exposed columns, and those hidden ones. `storage` holds them where there are
/// any.
const std::vector<policy::ResourceColumn>& columnsForRules(const policy::Resource& resource,
                                                           const policy::Decision& decision,
                                                           std::vector<policy::ResourceColumn>& storage);
/// A column as the decision shows it; what was applied is added to `applied`.
base::Result<RenderedColumn> shownColumn(const policy::ResourceColumn& column, const policy::Decision& decision,
                                         const RenderScope& scope, std::vector<AppliedMask>& applied);
/// The decision's row guards over the scope, one tree each.
base::Result<std::vector<PgQuery__Node*>> rowConditions(const policy::Decision& decision, const RenderScope& scope,
                                                        std::vector<AppliedRows>& applied);
base::Result<PgQuery__Node*> rowCondition(const policy::RowGuard& guard, const RenderScope& scope,
                                          std::vector<AppliedRows>& applied);
/// A copy of a user's conjunct with its columns named as inside the guard; nullptr if it reads a masked column.
PgQuery__Node* movedInside(const PgQuery__Node& conjunct, const resolve::Resolution& names,
                           const std::vector<policy::ResourceColumn>& columns, const std::vector<bool>& masked,
                           const RenderScope& scope);
/// The value unchanged, in a form through which the planner does not see a column (and so not its statistics).
PgQuery__Node* opaqueToPlanner(parse::Arena& arena, PgQuery__Node* value);
/// Whether LIKE and its kin take values of the type as they are.
bool isPatternMatched(const schema::DataType& type);
/// OFFSET 0: nothing that stands outside is evaluated on rows that the conditions inside leave out.
/// value COLLATE "default": what it has already, if its column is as it was recorded; PostgreSQL's planner drops it
/// then.
PgQuery__Node* ofDefaultCollation(parse::Arena& arena, PgQuery__Node* value);
void addFence(parse::Arena& arena, PgQuery__SelectStmt& select);
/// For people: an expression as it is printed; empty if it cannot be.
std::string displayText(const PgQuery__Node& expression);

}  // namespace scrim::protect
