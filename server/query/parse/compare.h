// SPDX-License-Identifier: Apache-2.0
// Walking, comparing and copying parse trees by protobuf-c reflection, so that no field can be forgotten.
// Pure functions; any thread.
#pragma once

#include <functional>
#include <string>

#include "server/query/parse/node.h"

namespace scrim::parse {

/// Equal in every field except locations.
bool sameTree(const PgQuery__Node& a, const PgQuery__Node& b);
/// The path of the first difference, e.g. "select_stmt.where_clause.a_expr.name[0].string.sval"; empty if none.
std::string firstDifference(const PgQuery__Node& a, const PgQuery__Node& b);

/// Visits every PgQuery__Node under (and including) the given one, parents first. SelectStmt arms and other messages
/// held directly are walked through. The visitor returns false to leave out what is below a node.
void forEachNode(const PgQuery__Node& root, const std::function<bool(const PgQuery__Node&)>& visit);
void forEachNode(PgQuery__Node& root, const std::function<bool(PgQuery__Node&)>& visit);

/// Visits every message below the given one (not only PgQuery__Node), parents first; false leaves out what is below.
void forEachMessage(const ProtobufCMessage& root, const std::function<bool(const ProtobufCMessage&)>& visit);

/// The depth of a tree in messages.
std::size_t depthOf(const ProtobufCMessage& root);

/// A deep copy in another arena. An empty text becomes protobuf-c's shared one, as reading bytes makes it.
PgQuery__Node* clone(Arena& arena, const PgQuery__Node& node);
ProtobufCMessage* cloneMessage(Arena& arena, const ProtobufCMessage& message);

}  // namespace scrim::parse
