// SPDX-License-Identifier: Apache-2.0
// TreeCapture: takes the tree of libpg_query's parser as it is, before it becomes bytes. Packing it and unpacking it
// again look at all 260 fields of every node, which is nine tenths of what a parse costs
// (docs/decisions/0070-tree-taken-from-the-parser.md).
//
// libpg_query hands its tree to pg_query__parse_result__get_packed_size() and .._pack(), through the dynamic linker;
// this room defines both. Where a capture lives on the thread, they copy the tree into its arena and pack nothing; else
// they do what the library's own do. If the library does not come here (it is linked otherwise), tree() stays null and
// the bytes are there: slower, never wrong.
#pragma once

#include <pg_query/pg_query.pb-c.h>

#include <exception>

#include "server/query/parse/arena.h"

namespace scrim::parse {

/// One at a time on a thread; it is used and destroyed by the thread that made it.
class TreeCapture {
 public:
  explicit TreeCapture(Arena& arena);
  ~TreeCapture();
  TreeCapture(const TreeCapture&) = delete;
  TreeCapture& operator=(const TreeCapture&) = delete;

  /// What the parser made since, in the arena; null: nothing came by. Throws what copying it threw (std::bad_alloc).
  PgQuery__ParseResult* tree() const;

  /// For the two functions that the library calls: the capture of this thread, or null.
  static TreeCapture* current();
  void take(const PgQuery__ParseResult& tree) noexcept;

 private:
  Arena& arena_;
  PgQuery__ParseResult* tree_ = nullptr;
  std::exception_ptr failure_;
};

}  // namespace scrim::parse
