// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/published.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "common/base/utf8.h"

namespace scrim::base {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error{ErrorCode::invalidValue, "odd"};
  return value / 2;
}

Result<int> quarter(int value) {
  SCRIM_TRY(const int once, half(value));
  SCRIM_TRY(const int twice, half(once));
  return twice;
}

TEST(Result, TryPassesValuesAndErrors) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().message, "odd");
}

TEST(Error, OwnSqlstateWins) {
  EXPECT_EQ(sqlstateOf({ErrorCode::undefinedTable, ""}), "42P01");
  Error error{ErrorCode::sourceError, "division by zero"};
  error.sqlstate = "22012";
  EXPECT_EQ(sqlstateOf(error), "22012");
}

TEST(Hash, Rfc4231Case2) {
  EXPECT_EQ(toHex(hmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Encoding, RoundTripsAndRefuses) {
  for (const std::string& bytes : {std::string(), std::string("f"), std::string("fo"), std::string("foo\0\xff", 5)}) {
    EXPECT_EQ(fromBase64(toBase64(bytes)), bytes);
    EXPECT_EQ(fromHex(toHex(bytes)), bytes);
  }
  for (const char* bad : {"a", "ab=c", "Zh==", "====", "Zg= ", "a\nbc"}) EXPECT_FALSE(fromBase64(bad)) << bad;
  EXPECT_FALSE(fromHex("abc"));
  EXPECT_FALSE(fromHex("zz"));
}

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_TRUE(isValidUtf8("Zürich 漢 😀"));
  EXPECT_EQ(firstInvalidUtf8("ab\xc0\xaf"), 2u);
  EXPECT_EQ(firstInvalidUtf8("\xed\xa0\x80"), 0u);
  EXPECT_EQ(firstInvalidUtf8("a\xf4\x90\x80\x80"), 1u);
  EXPECT_EQ(firstInvalidUtf8("a\xe6\xbc"), 1u);
  EXPECT_EQ(charactersBefore("Zür", 3), 2u);
  EXPECT_EQ(byteOffsetOf("Zür", 2), 3u);
}

TEST(Log, JsonQuotingIsValid) { EXPECT_EQ(quotedJson("a\"\n\x01\xff"), "\"a\\\"\\n\\u0001\xef\xbf\xbd\""); }

TEST(Secret, MovedFromIsEmpty) {
  Secret first("hunter2");
  const Secret second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.reveal(), "hunter2");
}

/// Under the thread sanitizer: readers and the writer do not race.
TEST(Published, ReadersSeeWholeValuesInOrder) {
  Published<std::string> text;
  EXPECT_EQ(text.load(), nullptr);
  text.store(std::make_shared<const std::string>(1, 'x'));
  std::thread reader([&text] {
    for (std::size_t seen = 1; seen < 1000;) {
      const auto now = text.load();
      ASSERT_GE(now->size(), seen);
      ASSERT_EQ(*now, std::string(now->size(), 'x'));
      seen = now->size();
    }
  });
  for (std::size_t size = 2; size <= 1000; ++size) text.store(std::make_shared<const std::string>(size, 'x'));
  reader.join();
}

}  // namespace
}  // namespace scrim::base
