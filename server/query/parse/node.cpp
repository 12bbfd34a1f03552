// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/node.h"

#include <algorithm>

namespace scrim::parse {
namespace {

constexpr std::size_t kKindCount = 0
#define SCRIM_NODE_KIND(Type, prefix, member, CASE) +1
#include "server/query/parse/node_kinds.inc"
#undef SCRIM_NODE_KIND
    ;
static_assert(kKindCount == PG_QUERY__NODE__NODE_A_CONST,
              "node_kinds.inc does not match the installed pg_query.pb-c.h");

}  // namespace

void append(Arena& arena, std::size_t& count, PgQuery__Node**& items, PgQuery__Node* item) {
  auto** grown = arena.allocateArray<PgQuery__Node*>(count + 1);
  std::copy_n(items, count, grown);
  grown[count] = item;
  items = grown;
  ++count;
}

void setList(Arena& arena, std::size_t& count, PgQuery__Node**& items, std::span<PgQuery__Node* const> values) {
  items = arena.allocateArray<PgQuery__Node*>(values.size());
  std::copy(values.begin(), values.end(), items);
  count = values.size();
}

PgQuery__Node* stringNode(Arena& arena, std::string_view text) {
  auto* value = make<PgQuery__String>(arena);
  value->sval = arena.copy(text);
  return wrap(arena, value);
}

std::string_view stringOf(const PgQuery__Node* node) {
  const auto* value = as<PgQuery__String>(node);
  return value == nullptr ? std::string_view() : std::string_view(value->sval);
}

}  // namespace scrim::parse
