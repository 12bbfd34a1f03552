// SPDX-License-Identifier: Apache-2.0
#include "ldap/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ldap/group_graph.h"
#include "ldap/range.h"

namespace scrim::ldap {
namespace {

using base::ErrorCode;
using testing::ElementsAre;

Entry entryNamed(const std::string& name) { return {"cn=" + name + ",dc=x", {{"cn", {name}}, {"uid", {name}}}}; }

class Graph : public testing::Test {
 protected:
  void add(const std::string& name, const std::vector<std::string>& members) {
    std::vector<std::string> dns;
    for (const std::string& member : members) dns.push_back("CN=" + member + ", DC=X");
    ASSERT_TRUE(graph.add(entryNamed(name), dns).ok());
  }
  base::Result<std::set<std::string>> of(const std::string& user) { return graph.groupsOf(entryNamed(user)); }

  DirectoryOptions options;
  GroupGraph graph{options};
};

TEST_F(Graph, ClimbsAndEndsInRings) {
  add("a", {"alice", "c"});
  add("b", {"a"});
  add("c", {"b"});
  add("self", {"self", "bob"});
  EXPECT_THAT(*of("alice"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(*of("bob"), ElementsAre("self"));
  EXPECT_THAT(*of("carol"), ElementsAre());
}

TEST_F(Graph, DeeperThanAllowedIsAnError) {
  options.groups.depth = 2;
  add("1", {"alice"});
  add("2", {"1"});
  EXPECT_THAT(*of("alice"), ElementsAre("1", "2"));
  add("3", {"2"});
  EXPECT_EQ(of("alice").error().code, ErrorCode::tooComplex);
}

TEST_F(Graph, TakesOnlyDirectGroupsWhenToldSo) {
  options.groups.nested = false;
  add("1", {"alice"});
  add("2", {"1"});
  EXPECT_THAT(*of("alice"), ElementsAre("1"));
}

TEST_F(Graph, ManyGroupsAreAnError) {
  options.mostGroups = 2;
  for (const char* name : {"1", "2", "3"}) add(name, {"alice"});
  EXPECT_EQ(of("alice").error().code, ErrorCode::programLimit);
}

TEST_F(Graph, AMemberThatIsNoDnIsNobody) {
  ASSERT_TRUE(graph.add(entryNamed("odd"), {"no dn", ""}).ok());
  Entry nobody = entryNamed("x");
  nobody.dn = "";
  EXPECT_THAT(*graph.groupsOf(nobody), ElementsAre());
}

TEST_F(Graph, GroupsWithoutANameThatIsTextAreErrors) {
  EXPECT_FALSE(graph.add({"cn=a,dc=x", {}}, {}).ok());
  EXPECT_FALSE(graph.add({"cn=a,dc=x", {{"cn", {"a\nb"}}}}, {}).ok());
  EXPECT_FALSE(graph.add({"cn=a,dc=x", {{"cn", {std::string(257, 'a')}}}}, {}).ok());
}

TEST(PrimaryGroup, IsTheUsersSidWithAnotherLastNumber) {
  const std::string domain("\x01\x05\0\0\0\0\0\x05\x15\0\0\0abcdefghijkl", 24);
  Entry user{"cn=u", {{"objectsid", {domain + std::string("\x51\x04\0\0", 4)}}, {"primarygroupid", {"513"}}}};
  EXPECT_EQ(**primaryGroupSid(user), domain + std::string("\x01\x02\0\0", 4));
  user.attributes["primarygroupid"] = {"many"};
  EXPECT_FALSE(primaryGroupSid(user).ok());
  user.attributes.erase("primarygroupid");
  EXPECT_FALSE(primaryGroupSid(user)->has_value());
  user.attributes["primarygroupid"] = {"513"};
  user.attributes["objectsid"] = {"short"};
  EXPECT_FALSE(primaryGroupSid(user).ok());
}

TEST(Ranges, AreReadStrictly) {
  const auto whole = rangeOf("member;range=0-1499", "member");
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->first, 0u);
  EXPECT_EQ(whole->last, 1499u);
  EXPECT_EQ(rangeOf("member;range=1500-*", "member")->last, std::nullopt);
  for (const char* none : {"member", "member;binary", "members;range=0-1", "member;range=", "member;range=1",
                           "member;range=1-", "member;range=-1", "member;range=2-1", "member;range=0-1x",
                           "member;range=x-*", "member;range=0-**", "member;range=99999999999999999999-*"}) {
    EXPECT_FALSE(rangeOf(none, "member").has_value()) << none;
  }
}

}  // namespace
}  // namespace scrim::ldap
