// SPDX-License-Identifier: Apache-2.0
#include "ldap/text.h"

#include <gtest/gtest.h>

#include "ldap/dn.h"

namespace scrim::ldap {
namespace {

TEST(Text, EscapesEveryByteThatCouldMeanSomething) {
  EXPECT_EQ(escapeFilterValue("alice.o-b_c@d9"), "alice.o-b_c@d9");
  EXPECT_EQ(escapeFilterValue("*)(uid=*"), "\\2a\\29\\28uid\\3d\\2a");
  EXPECT_EQ(escapeFilterValue(std::string_view("a\0\\b", 4)), "a\\00\\5cb");
  EXPECT_EQ(escapeFilterValue("zoë "), "zo\\c3\\ab\\20");
  EXPECT_EQ(escapeFilterValue(""), "");
}

TEST(Text, EscapedInADnReadsBackAsTheValue) {
  for (const std::string value : {"a,b", " lead", "trail ", "#hash", "a+b=c", "q\"<>;", "back\\slash", "zoë"}) {
    const auto dn = normalisedDn("cn=" + escapeDnValue(value) + ",dc=x");
    ASSERT_TRUE(dn.has_value()) << value;
    EXPECT_TRUE(isUnder(*dn, "dc=x")) << *dn;
    EXPECT_EQ(dn->find(','), dn->rfind(',')) << "a value made a part of its own: " << *dn;
  }
}

TEST(Text, EveryByteIsEscapedOrPlain) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string value(1, static_cast<char>(byte));
    const std::string escaped = escapeFilterValue(value);
    EXPECT_EQ(escapeDnValue(value), escaped);
    EXPECT_TRUE(escaped == value || (escaped.size() == 3 && escaped[0] == '\\')) << byte;
    EXPECT_EQ(std::string("*()\\,+\"<>;=# /\x7f").find(escaped) == std::string::npos, true) << byte;
  }
}

TEST(Text, KnowsOneBalancedFilter) {
  for (const char* good : {"(a=b)", "(&(a=b)(!(c=d)))", "(objectClass=*)", "(a=\\28)"})
    EXPECT_TRUE(isOneFilter(good)) << good;
  for (const char* bad : {"", "a=b", "(a=b", "(a=b))", "(a=b)(c=d)", " (a=b)", "(a=b) ", ")(", "((a=b)"}) {
    EXPECT_FALSE(isOneFilter(bad)) << bad;
  }
  EXPECT_FALSE(isOneFilter(std::string_view("(a=b\0)", 6)));
}

TEST(Text, KnowsAttributeNames) {
  for (const char* good : {"uid", "sAMAccountName", "2.5.4.3", "msDS-x"}) EXPECT_TRUE(isAttributeName(good)) << good;
  for (const char* bad : {"", "a;binary", "a b", "a=b", "*", "a)", "-a", "ü"})
    EXPECT_FALSE(isAttributeName(bad)) << bad;
  EXPECT_FALSE(isAttributeName(std::string(65, 'a')));
}

TEST(Text, TakesOnlyText) {
  EXPECT_TRUE(isText("zoë", 4));
  EXPECT_FALSE(isText("zoë", 3));
  for (const char* bad : {"", "a\nb", "a\x7f", "\xff", "\xed\xa0\x80"}) EXPECT_FALSE(isText(bad, 100)) << bad;
  EXPECT_FALSE(isText(std::string_view("a\0b", 3), 100));
}

TEST(Text, MakesWhatServersSayHarmless) {
  EXPECT_EQ(printable("a\x1b[2J\nzo\xc3\xab"), "a?[2J?zo??");
  EXPECT_EQ(printable(std::string(1000, 'a')).size(), 200u);
}

TEST(Dn, OneNameHasOneSpelling) {
  const auto plain = normalisedDn("uid=alice,ou=people,dc=example,dc=org");
  ASSERT_TRUE(plain.has_value());
  for (const char* same : {"UID=Alice,OU=People,DC=example,DC=org", "uid=alice, ou=people, dc=example, dc=org",
                           "uid=\\61lice,ou=people,dc=example,dc=org", "uid= alice ,ou=people,dc=example,dc=org"}) {
    EXPECT_EQ(normalisedDn(same), plain) << same;
  }
  EXPECT_EQ(normalisedDn("cn=a  b+uid=c,dc=x"), normalisedDn("UID=C+CN=A b,DC=X"));
  EXPECT_NE(normalisedDn("cn=a\\,dc=x"), normalisedDn("cn=a,dc=x"));
  EXPECT_NE(normalisedDn("cn=a\\20,dc=x,dc=y"), normalisedDn("cn=a,dc=y"));
}

TEST(Dn, RefusesWhatIsNone) {
  EXPECT_FALSE(normalisedDn("no dn").has_value());
  EXPECT_FALSE(normalisedDn("cn=a,,dc=x").has_value());
  EXPECT_FALSE(normalisedDn(std::string_view("cn=a\0,dc=x", 10)).has_value());
  EXPECT_FALSE(normalisedDn("cn=" + std::string(9000, 'a')).has_value());
  EXPECT_EQ(normalisedDn(""), "");
}

TEST(Dn, KnowsWhatStandsBelow) {
  EXPECT_TRUE(isUnder("dc=x", "dc=x"));
  EXPECT_TRUE(isUnder("ou=a,dc=x", "dc=x"));
  EXPECT_FALSE(isUnder("ou=a-dc=x", "dc=x"));
  EXPECT_FALSE(isUnder("dc=x", "ou=a,dc=x"));
}

}  // namespace
}  // namespace scrim::ldap
