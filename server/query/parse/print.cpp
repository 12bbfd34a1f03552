// SPDX-License-Identifier: Apache-2.0
#include "server/query/parse/print.h"

#include <algorithm>
#include <utility>

#include "server/query/parse/printer.h"

namespace scrim::parse {

using base::Error;
using base::ErrorCode;

Printer::Mark::Mark(Printer& printer, int location) : printer_(printer), index_(printer.spans_.size()) {
  if (location < 0) {
    index_ = std::string::npos;
  } else {
    const auto begin = static_cast<std::uint32_t>(printer.text_.size());
    printer.spans_.push_back({begin, begin, static_cast<std::uint32_t>(location)});
  }
}

Printer::Mark::~Mark() {
  if (index_ != std::string::npos) printer_.spans_[index_].end = static_cast<std::uint32_t>(printer_.text_.size());
}

void Printer::refuse(std::string_view what) {
  if (error_) return;
  error_ = Error{.code = ErrorCode::notSupported, .message = std::string(what) + " is not supported"};
}

bool Printer::require(bool condition, std::string_view what) {
  if (!condition) refuse(what);
  return condition;
}

base::Result<PrintedQuery> Printer::finish() && {
  if (error_) return std::move(*error_);
  return PrintedQuery{std::move(text_), std::move(spans_)};
}

void Printer::qualifiedName(Nodes parts, std::string_view what) {
  if (!require(!parts.empty(), what)) return;
  for (const PgQuery__Node* part : parts) {
    if (!require(as<PgQuery__String>(part) != nullptr, what)) return;
    if (part != parts.front()) put(".");
    name(stringOf(part));
  }
}

void Printer::nameList(Nodes names) {
  put("(");
  commaSeparated(names, [&](const PgQuery__Node* item) {
    if (require(as<PgQuery__String>(item) != nullptr, "this name")) name(stringOf(item));
  });
  put(")");
}

void Printer::expressions(Nodes nodes) {
  commaSeparated(nodes, [&](const PgQuery__Node* node) { expression(node); });
}

void Printer::statement(const PgQuery__Node* node) {
  const auto* statement = as<PgQuery__SelectStmt>(node);
  if (require(statement != nullptr, "this kind of statement")) select(*statement);
}

// The grammar refuses WITH TIES beside SKIP LOCKED, but takes them from either side of parentheses.
bool Printer::mustKeepLockingApart(const PgQuery__SelectStmt& select) {
  if (select.limit_option != PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES) return false;
  const Nodes clauses = list(select.n_locking_clause, select.locking_clause);
  return std::any_of(clauses.begin(), clauses.end(), [](const PgQuery__Node* node) {
    const auto* clause = as<PgQuery__LockingClause>(node);
    return clause != nullptr && clause->wait_policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitSkip;
  });
}

void Printer::select(const PgQuery__SelectStmt& select) {
  if (!require(select.into_clause == nullptr, "SELECT INTO")) return;
  const bool apart = mustKeepLockingApart(select);
  if (apart) put("(");
  if (select.with_clause != nullptr) with(*select.with_clause);
  if (select.op != PG_QUERY__SET_OPERATION__SETOP_NONE) {
    setOperation(select);
  } else if (select.n_values_lists > 0) {
    values(list(select.n_values_lists, select.values_lists));
  } else {
    simpleSelect(select);
  }
  if (select.n_sort_clause > 0) {
    put(" ");
    orderBy(list(select.n_sort_clause, select.sort_clause));
  }
  limit(select);
  if (apart) put(")");
  for (const PgQuery__Node* node : list(select.n_locking_clause, select.locking_clause)) {
    const auto* clause = as<PgQuery__LockingClause>(node);
    if (require(clause != nullptr, "this locking clause")) locking(*clause);
  }
}

void Printer::simpleSelect(const PgQuery__SelectStmt& select) {
  put("SELECT");
  distinct(list(select.n_distinct_clause, select.distinct_clause));
  targets(list(select.n_target_list, select.target_list));
  if (select.n_from_clause > 0) {
    put(" FROM ");
    commaSeparated(list(select.n_from_clause, select.from_clause), [&](const PgQuery__Node* item) { fromItem(item); });
  }
  if (select.where_clause != nullptr) {
    put(" WHERE ");
    expression(select.where_clause);
  }
  groupBy(select);
  if (select.having_clause != nullptr) {
    put(" HAVING ");
    expression(select.having_clause);
  }
  windows(list(select.n_window_clause, select.window_clause));
}

void Printer::setOperation(const PgQuery__SelectStmt& select) {
  if (!require(select.larg != nullptr && select.rarg != nullptr, "this set operation")) return;
  put("(");
  this->select(*select.larg);
  switch (select.op) {
    case PG_QUERY__SET_OPERATION__SETOP_UNION:
      put(") UNION ");
      break;
    case PG_QUERY__SET_OPERATION__SETOP_INTERSECT:
      put(") INTERSECT ");
      break;
    case PG_QUERY__SET_OPERATION__SETOP_EXCEPT:
      put(") EXCEPT ");
      break;
    default:
      refuse("this set operation");
  }
  put(select.all ? "ALL (" : "(");
  this->select(*select.rarg);
  put(")");
}

void Printer::values(Nodes lists) {
  put("VALUES ");
  commaSeparated(lists, [&](const PgQuery__Node* item) {
    const auto* row = as<PgQuery__List>(item);
    if (!require(row != nullptr, "this VALUES list")) return;
    put("(");
    expressions(list(row->n_items, row->items));
    put(")");
  });
}

// DISTINCT without ON is a list of one NULL.
void Printer::distinct(Nodes clause) {
  if (clause.empty()) return;
  put(" DISTINCT");
  if (clause.size() == 1 && (clause[0] == nullptr || clause[0]->node_case == PG_QUERY__NODE__NODE__NOT_SET)) return;
  put(" ON (");
  expressions(clause);
  put(")");
}

void Printer::targets(Nodes list) {
  if (!list.empty()) put(" ");
  commaSeparated(list, [&](const PgQuery__Node* item) {
    const auto* target = as<PgQuery__ResTarget>(item);
    if (!require(target != nullptr && target->n_indirection == 0, "this select list")) return;
    const Mark mark(*this, target->location);
    expression(target->val);
    if (target->name != nullptr && *target->name != '\0') put(" AS ").name(target->name);
  });
}

void Printer::groupBy(const PgQuery__SelectStmt& select) {
  if (select.n_group_clause == 0) return;
  put(select.group_distinct ? " GROUP BY DISTINCT " : " GROUP BY ");
  expressions(list(select.n_group_clause, select.group_clause));
}

void Printer::limit(const PgQuery__SelectStmt& select) {
  const bool withTies = select.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES;
  if (select.limit_count != nullptr && !withTies) {
    put(" LIMIT ");
    expression(select.limit_count);
  }
  if (select.limit_offset != nullptr) {
    put(" OFFSET ");
    expression(select.limit_offset);
  }
  if (select.limit_count != nullptr && withTies) {
    put(" FETCH FIRST (");
    expression(select.limit_count);
    put(") ROWS WITH TIES");
  }
}

void Printer::locking(const PgQuery__LockingClause& clause) {
  switch (clause.strength) {
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORKEYSHARE:
      put(" FOR KEY SHARE");
      break;
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORSHARE:
      put(" FOR SHARE");
      break;
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORNOKEYUPDATE:
      put(" FOR NO KEY UPDATE");
      break;
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORUPDATE:
      put(" FOR UPDATE");
      break;
    default:
      refuse("this locking clause");
  }
  if (clause.n_locked_rels > 0) put(" OF ");
  commaSeparated(list(clause.n_locked_rels, clause.locked_rels), [&](const PgQuery__Node* item) {
    const auto* locked = as<PgQuery__RangeVar>(item);
    if (require(locked != nullptr && locked->alias == nullptr && locked->inh, "this locking clause")) relation(*locked);
  });
  if (clause.wait_policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitSkip) put(" SKIP LOCKED");
  if (clause.wait_policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitError) put(" NOWAIT");
}

std::optional<std::size_t> PrintedQuery::sourceOf(std::size_t outputByte) const {
  auto after = std::upper_bound(spans.begin(), spans.end(), outputByte,
                                [](std::size_t byte, const PrintedSpan& span) { return byte < span.begin; });
  while (after != spans.begin()) {
    --after;
    if (after->end > outputByte) return after->source;
  }
  return std::nullopt;
}

base::Result<PrintedQuery> print(const PgQuery__Node& statement) {
  Printer printer;
  printer.statement(&statement);
  return std::move(printer).finish();
}

base::Result<std::string> printExpression(const PgQuery__Node& expression) {
  Printer printer;
  printer.expression(&expression);
  SCRIM_TRY(PrintedQuery printed, std::move(printer).finish());
  return std::move(printed.text);
}

}  // namespace scrim::parse
