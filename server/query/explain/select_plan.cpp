// SPDX-License-Identifier: Apache-2.0
#include "server/query/explain/select_plan.h"

#include <set>
#include <string>
#include <utility>

#include "server/query/parse/print.h"

namespace scrim::explain {
namespace {

using base::Result;
using parse::as;
using plan::NodeKind;
using plan::PlanNode;
using Nodes = std::span<PgQuery__Node* const>;

class Planner {
 public:
  Planner(const RelationPlan& relation, plan::Author author) : relation_(relation), author_(author) {}

  Result<PlanNode> select(const PgQuery__SelectStmt& statement) {
    const std::set<std::string> outer = ctes_;
    std::vector<PlanNode> withs;
    if (statement.with_clause != nullptr) {
      SCRIM_TRY(withs, ctes(*statement.with_clause));
    }
    SCRIM_TRY(PlanNode body, selectBody(statement));
    ctes_ = outer;
    if (withs.empty()) return body;
    PlanNode with = node(NodeKind::with, "");
    with.children = std::move(withs);
    with.children.push_back(std::move(body));
    return with;
  }

 private:
  PlanNode node(NodeKind kind, std::string text) const { return {kind, std::move(text), author_, {}, {}}; }

  PlanNode above(NodeKind kind, std::string text, PlanNode child) const {
    PlanNode parent = node(kind, std::move(text));
    parent.children.push_back(std::move(child));
    return parent;
  }

  static Result<std::string> expression(const PgQuery__Node& value) {
    if (const auto* sort = as<PgQuery__SortBy>(value)) return sortKey(*sort);
    if (const auto* target = as<PgQuery__ResTarget>(value)) return outputColumn(*target);
    return parse::printExpression(value);
  }

  /// In parentheses, as plans are read.
  static Result<std::string> condition(const PgQuery__Node& value) {
    SCRIM_TRY(const std::string text, parse::printExpression(value));
    return "(" + text + ")";
  }

  static Result<std::string> sortKey(const PgQuery__SortBy& sort) {
    SCRIM_TRY(std::string text, parse::printExpression(*sort.node));
    if (sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC) text += " DESC";
    if (sort.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST) text += " NULLS FIRST";
    if (sort.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST) text += " NULLS LAST";
    return text;
  }

  static Result<std::string> outputColumn(const PgQuery__ResTarget& target) {
    SCRIM_TRY(std::string text, parse::printExpression(*target.val));
    const std::string_view name = target.name == nullptr ? "" : target.name;
    if (!name.empty() && text != name) text += " AS " + std::string(name);
    return text;
  }

  static Result<std::string> listOf(Nodes values) {
    std::string text = "[";
    for (std::size_t i = 0; i < values.size(); ++i) {
      SCRIM_TRY(const std::string item, expression(*values[i]));
      text += (i == 0 ? "" : ", ") + item;
    }
    return text + "]";
  }

  Result<std::vector<PlanNode>> ctes(const PgQuery__WithClause& clause) {
    std::vector<PlanNode> withs;
    for (const PgQuery__Node* item : parse::list(clause.n_ctes, clause.ctes)) {
      const auto* cte = as<PgQuery__CommonTableExpr>(item);
      const auto* query = as<PgQuery__SelectStmt>(cte->ctequery);
      if (query == nullptr) return base::Error{base::ErrorCode::notSupported, "only SELECT may stand in WITH"};
      if (clause.recursive) ctes_.insert(cte->ctename);
      SCRIM_TRY(PlanNode body, select(*query));
      ctes_.insert(cte->ctename);
      withs.push_back(above(NodeKind::subqueryAlias, cte->ctename + traversalOf(*cte), std::move(body)));
    }
    return withs;
  }

  static std::string namesOf(Nodes names) {
    std::string text = "[";
    for (const PgQuery__Node* name : names) text += (text.size() == 1 ? "" : ", ") + std::string(parse::stringOf(name));
    return text + "]";
  }

  /// SEARCH and CYCLE of a recursive query.
  static std::string traversalOf(const PgQuery__CommonTableExpr& cte) {
    std::string text;
    if (const auto* search = cte.search_clause) {
      text += std::string(", search ") + (search->search_breadth_first ? "breadth" : "depth") + " first by " +
              namesOf(parse::list(search->n_search_col_list, search->search_col_list));
    }
    if (const auto* cycle = cte.cycle_clause)
      text += ", cycle " + namesOf(parse::list(cycle->n_cycle_col_list, cycle->cycle_col_list));
    return text;
  }

  Result<PlanNode> selectBody(const PgQuery__SelectStmt& statement) {
    SCRIM_TRY(PlanNode result,
              statement.op == PG_QUERY__SET_OPERATION__SETOP_NONE ? simpleSelect(statement) : setOperation(statement));
    if (statement.n_sort_clause > 0) {
      SCRIM_TRY(std::string keys, listOf(parse::list(statement.n_sort_clause, statement.sort_clause)));
      result = above(NodeKind::sort, std::move(keys), std::move(result));
    }
    if (statement.limit_count != nullptr || statement.limit_offset != nullptr) {
      SCRIM_TRY(std::string text, limitText(statement));
      result = above(NodeKind::limit, std::move(text), std::move(result));
    }
    return result;
  }

  static Result<std::string> limitText(const PgQuery__SelectStmt& statement) {
    std::string text;
    if (statement.limit_count != nullptr) {
      SCRIM_TRY(text, parse::printExpression(*statement.limit_count));
    }
    if (statement.limit_offset != nullptr) {
      SCRIM_TRY(const std::string offset, parse::printExpression(*statement.limit_offset));
      text += (text.empty() ? "offset " : ", offset ") + offset;
    }
    return text;
  }

  Result<PlanNode> setOperation(const PgQuery__SelectStmt& statement) {
    const char* name = statement.op == PG_QUERY__SET_OPERATION__SETOP_UNION       ? "Union"
                       : statement.op == PG_QUERY__SET_OPERATION__SETOP_INTERSECT ? "Intersect"
                                                                                  : "Except";
    PlanNode result = node(NodeKind::setOperation, std::string(name) + (statement.all ? " All" : ""));
    for (const PgQuery__SelectStmt* arm : {statement.larg, statement.rarg}) {
      SCRIM_TRY(PlanNode child, select(*arm));
      result.children.push_back(std::move(child));
    }
    return result;
  }

  Result<PlanNode> simpleSelect(const PgQuery__SelectStmt& statement) {
    if (statement.n_values_lists > 0) {
      return node(NodeKind::values, std::to_string(statement.n_values_lists) + " rows");
    }
    SCRIM_TRY(PlanNode result, fromList(parse::list(statement.n_from_clause, statement.from_clause)));
    if (statement.where_clause != nullptr) {
      SCRIM_TRY(std::string text, condition(*statement.where_clause));
      result = above(NodeKind::filter, std::move(text), std::move(result));
    }
    if (statement.n_group_clause > 0) {
      SCRIM_TRY(std::string keys, listOf(parse::list(statement.n_group_clause, statement.group_clause)));
      result = above(NodeKind::aggregate, std::move(keys), std::move(result));
    }
    if (statement.having_clause != nullptr) {
      SCRIM_TRY(std::string text, condition(*statement.having_clause));
      result = above(NodeKind::filter, std::move(text), std::move(result));
    }
    SCRIM_TRY(std::string targets, listOf(parse::list(statement.n_target_list, statement.target_list)));
    result = above(NodeKind::project, std::move(targets), std::move(result));
    return statement.n_distinct_clause > 0 ? distinct(statement, std::move(result)) : std::move(result);
  }

  Result<PlanNode> distinct(const PgQuery__SelectStmt& statement, PlanNode child) {
    const Nodes keys = parse::list(statement.n_distinct_clause, statement.distinct_clause);
    if (keys.front()->node_case == PG_QUERY__NODE__NODE__NOT_SET)
      return above(NodeKind::distinct, "", std::move(child));
    SCRIM_TRY(std::string text, listOf(keys));
    return above(NodeKind::distinct, "on " + text, std::move(child));
  }

  Result<PlanNode> fromList(Nodes items) {
    if (items.empty()) return node(NodeKind::oneRow, "");
    SCRIM_TRY(PlanNode result, fromItem(*items.front()));
    for (const PgQuery__Node* item : items.subspan(1)) {
      SCRIM_TRY(PlanNode right, fromItem(*item));
      PlanNode join = node(NodeKind::join, "Cross");
      join.children.push_back(std::move(result));
      join.children.push_back(std::move(right));
      result = std::move(join);
    }
    return result;
  }

  Result<PlanNode> fromItem(const PgQuery__Node& item) {
    if (const auto* table = as<PgQuery__RangeVar>(item)) return relation(*table);
    if (const auto* join = as<PgQuery__JoinExpr>(item)) return joined(*join);
    if (const auto* nested = as<PgQuery__RangeSubselect>(item)) return subselect(*nested);
    if (const auto* function = as<PgQuery__RangeFunction>(item)) return functionScan(*function);
    return base::Error{base::ErrorCode::notSupported, "EXPLAIN cannot draw an item of the FROM list"};
  }

  Result<PlanNode> relation(const PgQuery__RangeVar& table) {
    const bool qualified = table.schemaname != nullptr && *table.schemaname != '\0';
    if (!qualified && ctes_.contains(table.relname))
      return aliased(table.alias, node(NodeKind::cteReference, table.relname));
    SCRIM_TRY(PlanNode result, relation_(table));
    return aliased(table.alias, std::move(result));
  }

  PlanNode aliased(const PgQuery__Alias* alias, PlanNode child) const {
    if (alias == nullptr || child.text == alias->aliasname) return child;
    return above(NodeKind::subqueryAlias, alias->aliasname, std::move(child));
  }

  Result<PlanNode> subselect(const PgQuery__RangeSubselect& nested) {
    SCRIM_TRY(PlanNode body, select(*as<PgQuery__SelectStmt>(nested.subquery)));
    return aliased(nested.alias, std::move(body));
  }

  Result<PlanNode> functionScan(const PgQuery__RangeFunction& function) {
    std::string text;
    for (const PgQuery__Node* item : parse::list(function.n_functions, function.functions)) {
      const auto* pair = as<PgQuery__List>(item);
      if (pair == nullptr || pair->n_items == 0)
        return base::Error{base::ErrorCode::notSupported, "EXPLAIN cannot draw a function of the FROM list"};
      SCRIM_TRY(const std::string call, parse::printExpression(*pair->items[0]));
      text += (text.empty() ? "" : ", ") + call;
    }
    return aliased(function.alias, node(NodeKind::functionScan, std::move(text)));
  }

  Result<PlanNode> joined(const PgQuery__JoinExpr& join) {
    SCRIM_TRY(PlanNode left, fromItem(*join.larg));
    SCRIM_TRY(PlanNode right, fromItem(*join.rarg));
    SCRIM_TRY(std::string text, joinText(join));
    PlanNode result = node(NodeKind::join, std::move(text));
    result.children.push_back(std::move(left));
    result.children.push_back(std::move(right));
    return aliased(join.alias, std::move(result));
  }

  static Result<std::string> joinText(const PgQuery__JoinExpr& join) {
    std::string text = join.jointype == PG_QUERY__JOIN_TYPE__JOIN_LEFT    ? "Left"
                       : join.jointype == PG_QUERY__JOIN_TYPE__JOIN_RIGHT ? "Right"
                       : join.jointype == PG_QUERY__JOIN_TYPE__JOIN_FULL  ? "Full"
                                                                          : "Inner";
    if (join.is_natural) return text + ", natural";
    if (join.n_using_clause > 0) {
      text += ", using [";
      for (std::size_t i = 0; i < join.n_using_clause; ++i) {
        text += (i == 0 ? "" : ", ") + std::string(parse::stringOf(join.using_clause[i]));
      }
      return text + "]";
    }
    if (join.quals == nullptr) return std::string("Cross");
    SCRIM_TRY(const std::string quals, condition(*join.quals));
    return text + ", " + quals;
  }

  const RelationPlan& relation_;
  plan::Author author_;
  std::set<std::string> ctes_;
};

}  // namespace

base::Result<plan::PlanNode> planOfSelect(const PgQuery__SelectStmt& select, const RelationPlan& relation,
                                          plan::Author author) {
  return Planner(relation, author).select(select);
}

}  // namespace scrim::explain
