// SPDX-License-Identifier: Apache-2.0
// The table of verbs against itself and against the routes of the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "server/cli/about.h"
#include "server/cli/completion.h"
#include "server/cli/runs.h"

namespace scrim::cli {
namespace {

using testing::HasSubstr;

/// What no verb is for: probes of machines, the API's own description, and sessions, which login and logout hold.
/// Directories are described by documents that flags cannot say yet (docs/known_gaps.md).
const std::set<std::string> kExempt{"GET /livez",
                                    "GET /readyz",
                                    "GET /metrics",
                                    "GET /api/v1/openapi.json",
                                    "POST /api/v1/sessions",
                                    "DELETE /api/v1/sessions/current",
                                    "POST /api/v1/identity-providers",
                                    "PUT /api/v1/identity-providers/{identityProvider}"};

/// Every route as server/api/routes.cpp writes it: {"METHOD", "/path", ..
std::set<std::string> routesOfTheApi() {
  std::ifstream stream(std::string(SCRIM_SOURCE_DIR) + "/server/api/routes.cpp");
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  const std::regex route("\\{\"([A-Z]+)\",\\s*\"(/[^\"]*)\"");
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), route), end; it != end; ++it) {
    found.insert((*it)[1].str() + " " + (*it)[2].str());
  }
  return found;
}

std::set<std::string> routesOfVerbs() {
  std::set<std::string> found;
  for (const Verb& verb : verbs()) {
    if (!verb.method.empty()) found.insert(std::string(verb.method) + " " + std::string(verb.pattern));
  }
  return found;
}

TEST(Verbs, ReachEveryRoute) {
  const auto served = routesOfTheApi();
  ASSERT_GT(served.size(), 40u);
  const auto reached = routesOfVerbs();
  for (const std::string& route : served) {
    EXPECT_TRUE(reached.contains(route) || kExempt.contains(route)) << route << " has no verb";
  }
  for (const std::string& route : reached) EXPECT_TRUE(served.contains(route)) << route << " is no route";
  for (const std::string& route : kExempt) EXPECT_TRUE(served.contains(route)) << route << " is no route";
}

TEST(Verbs, AreTypedInOneWayOnly) {
  std::set<std::string> nounNames;
  for (const Noun& noun : nouns()) EXPECT_TRUE(nounNames.insert(std::string(noun.name)).second) << noun.name;
  std::set<std::string> typed;
  for (const Verb& verb : verbs()) {
    EXPECT_TRUE(typed.insert(verb.typed()).second) << verb.typed();
    EXPECT_TRUE(verb.noun.empty() || nounNames.contains(std::string(verb.noun))) << verb.typed();
    EXPECT_FALSE(nounNames.contains(std::string(verb.name)) && verb.noun.empty()) << verb.typed();
    std::set<std::string> flags{"--help"};
    for (const Flag& flag : flagsOf(verb)) EXPECT_TRUE(flags.insert(std::string(flag.name)).second) << flag.name;
  }
}

TEST(Verbs, FillEveryHoleOfTheirPaths) {
  for (const Verb& verb : verbs()) {
    std::string pattern(verb.pattern);
    for (const Argument& argument : verb.arguments) {
      const std::string hole = "{" + std::string(argument.field) + "}";
      if (const auto at = pattern.find(hole); at != std::string::npos) pattern.erase(at, hole.size());
    }
    EXPECT_EQ(pattern.find('{'), std::string::npos) << verb.typed();
  }
}

TEST(Verbs, ChangeOnlyWhatTheyKeep) {
  for (const Verb& verb : verbs()) {
    EXPECT_EQ(verb.run == run::change, !verb.keeps.empty()) << verb.typed();
    EXPECT_EQ(verb.run == run::change || verb.typed() == "passwd", verb.method == "PUT") << verb.typed();
    EXPECT_EQ(verb.run == run::remove || verb.run == own::acknowledge || verb.run == own::applyFiles,
              flagNamed(verb, "--yes") != nullptr)
        << verb.typed();
  }
}

TEST(Verbs, AreHelpedWithSentences) {
  for (const Verb& verb : verbs()) {
    EXPECT_THAT(std::string(verb.help), testing::MatchesRegex("[A-Z].*[.)-]")) << verb.typed();
    for (const Flag& flag : verb.flags) {
      EXPECT_FALSE(flag.help.empty()) << verb.typed() << flag.name;
      EXPECT_EQ(isSwitch(flag), flag.value.empty()) << verb.typed() << flag.name;
    }
  }
}

TEST(Verbs, AreInTheManualPageAndInEveryCompletion) {
  const std::string page = manPage();
  const std::string bash = bashCompletion();
  const std::string zsh = zshCompletion();
  const std::string fish = fishCompletion();
  for (const Verb& verb : verbs()) {
    EXPECT_THAT(page, HasSubstr("\n.SS scrim " + verb.typed()));
    EXPECT_THAT(bash, HasSubstr("'" + verb.typed() + "')"));
    EXPECT_THAT(zsh, HasSubstr("'" + verb.typed() + "')"));
    EXPECT_THAT(fish, HasSubstr("'__scrim_at " + verb.typed() + "'"));
  }
  EXPECT_THAT(synopsisOf(verbs().front()), testing::StartsWith("scrim login"));
}

}  // namespace
}  // namespace scrim::cli
