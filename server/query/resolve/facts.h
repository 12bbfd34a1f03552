// SPDX-License-Identifier: Apache-2.0
// What resolve finds out about each expression, for protect: whose rows it touches, and whether evaluating it on a row
// that the user may not see could tell anything about that row.
#pragma once

#include <cstdint>

namespace scrim::resolve {

/// A set of a statement's tables: bit i stands for ResolvedQuery::tables[i].
using TableSet = std::uint64_t;
inline constexpr int kMostTables = 64;

struct Facts {
  std::uint32_t type = 0;  // OID; oid::kUnknown: takes the type it meets; 0: not certain
  bool leakProof = true;   // cannot fail and has no side effect that depends on values (pg_proc.proleakproof)
  bool constant = false;   // folded before any row is read: made of literals by immutable operators
  bool movable = true;     // made of constants, parameters and columns of tables in the same FROM list only
  TableSet tables = 0;     // whose rows its value is computed from
};

/// The facts of something computed from both: its type is not certain.
inline Facts combined(const Facts& a, const Facts& b) {
  return {.type = 0,
          .leakProof = a.leakProof && b.leakProof,
          .constant = a.constant && b.constant,
          .movable = a.movable && b.movable,
          .tables = a.tables | b.tables};
}
/// A value of a sub-query, aggregate or window: computed above the tables, whose guards have run by then.
inline Facts detached(std::uint32_t type = 0) { return {.type = type, .movable = false}; }

}  // namespace scrim::resolve
