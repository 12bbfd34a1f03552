// SPDX-License-Identifier: Apache-2.0
// What resolve finds out about each expression, for protect: whose rows it touches, and whether evaluating it on a row
// that the user may not see could tell anything about that row.
#pragma once

#include <cstdint>

#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::resolve {

/// A set of a statement's tables: bit i stands for ResolvedQuery::tables[i].
using TableSet = std::uint64_t;
inline constexpr int kMostTables = 64;

struct Facts {
  std::uint32_t type = 0;  // OID; oid::kUnknown: takes the type it meets; 0: not certain
  bool leakProof = true;   // cannot fail and has no side effect that depends on values (pg_proc.proleakproof)
  bool constant = false;   // folded before any row is read: made of literals by immutable operators
  bool movable = true;     // made of constants, parameters and columns of tables in the same FROM list only
  bool eachRow = false;    // calls a volatile function: evaluated for each row, even where it names no column
  // Text that may have a collation which is not the database's default; of two such values that came together, nobody
  // knows which holds, and whatever compares them fails when the first row comes (42P22).
  bool ownCollation = false;
  bool clash = false;
  TableSet texts = 0;   // whose text it is, of the database's default collation as was recorded
  TableSet pinned = 0;  // whose such text met other text: protect makes sure of its collation
  TableSet tables = 0;  // whose rows its value is computed from
};

/// The facts of something computed from both: its type is not certain.
inline Facts combined(const Facts& a, const Facts& b) {
  const bool meet = (a.texts != 0 && (b.texts != 0 || b.ownCollation)) || (b.texts != 0 && a.ownCollation);
  return {.type = 0,
          .leakProof = a.leakProof && b.leakProof,
          .constant = a.constant && b.constant,
          .movable = a.movable && b.movable,
          .eachRow = a.eachRow || b.eachRow,
          .ownCollation = a.ownCollation || b.ownCollation,
          .clash = a.clash || b.clash || (a.ownCollation && b.ownCollation),
          .texts = a.texts | b.texts,
          .pinned = a.pinned | b.pinned | (meet ? a.texts | b.texts : 0),
          .tables = a.tables | b.tables};
}
/// Values of both become one of a common type: that may need a cast, and a cast may fail.
inline Facts unified(const Facts& a, const Facts& b) {
  Facts both = combined(a, b);
  if (b.type == oid::kUnknown || a.type == b.type) {
    both.type = a.type;
  } else if (a.type == oid::kUnknown) {
    both.type = b.type;
  }
  both.leakProof = both.leakProof && both.type != 0;
  return both;
}
/// What does not carry text: true or false, a number.
inline Facts textless(Facts facts, std::uint32_t type) {
  facts.type = type;
  facts.ownCollation = facts.clash = false;
  facts.texts = 0;
  return facts;
}
/// A value of a sub-query, aggregate or window: computed above the tables, whose guards have run by then.
inline Facts detached(std::uint32_t type = 0) { return {.type = type, .movable = false}; }

}  // namespace scrim::resolve
