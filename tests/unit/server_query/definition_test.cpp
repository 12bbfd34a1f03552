// SPDX-License-Identifier: Apache-2.0
// Definitions of data sources: resolved once, copied for each statement.
#include "server/query/resolve/definition.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/query/parse/build.h"
#include "server/query/parse/print.h"
#include "world.h"

namespace scrim::test {
namespace {

using resolve::ResolvedDefinition;
using SourcePtr = std::shared_ptr<const catalog::DataSource>;

SourcePtr sourceNamed(const std::string& name) {
  static const catalog::SnapshotPtr world = makeWorld();
  return world->dataSource(schema::QualifiedName{"public", name});
}

std::string textOf(const ResolvedDefinition& definition) {
  parse::Arena arena;
  return parse::print(*parse::wrap(arena, definition.select))->text;
}

// Each column that is read, as text, in some order.
std::vector<std::string> usesOf(const ResolvedDefinition& definition) {
  std::vector<std::string> uses;
  for (const auto& [ref, use] : definition.names.columnUses) {
    uses.push_back(std::string(parse::stringOf(ref->fields[ref->n_fields - 1])) + " " + std::to_string(use.table) +
                   "." + std::to_string(use.column));
  }
  std::sort(uses.begin(), uses.end());
  return uses;
}

class EachDefinition : public testing::TestWithParam<const char*> {};

TEST_P(EachDefinition, IsCopiedWithAllThatIsKnownOfIt) {
  const auto definition = resolve::resolveDefinition(*sourceNamed(GetParam()));
  ASSERT_TRUE(definition.ok());
  const ResolvedDefinition copy = resolve::copyOf(*definition, std::make_shared<parse::Arena>());
  EXPECT_EQ(textOf(copy), textOf(*definition));
  EXPECT_EQ(usesOf(copy), usesOf(*definition));
  ASSERT_EQ(copy.names.tables.size(), definition->names.tables.size());
  for (std::size_t i = 0; i < copy.names.tables.size(); ++i) {
    EXPECT_NE(copy.names.tables[i].node, definition->names.tables[i].node);
    EXPECT_STREQ(copy.names.tables[i].node->range_var->relname, definition->names.tables[i].node->range_var->relname);
    EXPECT_EQ(copy.names.tables[i].columns, definition->names.tables[i].columns);
  }
}
INSTANTIATE_TEST_SUITE_P(World, EachDefinition,
                         testing::Values("customer_purchases", "spend", "optional", "dear_view"));

TEST(Definitions, KeepTheOwnersTextWhateverIsDoneToCopies) {
  resolve::Definitions definitions;
  const auto written = definitions.of(sourceNamed("optional"));
  ASSERT_TRUE(written.ok());
  const std::string before = textOf(**written);
  const auto arena = std::make_shared<parse::Arena>();
  ResolvedDefinition copy = resolve::copyOf(**written, arena);
  for (auto& table : copy.names.tables) table.node->range_var->relname = arena->copy("secrets");
  copy.select->where_clause = parse::booleanConstant(*arena, true);
  EXPECT_NE(textOf(copy), before);
  EXPECT_EQ(textOf(**definitions.of(sourceNamed("optional"))), before);
  EXPECT_EQ(definitions.of(sourceNamed("optional")).value(), *written) << "resolved twice";
}

TEST(Definitions, FollowADataSourceThatChanges) {
  resolve::Definitions definitions;
  const auto changed = [&](const std::string& text) {
    catalog::DataSource source;
    const catalog::DataSource& old = *sourceNamed("spend");
    source.id = old.id;
    source.name = old.name;
    source.connection = old.connection;
    source.remoteTables = old.remoteTables;
    source.definition = text;
    return std::make_shared<const catalog::DataSource>(std::move(source));
  };
  // One after the other in what may be the same memory.
  for (int i = 0; i < 3; ++i) {
    const SourcePtr first = changed("SELECT id FROM customer");
    EXPECT_EQ((*definitions.of(first))->names.outputs[0].name, "id");
  }
  const SourcePtr second = changed("SELECT amount FROM purchase");
  EXPECT_EQ((*definitions.of(second))->names.outputs[0].name, "amount");
  const SourcePtr broken = changed("SELECT nothing FROM nowhere");
  EXPECT_EQ(definitions.of(broken).error().code, base::ErrorCode::policyInvalid);
  EXPECT_EQ(definitions.of(broken).error().code, base::ErrorCode::policyInvalid);
}

}  // namespace
}  // namespace scrim::test
