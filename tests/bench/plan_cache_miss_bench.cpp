// SPDX-License-Identifier: Apache-2.0
// What a statement costs that was never seen before: TPC-H's 22 texts parsed, resolved, protected, verified and routed,
// against libpg_query's parse of the same text alone, interleaved, in one run; then the reference query, whose text is
// short and whose data source is a join. Prints JSON lines (README.md).
#include <pg_query.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/language.h"
#include "server/catalog/snapshot_builder.h"
#include "server/query/query.h"
#include "tests/unit/server_query/world.h"

namespace {

using scrim::parse::as;
namespace fs = std::filesystem;

struct Rule {
  std::string_view table;
  std::string_view text;
};
// The rules of tpch.yaml.
constexpr Rule kRules[] = {
    {"supplier", "MASK COLUMN s_acctbal USING NULL FOR EVERYONE"},
    {"customer", "MASK COLUMN c_name USING HASHING FOR EVERYONE"},
    {"customer", "MASK COLUMN c_address USING CONSTANT 'hidden' FOR EVERYONE"},
    {"orders", "MASK COLUMN o_clerk USING CONSTANT 'hidden' FOR EVERYONE"},
    {"orders", "SHOW ONLY ROWS WHERE o_orderstatus IN ('F', 'O', 'P') FOR EVERYONE"},
    {"lineitem", "SHOW ONLY ROWS WHERE l_shipdate >= DATE '1992-01-10' FOR EVERYONE"},
};

std::string contentOf(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

template <typename T>
T orDie(scrim::base::Result<T> result, const std::string& what) {
  if (!result.ok()) {
    std::cerr << what << ": " << result.error().message << "\n";
    std::exit(1);
  }
  return std::move(result).value();
}

scrim::catalog::DataSource dataSourceOf(const PgQuery__CreateStmt& table, std::int64_t id) {
  scrim::catalog::DataSource source;
  source.id = {id};
  source.connection = {1};
  source.name = source.remote = {"public", table.relation->relname};
  source.hashKey = scrim::base::Secret(std::string(32, 'k'));
  source.tableOid = static_cast<std::uint32_t>(100000 + id);
  scrim::catalog::RemoteTable remote{source.remote, {}};
  for (std::size_t i = 0; i < table.n_table_elts; ++i) {
    const auto* column = as<PgQuery__ColumnDef>(table.table_elts[i]);
    if (column == nullptr) continue;
    const auto* type = column->type_name;
    const auto known = scrim::schema::builtinType(scrim::parse::stringOf(type->names[type->n_names - 1]));
    if (!known) continue;
    source.columns.push_back({column->colname, *known, true, true, {}, "", column->colname});
    remote.columns.push_back({column->colname, *known, true});
  }
  source.remoteTables.push_back(std::move(remote));
  return source;
}

scrim::catalog::SnapshotPtr snapshotOf(const fs::path& folder) {
  scrim::catalog::SnapshotBuilder builder;
  scrim::catalog::Connection connection;
  connection.id = {1};
  connection.name = "tpch";
  builder.put(std::move(connection));
  std::int64_t id = 0;
  std::int64_t ruleId = 0;
  for (const auto& statement : orDie(scrim::parse::parseStatements(contentOf(folder / "schema.sql")), "schema.sql")) {
    const auto* table = as<PgQuery__CreateStmt>(statement.statement());
    if (table == nullptr) continue;
    builder.put(dataSourceOf(*table, ++id)).subscribeUser({id}, "bench");
    for (const Rule& rule : kRules) {
      if (rule.table != table->relation->relname) continue;
      scrim::policy::Rule stored;
      stored.id = {++ruleId};
      stored.dataSource = {id};
      stored.text = rule.text;
      stored.sentence = std::make_shared<scrim::policy::Sentence>(
          orDie(scrim::policy::parseSentence(rule.text), std::string(rule.text)));
      builder.put(std::move(stored));
    }
  }
  return builder.build({1});
}

// Of processor time: work that takes longer is interrupted more often on a machine that has other things to do.
double microsecondsOf(const auto& work, int rounds) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  };
  const double begin = now();
  for (int i = 0; i < rounds; ++i) work();
  return (now() - begin) / rounds;
}

double medianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Cost {
  double parse = 0;
  double whole = 0;
};

// Medians of one text: libpg_query's parse alone, and all that prepare() does, interleaved.
Cost costOf(const scrim::query::QueryContext& context, const std::string& text, const std::string& name, bool quick) {
  std::vector<double> parses;
  std::vector<double> prepares;
  for (int round = 0; round < (quick ? 3 : 15); ++round) {
    parses.push_back(
        microsecondsOf([&] { pg_query_free_protobuf_parse_result(pg_query_parse_protobuf(text.c_str())); }, 20));
    prepares.push_back(microsecondsOf(
        [&] {
          auto parsed = orDie(scrim::parse::parseOne(text), name);
          orDie(scrim::query::prepare(context, std::move(parsed)), name);
        },
        20));
  }
  const Cost cost{medianOf(parses), medianOf(prepares)};
  std::fprintf(stderr, "%s: parse alone %.0f us, whole %.0f us\n", name.c_str(), cost.parse, cost.whole);
  return cost;
}

Cost costOfTpch(bool quick) {
  const fs::path folder = fs::path(SCRIM_SOURCE_DIR) / "tests/bench/tpch";
  scrim::query::QueryContext context;
  context.snapshot = snapshotOf(folder);
  context.subject.user = context.session.user = "bench";
  context.session.database = "scrim";
  Cost total;
  for (int number = 1; number <= 22; ++number) {
    char name[32];
    std::snprintf(name, sizeof name, "q%02d.sql", number);
    const Cost cost = costOf(context, contentOf(folder / name), name, quick);
    total.parse += cost.parse;
    total.whole += cost.whole;
  }
  return total;
}

void print(const std::string& what, const Cost& cost) {
  const double ratio = cost.whole / cost.parse;
  std::printf(
      "{\"what\": \"plan-cache miss, verification included: %s\", \"against\": \"libpg_query parse alone\", "
      "\"target\": \"<= 4\", \"figure\": \"%.2f\", \"met\": %s}\n",
      what.c_str(), ratio, ratio <= 4 ? "true" : "false");
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  print("TPC-H texts", costOfTpch(quick));
  const auto world = scrim::test::contextOf(scrim::test::makeWorld(), "alice");
  const std::string reference = "SELECT * FROM customer_purchases WHERE age BETWEEN 18 AND 24 AND product_id = 15";
  print("the reference query, over a data source defined by SQL", costOf(world, reference, "reference", quick));
  return 0;
}
