// SPDX-License-Identifier: Apache-2.0
// ORDER BY, WINDOW, OVER and frames.
#include "server/query/parse/printer.h"

namespace scrim::parse {
namespace {

// FRAMEOPTION_* of PostgreSQL's parsenodes.h.
enum FrameOption : unsigned {
  kNonDefault = 0x00001,
  kRange = 0x00002,
  kRows = 0x00004,
  kGroups = 0x00008,
  kBetween = 0x00010,
  kStartUnboundedPreceding = 0x00020,
  kEndUnboundedFollowing = 0x00100,
  kStartCurrentRow = 0x00200,
  kEndCurrentRow = 0x00400,
  kStartOffsetPreceding = 0x00800,
  kEndOffsetPreceding = 0x01000,
  kStartOffsetFollowing = 0x02000,
  kEndOffsetFollowing = 0x04000,
  kExcludeCurrentRow = 0x08000,
  kExcludeGroup = 0x10000,
  kExcludeTies = 0x20000,
};
constexpr unsigned kDefaultFrame = kRange | kStartUnboundedPreceding | kEndCurrentRow;

}  // namespace

void Printer::orderBy(Nodes items) {
  put("ORDER BY ");
  commaSeparated(items, [&](const PgQuery__Node* node) {
    const auto* item = as<PgQuery__SortBy>(node);
    if (require(item != nullptr, "this ORDER BY item")) sortItem(*item);
  });
}

void Printer::sortItem(const PgQuery__SortBy& item) {
  expression(item.node);
  switch (item.sortby_dir) {
    case PG_QUERY__SORT_BY_DIR__SORTBY_DEFAULT:
      break;
    case PG_QUERY__SORT_BY_DIR__SORTBY_ASC:
      put(" ASC");
      break;
    case PG_QUERY__SORT_BY_DIR__SORTBY_DESC:
      put(" DESC");
      break;
    case PG_QUERY__SORT_BY_DIR__SORTBY_USING: {
      const Mark mark(*this, item.location);
      put(" USING ");
      operatorName(list(item.n_use_op, item.use_op));
      break;
    }
    default:
      refuse("this sort direction");
  }
  if (item.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST) put(" NULLS FIRST");
  if (item.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST) put(" NULLS LAST");
}

void Printer::windows(Nodes definitions) {
  if (definitions.empty()) return;
  put(" WINDOW ");
  commaSeparated(definitions, [&](const PgQuery__Node* node) {
    const auto* window = as<PgQuery__WindowDef>(node);
    if (!require(window != nullptr && *window->name != '\0', "this window")) return;
    name(window->name).put(" AS ");
    windowSpecification(*window);
  });
}

void Printer::over(const PgQuery__WindowDef& window) {
  put(" OVER ");
  if (*window.name == '\0') return windowSpecification(window);
  const Mark mark(*this, window.location);
  name(window.name);
}

void Printer::windowSpecification(const PgQuery__WindowDef& window) {
  const Mark mark(*this, window.location);
  std::string_view separator;
  put("(");
  if (*window.refname != '\0') {
    name(window.refname);
    separator = " ";
  }
  if (window.n_partition_clause > 0) {
    put(separator).put("PARTITION BY ");
    expressions(list(window.n_partition_clause, window.partition_clause));
    separator = " ";
  }
  if (window.n_order_clause > 0) {
    put(separator);
    orderBy(list(window.n_order_clause, window.order_clause));
    separator = " ";
  }
  if (window.frame_options != static_cast<int>(kDefaultFrame)) {
    put(separator);
    frame(window);
  }
  put(")");
}

void Printer::frame(const PgQuery__WindowDef& window) {
  const auto options = static_cast<unsigned>(window.frame_options);
  if (!require((options & kNonDefault) != 0, "this window frame")) return;
  put((options & kRange) != 0 ? "RANGE " : (options & kRows) != 0 ? "ROWS " : "GROUPS ");
  if ((options & kBetween) != 0) put("BETWEEN ");
  frameBound(options, true, window.start_offset);
  if ((options & kBetween) != 0) {
    put(" AND ");
    frameBound(options, false, window.end_offset);
  }
  if ((options & kExcludeCurrentRow) != 0) put(" EXCLUDE CURRENT ROW");
  if ((options & kExcludeGroup) != 0) put(" EXCLUDE GROUP");
  if ((options & kExcludeTies) != 0) put(" EXCLUDE TIES");
}

void Printer::frameBound(unsigned options, bool start, const PgQuery__Node* offset) {
  const auto set = [&](unsigned atStart, unsigned atEnd) { return (options & (start ? atStart : atEnd)) != 0; };
  if (set(kStartUnboundedPreceding, 0)) {
    put("UNBOUNDED PRECEDING");
  } else if (set(0, kEndUnboundedFollowing)) {
    put("UNBOUNDED FOLLOWING");
  } else if (set(kStartCurrentRow, kEndCurrentRow)) {
    put("CURRENT ROW");
  } else if (set(kStartOffsetPreceding, kEndOffsetPreceding)) {
    operand(offset);
    put(" PRECEDING");
  } else if (set(kStartOffsetFollowing, kEndOffsetFollowing)) {
    operand(offset);
    put(" FOLLOWING");
  } else {
    refuse("this window frame");
  }
}

}  // namespace scrim::parse
