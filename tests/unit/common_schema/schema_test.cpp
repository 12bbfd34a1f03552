// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "common/schema/data_type.h"
#include "common/schema/names.h"
#include "common/schema/tag.h"

namespace scrim::schema {
namespace {

TEST(Names, AreQuoted) {
  EXPECT_EQ(quotedName({"public", "a\"b"}), R"("public"."a""b")");
  EXPECT_EQ(quotedLiteral("O'Neil\\"), "'O''Neil\\'");
}

TEST(Tags, CoverTheirDescendantsOnly) {
  EXPECT_TRUE(tagCovers("PII", "PII.Email"));
  EXPECT_TRUE(tagCovers("pii.email", "PII.Email"));
  EXPECT_FALSE(tagCovers("PII.Email", "PII"));
  EXPECT_FALSE(tagCovers("PI", "PII"));
  EXPECT_EQ(tagDepth("PII.Email"), 2);
  EXPECT_TRUE(isValidTag("PII.Email"));
  for (const char* bad : {"", ".", "a.", ".a", "a..b", "a'b"}) EXPECT_FALSE(isValidTag(bad)) << bad;
}

TEST(Tags, AreFoundByEachTagThatCoversThem) {
  EXPECT_EQ(coveringTags("PII.Email.Work"), (std::vector<std::string>{"pii", "pii.email", "pii.email.work"}));
  // As tagCovers() says, also for what is no valid tag.
  const std::vector<std::string> tags = {"PII", "pii", "PII.Email", "pii.email", "PI", "",
                                         ".",   ".a",  "a.",        "a..b",      "a.", "A"};
  for (const std::string& rule : tags) {
    for (const std::string& tag : tags) {
      const std::vector<std::string> found = coveringTags(tag);
      const bool isFound = std::find(found.begin(), found.end(), foldedTag(rule)) != found.end();
      EXPECT_EQ(isFound, tagCovers(rule, tag)) << rule << " over " << tag;
    }
  }
}

TEST(Types, AreKnownByNameAndOid) {
  EXPECT_EQ(builtinType("int")->oid, 23u);
  EXPECT_EQ(builtinType(1043)->name, "character varying");
  EXPECT_FALSE(builtinType("regclass"));
  EXPECT_EQ(familyOf({600, -1, "point"}), TypeFamily::other);
}

}  // namespace
}  // namespace scrim::schema
