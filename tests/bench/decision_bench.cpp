// SPDX-License-Identifier: Apache-2.0
// What a policy decision costs in a large catalog: 10,000 global rules, 10,000 data sources, 100,000 users. Also what
// one changed rule costs until its snapshot stands, and what the snapshot takes. Prints JSON lines (README.md).
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/language.h"
#include "server/catalog/snapshot_builder.h"

namespace {

using namespace scrim;

struct Sizes {
  int rules = 10'000;
  int dataSources = 10'000;
  int users = 100'000;
};
constexpr int kAreas = 2'000;   // tags that rules find data sources by
constexpr int kRulesOfAll = 8;  // rules about 'Area', which is above all of them

policy::Rule ruleOf(int number) {
  static const char* const kActions[] = {
      "MASK COLUMNS TAGGED 'PII' USING HASHING FOR EVERYONE EXCEPT MEMBERS OF GROUP 'HR'",
      "MASK COLUMNS MATCHING 'e.?mail' USING NULL FOR EVERYONE",
      "SHOW ONLY ROWS WHERE USER HAS ATTRIBUTE 'Country' MATCHING COLUMN country FOR MEMBERS OF GROUP 'Group 3'",
      "MASK COLUMNS TAGGED 'PII.Name' USING SHOWING FIRST 1 WITH '*' FOR MEMBERS OF GROUP 'Group 5'",
  };
  const std::string tag = number < kRulesOfAll ? "Area" : "Area.N" + std::to_string(number % kAreas);
  policy::Rule rule;
  rule.id = {number + 1};
  rule.text = "ON DATA SOURCES TAGGED '" + tag + "': " + kActions[number % 4];
  auto sentence = policy::parseSentence(rule.text);
  if (!sentence.ok()) {
    std::cerr << rule.text << ": " << sentence.error().message << "\n";
    std::exit(1);
  }
  rule.sentence = std::make_shared<const policy::Sentence>(std::move(sentence).value());
  return rule;
}

catalog::DataSource dataSourceOf(int number) {
  catalog::DataSource source;
  source.id = {number + 1};
  source.connection = {1};
  source.name = source.remote = {"public", "table_" + std::to_string(number)};
  for (int i = 0; i < 3; ++i) source.tags.push_back("Area.N" + std::to_string((number * 7 + i * 331) % kAreas));
  const schema::DataType text = *schema::builtinType("text");
  for (const char* name : {"id", "first_name", "email", "country", "amount", "note", "created", "changed"})
    source.columns.push_back({.name = name, .type = text});
  source.columns[1].tags = {"PII.Name"};
  source.columns[2].tags = {"PII.Email"};
  return source;
}

catalog::User userOf(int number) {
  catalog::User user;
  user.id = {number + 1};
  user.name = "user" + std::to_string(number);
  user.groups = {"Group " + std::to_string(number % 10), "Group " + std::to_string(number % 97)};
  user.attributes["Country"] = {number % 2 == 0 ? "DE" : "FR"};
  return user;
}

catalog::SnapshotPtr snapshotOf(const Sizes& sizes) {
  catalog::SnapshotBuilder builder;
  for (int i = 0; i < sizes.dataSources; ++i) builder.put(dataSourceOf(i)).subscribeUser({i + 1}, "user1");
  for (int i = 0; i < sizes.users; ++i) builder.put(userOf(i));
  for (int i = 0; i < sizes.rules; ++i) builder.put(ruleOf(i));
  return builder.build({1});
}

double microsecondsOf(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
}

double medianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// One decision about each of `count` data sources, spread over all of them.
double decisionCost(const catalog::Snapshot& snapshot, int count, const Sizes& sizes) {
  policy::Subject subject;
  subject.user = "user1";
  subject.groups = {"Group 3", "Group 5"};
  subject.attributes["Country"] = {"DE"};
  std::vector<double> costs;
  for (int i = 0; i < count; ++i) {
    const auto source = snapshot.dataSource(base::DataSourceId{(i * 37LL) % sizes.dataSources + 1});
    policy::Decision decision;
    costs.push_back(microsecondsOf([&] { decision = snapshot.decide(subject, *source); }));
    if (!decision.allowed || decision.rules.empty()) {
      std::cerr << "a decision of the bench denies, or no rule took part: " << decision.reason << "\n";
      std::exit(1);
    }
  }
  return medianOf(std::move(costs));
}

double refreshCost(const catalog::Snapshot& snapshot, int count, const Sizes& sizes) {
  std::vector<double> costs;
  for (int i = 0; i < count; ++i) {
    policy::Rule rule = ruleOf(i * 17 % sizes.rules);
    rule.state = policy::RuleState::disabled;
    costs.push_back(microsecondsOf([&] { catalog::SnapshotBuilder(snapshot).put(std::move(rule)).build({2 + i}); }));
  }
  return medianOf(std::move(costs));
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  const Sizes sizes = quick ? Sizes{1'000, 1'000, 1'000} : Sizes{};
  const std::size_t before = mallinfo2().uordblks;
  const catalog::SnapshotPtr snapshot = snapshotOf(sizes);
  const std::size_t bytes = mallinfo2().uordblks - before;
  const double decision = decisionCost(*snapshot, quick ? 200 : 5'000, sizes);
  const double refresh = refreshCost(*snapshot, quick ? 20 : 200, sizes);
  std::printf(
      "{\"what\": \"policy decision, %d rules, %d data sources, %d users\", \"against\": \"-\", \"target\": \"<= 50 "
      "us\", "
      "\"figure\": \"%.1f us\", \"met\": %s}\n",
      sizes.rules, sizes.dataSources, sizes.users, decision, decision <= 50 ? "true" : "false");
  std::printf(
      "{\"what\": \"one changed rule until its snapshot stands\", \"against\": \"-\", \"target\": \"-\", "
      "\"figure\": \"%.0f us\", \"met\": null}\n",
      refresh);
  std::printf(
      "{\"what\": \"memory of that catalog's snapshot\", \"against\": \"-\", \"target\": \"-\", "
      "\"figure\": \"%.0f MiB\", \"met\": null}\n",
      static_cast<double>(bytes) / (1024 * 1024));
  return 0;
}
