// SPDX-License-Identifier: Apache-2.0
// Flags put over what is there.
#include "server/cli/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/cli/exit_codes.h"

namespace scrim::cli {
namespace {

const Verb& verbNamed(const std::string& typed) {
  for (const Verb& verb : verbs()) {
    if (verb.typed() == typed) return verb;
  }
  throw std::runtime_error(typed);
}

/// Nothing is sent: no flag here names anything that has to be looked up.
std::string applied(const std::string& typed, const std::string& present,
                    std::map<std::string, std::vector<std::string>> flags) {
  Endpoint endpoint;
  endpoint.url = "https://127.0.0.1:1";
  const auto client = Client::open(std::move(endpoint));
  Given given;
  given.verb = &verbNamed(typed);
  given.flags = std::move(flags);
  const ObjectPtr before = objectOf(parseJson(present).value());
  ObjectPtr body = given.verb->keeps.empty() ? before : kept(before, given.verb->keeps);
  const auto done = applyFlags(client.value(), given, body);
  return done ? compactJson(Json(body)) : "error " + std::to_string(exitCodeOf(done.error()));
}

TEST(Body, KeepsWhatNoFlagNames) {
  const std::string user =
      R"({"id": 1, "name": "a", "groups": ["x"], "attributes": {"r": ["1"]}, "permissions": [], "disabled": true})";
  EXPECT_EQ(applied("user set", user, {{"--add-group", {"y", "x"}}, {"--enable", {}}}),
            R"({"groups": ["x", "y"], "attributes": {"r": ["1"]}, "permissions": [], "disabled": false})");
  EXPECT_EQ(applied("user set", user, {{"--attribute", {"s=1=2", "s=3", "r="}}}),
            R"({"groups": ["x"], "attributes": {"s": ["1=2", "3"]}, "permissions": [], "disabled": true})");
  EXPECT_EQ(applied("user set", user, {{"--drop-group", {"z"}}}), "error 1");
  EXPECT_EQ(applied("user set", user, {{"--attribute", {"nothing"}}}), "error 2");
}

TEST(Body, ColumnsKeepTheirOtherSettings) {
  const std::string source =
      R"({"id": 1, "comment": "", "owners": ["a"], "tags": [], "eventTimeColumn": "", "health": "ok", "columns": [
      {"name": "c", "type": "text", "notNull": true, "tags": ["T"], "comment": "k", "exposed": true}]})";
  EXPECT_EQ(
      applied("source set", source, {{"--hide", {"c"}}, {"--column-tag", {"c=U", "c=V"}}}),
      R"({"comment": "", "owners": ["a"], "tags": [], "eventTimeColumn": "", "columns": [{"name": "c", "tags": ["U", "V"], "comment": "k", "exposed": false}]})");
  EXPECT_EQ(applied("source set", "{}", {{"--column-comment", {"d=x"}}, {"--column-tag", {"d="}}}),
            R"({"columns": [{"name": "d", "tags": [], "comment": "x"}]})");
}

TEST(Body, NumbersAndTimes) {
  EXPECT_EQ(applied("connection create", "{}", {{"--port", {"1", "2"}}, {"--max-connections", {"3"}}}),
            R"({"ports": [1, 2], "maxConnections": 3})");
  EXPECT_EQ(applied("connection create", "{}", {{"--port", {"1x"}}}), "error 2");
  EXPECT_EQ(secondsOf("2h").value(), 7'200);
  EXPECT_EQ(secondsOf("30d").value(), 2'592'000);
  for (const char* wrong : {"", "h", "0s", "-1s", "1", "1w", "1.5h", "999999d"})
    EXPECT_FALSE(secondsOf(wrong).ok()) << wrong;
}

TEST(Path, PiecesCannotLeaveTheirPlace) {
  EXPECT_EQ(encodedPiece("a/b?c#d%e f"), "a%2Fb%3Fc%23d%25e%20f");
  EXPECT_EQ(encodedPiece(".."), "%2E%2E");
  EXPECT_EQ(encodedPiece("\xc3\xa4&="), "%C3%A4%26%3D");
}

}  // namespace
}  // namespace scrim::cli
