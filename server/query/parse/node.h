// SPDX-License-Identifier: Apache-2.0
// Typed access to PgQuery__Node, the tree all query stages share, and making new nodes in an arena.
// A node with case NOT_SET stands for NULL inside a list (as in SELECT DISTINCT without ON).
#pragma once

#include <pg_query/pg_query.pb-c.h>

#include <span>
#include <string_view>

#include "server/query/parse/arena.h"

namespace scrim::parse {

template <typename T>
struct NodeKind;  // kCase, descriptor(), get() and set() of a node type

#define SCRIM_NODE_KIND(Type, prefix, member, CASE)                                        \
  template <>                                                                              \
  struct NodeKind<Type> {                                                                  \
    static constexpr PgQuery__Node__NodeCase kCase = PG_QUERY__NODE__NODE_##CASE;          \
    static const ProtobufCMessageDescriptor& descriptor() { return prefix##__descriptor; } \
    static Type* get(const PgQuery__Node& node) { return node.member; }                    \
    static void set(PgQuery__Node& node, Type* value) { node.member = value; }             \
  };
#include "server/query/parse/node_kinds.inc"
#undef SCRIM_NODE_KIND

/// The node as a T, or null when it is null or of another kind.
template <typename T>
T* as(PgQuery__Node* node) {
  return node != nullptr && node->node_case == NodeKind<T>::kCase ? NodeKind<T>::get(*node) : nullptr;
}
template <typename T>
const T* as(const PgQuery__Node* node) {
  return node != nullptr && node->node_case == NodeKind<T>::kCase ? NodeKind<T>::get(*node) : nullptr;
}
template <typename T>
const T* as(const PgQuery__Node& node) {
  return as<T>(&node);
}

/// A fresh T as the parser makes it for "no location": every field its default, location -1.
template <typename T>
T* make(Arena& arena) {
  T* value = static_cast<T*>(arena.allocate(sizeof(T)));
  protobuf_c_message_init(&NodeKind<T>::descriptor(), value);
  if constexpr (requires { value->location = -1; }) value->location = -1;
  return value;
}

/// Puts a value into a node of its own.
template <typename T>
PgQuery__Node* wrap(Arena& arena, T* value) {
  auto* node = static_cast<PgQuery__Node*>(arena.allocate(sizeof(PgQuery__Node)));
  pg_query__node__init(node);
  node->node_case = NodeKind<T>::kCase;
  NodeKind<T>::set(*node, value);
  return node;
}

/// Replaces what a node holds, in place.
template <typename T>
void replace(PgQuery__Node& node, T* value) {
  node.node_case = NodeKind<T>::kCase;
  NodeKind<T>::set(node, value);
}

/// A repeated field as a range: list(stmt.n_target_list, stmt.target_list).
inline std::span<PgQuery__Node* const> list(std::size_t count, PgQuery__Node* const* items) { return {items, count}; }

/// Appends to a repeated field (copies the list: for many items use setList).
void append(Arena& arena, std::size_t& count, PgQuery__Node**& items, PgQuery__Node* item);
/// Sets a repeated field.
void setList(Arena& arena, std::size_t& count, PgQuery__Node**& items, std::span<PgQuery__Node* const> values);

/// A String node (identifiers in name lists).
PgQuery__Node* stringNode(Arena& arena, std::string_view text);
/// The text of a String node, or empty.
std::string_view stringOf(const PgQuery__Node* node);

}  // namespace scrim::parse
