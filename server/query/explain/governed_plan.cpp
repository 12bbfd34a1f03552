// SPDX-License-Identifier: Apache-2.0
#include "server/query/explain/governed_plan.h"

#include <algorithm>
#include <string>

#include "server/query/explain/select_plan.h"
#include "server/query/parse/parse.h"
#include "server/query/resolve/classify.h"

namespace scrim::explain {
namespace {

using base::Result;
using plan::Author;
using plan::NodeKind;
using plan::PlanNode;
using protect::Guard;

PlanNode relationNode(const std::string& name) { return {NodeKind::relation, name, Author::definition, {}, {}}; }

/// What a data source stands for: the tree of its definition is drawn with `table` for each of its tables.
Result<PlanNode> planOfDefinition(const catalog::DataSource& source, const RelationPlan& table) {
  SCRIM_TRY(const parse::ParsedQuery definition, parse::parseOne(source.definition));
  const auto* select = parse::as<PgQuery__SelectStmt>(definition.statement());
  if (select == nullptr)
    return base::Error{base::ErrorCode::internal, "the definition of " + source.name.name + " is no SELECT"};
  return planOfSelect(*select, table, Author::definition);
}

std::string aliasOf(const PgQuery__RangeVar& table) {
  return table.alias != nullptr ? table.alias->aliasname : table.relname;
}

class PolicyPlanner {
 public:
  PolicyPlanner(const Guard& guard, Detail detail) : guard_(guard), detail_(detail) {}

  Result<PlanNode> draw() const {
    const catalog::DataSource& source = *guard_.use->source;
    if (!source.isSql()) return tablePlan(guard_.tables.at(0), guard_.columns);
    SCRIM_TRY(PlanNode body,
              planOfDefinition(source, [this](const PgQuery__RangeVar& name) { return definitionTable(name); }));
    return guarded(std::move(body), guard_.rows, guard_.masks, guard_.columns);
  }

 private:
  Result<PlanNode> definitionTable(const PgQuery__RangeVar& name) const {
    const std::string alias = aliasOf(name);
    for (const protect::GuardedTable& table : guard_.tables) {
      if (table.alias == alias) return tablePlan(table, table.columns);
    }
    return relationNode(name.relname);
  }

  PlanNode tablePlan(const protect::GuardedTable& table, const std::vector<std::string>& columns) const {
    return guarded(relationNode(table.remote.name), table.rows, table.masks, columns);
  }

  /// Project over Filter over `body`, as far as policy has something to do there.
  PlanNode guarded(PlanNode body, const std::vector<protect::AppliedRows>& rows,
                   const std::vector<protect::AppliedMask>& masks, const std::vector<std::string>& columns) const {
    if (rows.empty() && masks.empty()) return body;
    for (const protect::AppliedRows& row : rows) {
      PlanNode filter{NodeKind::filter, rowText(row), Author::policy, {row.sentence}, {}};
      filter.children.push_back(std::move(body));
      body = std::move(filter);
    }
    PlanNode project{NodeKind::project, columnList(masks, columns), Author::policy, {}, {}};
    for (const protect::AppliedMask& mask : masks) {
      project.sentences.insert(project.sentences.end(), mask.sentences.begin(), mask.sentences.end());
    }
    project.children.push_back(std::move(body));
    return project;
  }

  std::string rowText(const protect::AppliedRows& row) const {
    for (const policy::RowGuard& rule : guard_.use->decision->rows) {
      if (rule.sentence == row.sentence) return rowGuardText(*rule.predicate, detail_, guard_.columns);
    }
    return "(policy)";
  }

  std::string columnList(const std::vector<protect::AppliedMask>& masks,
                         const std::vector<std::string>& columns) const {
    std::string text = "[";
    for (const std::string& column : columns) {
      const auto mask = std::find_if(masks.begin(), masks.end(), [&](const auto& m) { return m.column == column; });
      text += (text.size() == 1 ? "" : ", ") + (mask == masks.end() ? column : maskedText(*mask));
    }
    return text + "]";
  }

  std::string maskedText(const protect::AppliedMask& mask) const {
    for (const auto& [column, rules] : guard_.use->decision->masks) {
      const bool same = !rules.empty() && !mask.sentences.empty() && rules.front().sentence == mask.sentences.front();
      if (column == mask.column || (same && rules.size() == mask.sentences.size()))
        return columnText(mask.column, rules, detail_, guard_.columns);
    }
    return "MASKED(" + mask.column + ") AS " + mask.column;
  }

  const Guard& guard_;
  Detail detail_;
};

/// The user's own tree again (protect changed the first one), with a plan for each data source in it.
Result<PlanNode> planOfStatement(const protect::ProtectedQuery& query,
                                 const std::function<Result<PlanNode>(const Guard&)>& planOfGuard) {
  SCRIM_TRY(std::vector<parse::ParsedQuery> statements, parse::parseStatements(query.query().text()));
  for (parse::ParsedQuery& statement : statements) {
    if (statement.offset() != query.query().offset()) continue;
    SCRIM_TRY(const auto kind, resolve::classify(statement));
    if (kind != resolve::StatementKind::select) {
      SCRIM_TRY(statement, resolve::innerSelect(statement));
    }
    const RelationPlan relation = [&](const PgQuery__RangeVar& name) -> Result<PlanNode> {
      for (const Guard& guard : query.guards()) {
        if (guard.original->location == name.location) return planOfGuard(guard);
      }
      return PlanNode{NodeKind::relation, name.relname, Author::user, {}, {}};
    };
    return planOfSelect(*parse::as<PgQuery__SelectStmt>(statement.statement()), relation);
  }
  return base::Error{base::ErrorCode::internal, "the statement to explain was not found again in its text"};
}

}  // namespace

Result<PlanNode> planAsWritten(const protect::ProtectedQuery& query) {
  return planOfStatement(query, [](const Guard& guard) -> Result<PlanNode> {
    const catalog::DataSource& source = *guard.use->source;
    if (!source.isSql()) return relationNode(source.name.name);
    return planOfDefinition(
        source, [](const PgQuery__RangeVar& name) -> Result<PlanNode> { return relationNode(name.relname); });
  });
}

Result<PlanNode> planAfterPolicy(const protect::ProtectedQuery& query, Detail detail) {
  return planOfStatement(query, [detail](const Guard& guard) { return PolicyPlanner(guard, detail).draw(); });
}

}  // namespace scrim::explain
