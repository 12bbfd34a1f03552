// SPDX-License-Identifier: Apache-2.0
// Conditions that fail on hidden rows only. Each statement runs on two databases with equal visible rows, one of which
// holds the hidden ones: a difference in rows or errors would tell of them. Without fences the same statements do
// differ.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "session.h"
#include "world.h"

namespace scrim::test {
namespace {

// Over a relation t whose hidden rows have the department Garden, or none. Each fails on such rows and on no visible
// one.
const char* const kConditions[] = {
    "1 / (CASE WHEN t.department = 'Garden' THEN 0 ELSE 1 END) = 1",
    "CASE WHEN t.department = 'Garden' THEN t.department::int = 1 ELSE true END",
    "t.department LIKE 'Garden\\'",
    "t.department ILIKE 'gardeN\\'",
    "t.department LIKE ('Garden' || chr(92))",
    "(ARRAY[1])[1 / (length(t.department) - 6)] IS NULL",
    "mod(5, length(t.department) - 6) > -9",
    "(t.department <> 'Garden' OR 1 / (t.id - t.id) = 1)",
    "coalesce(nullif(t.department, 'Garden'), (1 / (t.id - t.id))::text) IS NOT NULL",
    "(SELECT x FROM (VALUES (1), (2)) v(x) WHERE t.department = 'Garden') IS NULL",
    "(t.department = 'Garden' AND 1 / (extract(epoch FROM now())::int * 0) = 1) IS NOT TRUE",
    "sqrt(abs(length(t.department) - 6) - 1) >= 0",
    "greatest(1, 1 / (length(t.department) - 6)) > -9",
    "t.department IN ('Toys', (1 / (length(t.department) - 6))::text, 'Home Goods')",
    "(t.department, 1) IS DISTINCT FROM (replace(t.department, 'Garden', '1'), 1 / (length(t.department) - 6))",
    "(CASE t.department WHEN 'Garden' THEN 1 / (t.id - t.id) ELSE 0 END) = 0",
    "('{\"Garden\": \"x\", \"Toys\": 1, \"Home Goods\": 2}'::jsonb ->> t.department)::int > 0",
};

// @C stands for the condition, @T for the data source.
// NOLINTBEGIN(bugprone-suspicious-missing-comma): long statements are broken
const char* const kStatements[] = {
    "SELECT t.id FROM @T t WHERE @C",
    "SELECT count(*) FROM @T t WHERE t.id < 40 AND @C",
    "SELECT t.id FROM @T t WHERE t.id = 7 AND @C",
    "SELECT t.id FROM @T t WHERE NOT (@C)",
    "SELECT t.id FROM @T t WHERE t.id = 5 OR @C",
    "SELECT t.id FROM @T t WHERE CASE WHEN t.id > 3 THEN @C ELSE true END",
    "SELECT t.id, p.id FROM @T t JOIN everyone p ON p.id = t.id AND @C",
    "SELECT t.id, p.id FROM @T t LEFT JOIN everyone p ON p.id = t.id AND @C",
    "SELECT t.id, p.id FROM everyone p LEFT JOIN @T t ON p.id = t.id AND @C",
    "SELECT t.id, p.id FROM everyone p LEFT JOIN @T t ON p.id = t.id WHERE @C",
    "SELECT t.id, p.id FROM everyone p FULL JOIN @T t ON p.id = t.id WHERE @C",
    "SELECT t.id FROM @T t, everyone p WHERE p.age = t.id AND p.id < 20 AND @C",
    "SELECT t.department, t.id FROM @T t GROUP BY t.department, t.id HAVING @C",
    "SELECT s.id FROM (SELECT (@C) AS b, t.id FROM @T t) s WHERE s.b",
    "SELECT s.id FROM (SELECT t.department, t.id FROM @T t WHERE t.id < 50 OFFSET 0) t, LATERAL (SELECT t.id) s WHERE "
    "@C",
    "WITH s AS (SELECT (@C) AS b, t.id FROM @T t) SELECT id FROM s WHERE b",
    "WITH s AS NOT MATERIALIZED (SELECT * FROM @T) SELECT t.id FROM s t JOIN s u ON t.id = u.id WHERE @C",
    "WITH RECURSIVE s AS (SELECT id, department FROM @T WHERE id < 9 UNION SELECT t.id, t.department FROM s JOIN @T t "
    "ON t.id = s.id + 1 WHERE @C) SELECT id FROM s",
    "SELECT p.id FROM everyone p WHERE EXISTS (SELECT 1 FROM @T t WHERE t.id = p.id AND @C)",
    "SELECT p.id FROM everyone p WHERE NOT EXISTS (SELECT 1 FROM @T t WHERE t.id = p.id AND @C)",
    "SELECT p.id FROM everyone p WHERE p.id IN (SELECT t.id FROM @T t WHERE @C)",
    "SELECT p.id FROM everyone p WHERE p.id NOT IN (SELECT t.id FROM @T t WHERE @C)",
    "SELECT p.id FROM everyone p WHERE (p.id > 3) IN (SELECT (@C) FROM @T t)",
    "SELECT t.id FROM @T t WHERE EXISTS (SELECT 1 FROM everyone p WHERE p.id = t.id AND @C)",
    "SELECT t.id FROM @T t WHERE t.id IN (SELECT p.id FROM everyone p WHERE @C)",
    "SELECT t.id FROM @T t WHERE (SELECT bool_and(@C) FROM everyone p WHERE p.id = t.id)",
    "SELECT t.id FROM @T t WHERE ARRAY(SELECT (@C) FROM everyone p WHERE p.id = t.id) = '{t}'",
    "SELECT t.id FROM @T t WHERE 1 = ALL (SELECT CASE WHEN @C THEN 1 ELSE 2 END FROM everyone p WHERE p.id = t.id)",
    "SELECT id FROM (SELECT t.id, (@C) AS b FROM @T t UNION ALL SELECT id, true FROM everyone) s WHERE b",
    "SELECT id FROM (SELECT t.id, (@C) AS b FROM @T t EXCEPT SELECT id, true FROM everyone) s WHERE b",
    "SELECT t.id FROM @T t, LATERAL (SELECT 1 WHERE @C) l",
    "SELECT t.id FROM @T t, LATERAL (VALUES ((@C))) v(b) WHERE v.b",
    "SELECT t.id FROM @T t CROSS JOIN LATERAL (SELECT p.id FROM everyone p WHERE p.id = t.id AND @C LIMIT 1) l",
    "SELECT t.id, g FROM @T t, generate_series(1, CASE WHEN @C THEN 1 ELSE 2 END) g",
    "SELECT min(CASE WHEN @C THEN 1 END), max(t.id) FROM @T t",
    "SELECT count(*) FILTER (WHERE @C) FROM @T t",
    "SELECT (@C), t.id FROM @T t",
    "SELECT t.id FROM @T t ORDER BY (@C), t.id LIMIT 5",
    "SELECT DISTINCT (@C) FROM @T t",
    "SELECT (@C), count(*) FROM @T t GROUP BY 1",
    "SELECT id FROM (SELECT t.id, row_number() OVER (PARTITION BY (@C) ORDER BY t.id) AS r FROM @T t) s WHERE r < 4",
    "SELECT s.id FROM everyone p JOIN (SELECT t.id, (@C) AS b FROM @T t) s ON s.id = p.id AND s.b",
    "SELECT s.id FROM everyone p LEFT JOIN (SELECT t.id, (@C) AS b FROM @T t) s ON s.id = p.id WHERE s.b IS NOT FALSE",
    "SELECT a.id FROM @T a JOIN @T t ON a.id = t.id + 0 AND @C WHERE a.id < 30",
    "SELECT t.id FROM @T t JOIN (SELECT id, (age > 0) AS b FROM everyone) p ON p.id = t.id AND p.b = (@C)",
    "SELECT (t).id FROM ONLY @T t WHERE @C",
    "SELECT (s.r).id FROM (SELECT t AS r, (@C) AS b FROM @T t) s WHERE s.b AND (s.r).id > 3",
    "WITH RECURSIVE s AS (SELECT id, department FROM @T WHERE id < 9 UNION ALL SELECT t.id, t.department FROM s JOIN "
    "@T t "
    "ON t.id = s.id + 1 WHERE @C) SEARCH DEPTH FIRST BY department SET o CYCLE id SET c USING p SELECT id FROM s WHERE "
    "NOT c",
    "WITH RECURSIVE s AS (SELECT t.id, (@C) AS b FROM @T t WHERE t.id < 9 UNION ALL SELECT t.id, (@C) FROM s JOIN @T t "
    "ON "
    "t.id = s.id + 1) CYCLE b SET c USING p SELECT id FROM s WHERE NOT c",
    "SELECT t.id FROM (@T AS t(id, b, c) JOIN everyone p USING (id)) WHERE id > 2",
};
// NOLINTEND(bugprone-suspicious-missing-comma)

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

class Leaks : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    createWorld("whole");
    createWorld("bare");
    sqlIn(
        "bare",
        "DELETE FROM purchase WHERE department IS NULL OR department NOT IN ('Toys', 'Home Goods'); ANALYZE purchase;");
    const auto world = makeWorld();
    std::size_t count = 0;
    for (const char* statement : kStatements) {
      for (const char* condition : kConditions) {
        add(world, ++count % 4 == 0 ? "dear_view" : "dear", statement, condition);
      }
    }
  }

  static void add(const catalog::SnapshotPtr& world, const std::string& source, const std::string& statement,
                  const std::string& condition) {
    if (statement.find("@C") == std::string::npos && condition != kConditions[0]) return;
    const std::string sql = replaced(replaced(statement, "@C", condition), "@T", source);
    auto parsed = parse::parseOne(sql);
    ASSERT_TRUE(parsed.ok()) << sql << "\n" << parsed.error().message;
    auto query = query::prepare(contextOf(world, "alice"), std::move(*parsed));
    if (!query.ok()) {
      refused_ += sql + "\n  " + query.error().message + "\n";
      return;
    }
    const std::string key = std::to_string(titles_.size());
    titles_.push_back(sql);
    const std::string script = "\\set VERBOSITY sqlstate\n" + executeScript(**query);
    guarded_.emplace_back(key, script);
    unfenced_.emplace_back(key, replaced(script, " OFFSET 0) AS", ") AS"));
  }

  using Scripts = std::vector<std::pair<std::string, std::string>>;

  // Plans differ between the two, and so may the order of rows: what is compared is the set of lines.
  static std::string sorted(const std::string& output) {
    std::istringstream in(output);
    std::multiset<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.insert(line);
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  static Scripts everyNth(const Scripts& all, std::size_t n) {
    Scripts some;
    for (std::size_t i = 0; i < all.size(); i += n) some.push_back(all[i]);
    return some;
  }

  static int differences(const std::string& settings, const Scripts& scripts, bool expectNone) {
    const auto whole = runAll("whole", settings, scripts);
    const auto bare = runAll("bare", settings, scripts);
    int different = 0;
    for (const auto& [key, output] : whole) {
      if (key.empty() || sorted(output) == sorted(bare.at(key))) continue;
      ++different;
      if (expectNone)
        ADD_FAILURE() << settings << "\n"
                      << titles_[std::stoul(key)] << "\nwith hidden rows:\n"
                      << output << "without:\n"
                      << bare.at(key);
    }
    return different;
  }

  inline static std::vector<std::string> titles_;
  inline static std::vector<std::pair<std::string, std::string>> guarded_, unfenced_;
  inline static std::string refused_;
};

TEST_F(Leaks, HiddenRowsChangeNothing) {
  EXPECT_EQ(refused_, "");
  EXPECT_GE(titles_.size(), 700u);
  EXPECT_EQ(differences("", guarded_, true), 0);
  for (const char* settings :
       {"SET enable_nestloop = off;", "SET enable_hashjoin = off; SET enable_mergejoin = off;",
        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;",
        "SET force_parallel_mode = on; SET parallel_setup_cost = 0; SET enable_hashagg = off;"}) {
    EXPECT_EQ(differences(settings, everyNth(guarded_, 23), true), 0);
  }
  std::cout << titles_.size() << " statements on two databases, and every 23rd under 4 more planner settings\n";
}

TEST_F(Leaks, WithoutFencesTheyDo) {
  const int found = differences("", unfenced_, false);
  EXPECT_GT(found, 50);
  std::cout << found << " of " << titles_.size() << " statements leak without fences\n";
}

}  // namespace
}  // namespace scrim::test
