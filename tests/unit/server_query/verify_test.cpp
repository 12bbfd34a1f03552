// SPDX-License-Identifier: Apache-2.0
// verify() against a rewriter that makes mistakes: each mutation of a protected tree must be refused.
#include "server/query/protect/verify.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/query/parse/build.h"
#include "server/query/parse/compare.h"
#include "server/query/parse/print.h"
#include "server/query/protect/protect.h"
#include "server/query/resolve/resolve.h"
#include "world.h"

namespace scrim::test {
namespace {

using parse::as;

base::Result<protect::ProtectedQuery> guarded(const std::string& sql) {
  static const catalog::SnapshotPtr world = makeWorld();
  const query::QueryContext context = contextOf(world, "alice");
  SCRIM_TRY(parse::ParsedQuery parsed, parse::parseOne(sql));
  SCRIM_TRY(resolve::ResolvedQuery resolved,
            resolve::resolve(std::move(parsed), *world, context.subject, context.session));
  const int first = resolved.names.parameters + 1;
  return protect::protect(std::move(resolved), world, first);
}

base::Result<void> verified(const protect::ProtectedQuery& query) {
  SCRIM_TRY(const parse::PrintedQuery printed, parse::print(query.query().statement()));
  return protect::verify(query, printed.text);
}

// What a mistake of the rewriter could do to the SELECT around a remote table; false: it has nothing to do here.
using Mutation = std::function<bool(parse::Arena&, PgQuery__SelectStmt&)>;

PgQuery__RangeVar* remoteTable(PgQuery__SelectStmt& select) {
  auto* range = select.n_from_clause == 1 ? as<PgQuery__RangeVar>(select.from_clause[0]) : nullptr;
  return range != nullptr && *range->schemaname != '\0' ? range : nullptr;
}

bool dropConditions(parse::Arena&, PgQuery__SelectStmt& select) {
  return std::exchange(select.where_clause, nullptr) != nullptr;
}
bool weakenConditions(parse::Arena& arena, PgQuery__SelectStmt& select) {
  if (select.where_clause == nullptr) return false;
  PgQuery__Node* const either[] = {select.where_clause, parse::booleanConstant(arena, true)};
  select.where_clause = parse::orOf(arena, either);
  return true;
}
bool unmask(parse::Arena& arena, PgQuery__SelectStmt& select) {
  for (std::size_t i = 0; i < select.n_target_list; ++i) {
    PgQuery__ResTarget& target = *select.target_list[i]->res_target;
    const bool plain = as<PgQuery__ColumnRef>(target.val) != nullptr;
    const bool hidesStatistics = as<PgQuery__CaseExpr>(target.val) != nullptr;
    if (plain || hidesStatistics) continue;
    target.val = parse::columnRef(arena, {"r", target.name});
    return true;
  }
  return false;
}
bool anotherTable(parse::Arena& arena, PgQuery__SelectStmt& select) {
  remoteTable(select)->relname = arena.copy("secrets");
  return true;
}
bool anotherSchema(parse::Arena& arena, PgQuery__SelectStmt& select) {
  remoteTable(select)->schemaname = arena.copy("pg_catalog");
  return true;
}
bool leaveOutChildren(parse::Arena&, PgQuery__SelectStmt& select) {
  PgQuery__RangeVar& table = *remoteTable(select);
  table.inh = table.inh ? 0 : 1;
  return true;
}
bool hiddenColumn(parse::Arena& arena, PgQuery__SelectStmt& select) {
  parse::append(arena, select.n_target_list, select.target_list,
                parse::target(arena, parse::columnRef(arena, {"r", "internal"}), "internal"));
  return true;
}
bool hiddenColumnUnderAKnownName(parse::Arena& arena, PgQuery__SelectStmt& select) {
  if (select.n_target_list == 0) return false;
  select.target_list[0]->res_target->val = parse::columnRef(arena, {"r", "internal"});
  return true;
}
bool anotherColumnInTheRule(parse::Arena& arena, PgQuery__SelectStmt& select) {
  if (select.where_clause == nullptr) return false;
  bool changed = false;
  parse::forEachNode(*select.where_clause, [&](PgQuery__Node& node) {
    auto* ref = as<PgQuery__ColumnRef>(&node);
    if (ref == nullptr || ref->n_fields != 2) return true;
    ref->fields[1] = parse::stringNode(arena, "internal");
    changed = true;
    return true;
  });
  return changed;
}
bool secondTable(parse::Arena& arena, PgQuery__SelectStmt& select) {
  PgQuery__Node* other = parse::rangeVar(arena, "public", "region");
  other->range_var->alias = parse::alias(arena, "x");
  parse::append(arena, select.n_from_clause, select.from_clause, other);
  return true;
}
bool unionWithTheTable(parse::Arena& arena, PgQuery__SelectStmt& select) {
  PgQuery__Node* copy = parse::clone(arena, *parse::wrap(arena, &select));
  copy->select_stmt->where_clause = nullptr;
  PgQuery__SelectStmt* left = parse::clone(arena, *parse::wrap(arena, &select))->select_stmt;
  select = *parse::selectStatement(arena);
  select.op = PG_QUERY__SET_OPERATION__SETOP_UNION;
  select.all = 1;
  select.larg = left;
  select.rarg = copy->select_stmt;
  return true;
}
bool unknownFunction(parse::Arena& arena, PgQuery__SelectStmt& select) {
  PgQuery__Node* call =
      parse::systemCall(arena, "pg_sleep", std::vector<PgQuery__Node*>{parse::integerConstant(arena, 1)});
  parse::append(arena, select.n_target_list, select.target_list, parse::target(arena, call, "x"));
  return true;
}

const std::pair<const char*, Mutation> kMutations[] = {
    {"conditions dropped", dropConditions},
    {"conditions weakened", weakenConditions},
    {"mask dropped", unmask},
    {"another table", anotherTable},
    {"another schema", anotherSchema},
    {"tables that inherit left out, or taken in", leaveOutChildren},
    {"hidden column", hiddenColumn},
    {"hidden column under a known name", hiddenColumnUnderAKnownName},
    {"another column in the rule", anotherColumnInTheRule},
    {"second table", secondTable},
    {"union with the bare table", unionWithTheTable},
    {"unknown function", unknownFunction}};

const char* const kStatements[] = {
    "SELECT id, ssn FROM customer",
    "SELECT id, ssn FROM customer WHERE id = 5 AND 1 / age > 0",
    "SELECT department FROM purchase WHERE department LIKE 'T%'",
    "SELECT id, ssn, department FROM customer_purchases WHERE id = 5",
    "SELECT * FROM customer_purchases WHERE 1 / id > 0",
    "SELECT * FROM people",
    "SELECT country, total FROM spend",
    "SELECT ssn, shown FROM optional",
    "SELECT * FROM managed",
    "SELECT (f).product_id FROM family f",
    "SELECT amount FROM shy",
    "SELECT salary FROM shy_people WHERE id = 5",
    "SELECT * FROM shy_orders",
    "SELECT * FROM shy_optional",
    "SELECT amount FROM shy_filtered WHERE 1 / id > 0",
    "SELECT * FROM good_customers",
    "SELECT amount FROM good_orders",
    "WITH c AS (SELECT ssn FROM customer) SELECT * FROM c WHERE EXISTS (SELECT 1 FROM purchase p)",
};

TEST(Verify, UnchangedStatementsPass) {
  for (const char* sql : kStatements) {
    auto query = guarded(sql);
    ASSERT_TRUE(query.ok()) << sql << query.error().message;
    const auto result = verified(*query);
    EXPECT_TRUE(result.ok()) << sql << "\n" << result.error().message;
  }
}

// Applies a mutation to the n-th SELECT that reads a remote table; false: there is none.
bool mutate(const protect::ProtectedQuery& query, const Mutation& mutation, std::size_t n, bool& applied) {
  auto& tree = const_cast<PgQuery__Node&>(query.query().statement());
  std::vector<PgQuery__SelectStmt*> selects;
  parse::forEachNode(tree, [&](PgQuery__Node& node) {
    if (auto* select = as<PgQuery__SelectStmt>(&node); select != nullptr && remoteTable(*select) != nullptr)
      selects.push_back(select);
    return true;
  });
  if (n >= selects.size()) return false;
  applied = mutation(*query.query().sharedArena(), *selects[n]);
  return true;
}

TEST(Verify, EveryMutationIsRefused) {
  int tried = 0;
  for (const char* sql : kStatements) {
    for (const auto& [name, mutation] : kMutations) {
      for (std::size_t n = 0;; ++n) {
        auto query = guarded(sql);
        ASSERT_TRUE(query.ok()) << sql;
        bool applied = false;
        if (!mutate(*query, mutation, n, applied)) break;
        if (!applied) continue;
        ++tried;
        EXPECT_FALSE(verified(*query).ok()) << sql << "\n"
                                            << name << " at " << n << "\n"
                                            << parse::print(query->query().statement())->text;
      }
    }
  }
  EXPECT_GT(tried, 80);
}

TEST(Verify, ABareTableIsRefused) {
  for (const char* sql : kStatements) {
    auto query = guarded(sql);
    ASSERT_TRUE(query.ok());
    auto& tree = const_cast<PgQuery__Node&>(query->query().statement());
    const PgQuery__RangeSubselect* guard = query->guards().front().guarded;
    PgQuery__Node* bare = parse::rangeVar(*query->query().sharedArena(), "public", "customer");
    bare->range_var->alias = guard->alias;
    parse::forEachNode(tree, [&](PgQuery__Node& node) {
      if (as<PgQuery__RangeSubselect>(&node) == guard) parse::replace(node, bare->range_var);
      return true;
    });
    EXPECT_FALSE(verified(*query).ok()) << sql;
  }
}

TEST(Verify, AnotherTextIsRefused) {
  auto query = guarded("SELECT id FROM customer");
  ASSERT_TRUE(query.ok());
  EXPECT_FALSE(protect::verify(*query, "SELECT 1").ok());
  EXPECT_FALSE(protect::verify(*query, "SELECT id FROM public.customer").ok());
  EXPECT_FALSE(protect::verify(*query, "SELECT (").ok());
}

}  // namespace
}  // namespace scrim::test
