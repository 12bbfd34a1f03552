// SPDX-License-Identifier: Apache-2.0
#include "common/contract/contract.h"
#include "common/policy/language.h"
#include "common/policy/regex_subset.h"
#include "tests/unit/common_contract/vectors.h"

namespace scrim::contract {
namespace {

TEST(LanguageVectors, CanonicalTextsRoundTrip) {
  for (const std::string& text : textsOf(readVectors("language.json"), "canonical")) {
    const auto sentence = policy::parseSentence(text);
    ASSERT_TRUE(sentence.ok()) << text << "\n" << sentence.error().message;
    EXPECT_EQ(policy::print(*sentence), text);
    const std::string json = toJson(*sentence);
    const auto back = sentenceFromJson(json);
    ASSERT_TRUE(back.ok()) << json << "\n" << back.error().message;
    EXPECT_TRUE(*back == *sentence) << json;
    EXPECT_EQ(toJson(*back), json);
  }
}

TEST(LanguageVectors, SpelledTextsComeBackInCanonicalForm) {
  for (const Object& item : objectsOf(readVectors("language.json"), "spelled")) {
    const auto sentence = policy::parseSentence(textOf(item, "text"));
    ASSERT_TRUE(sentence.ok()) << textOf(item, "text") << "\n" << sentence.error().message;
    EXPECT_EQ(policy::print(*sentence), textOf(item, "canonical"));
    const auto again = policy::parseSentence(textOf(item, "canonical"));
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(*again == *sentence);
  }
}

TEST(LanguageVectors, RefusedTextsSayWhereAndWhy) {
  for (const Object& item : objectsOf(readVectors("language.json"), "refused")) {
    const std::string text = textOf(item, "text");
    const auto sentence = policy::parseSentence(text);
    ASSERT_FALSE(sentence.ok()) << text;
    const base::Error& error = sentence.error();
    EXPECT_EQ(error.message, textOf(item, "message")) << text;
    EXPECT_EQ(error.hint, textOf(item, "hint")) << text;
    EXPECT_EQ(base::nameOf(error.code), item->optValue<std::string>("code", "syntax-error")) << text;
    ASSERT_TRUE(error.position) << text;
    const std::string at = textOf(item, "at");
    EXPECT_EQ(text.substr(*error.position, at.size()), at) << text << " at " << *error.position;
    if (at.empty()) {
      EXPECT_EQ(*error.position, text.size()) << text;
    }
  }
}

TEST(LanguageVectors, PatternsAreUsableOrRefused) {
  const Object patterns = readVectors("language.json")->getObject("patterns");
  for (const std::string& pattern : textsOf(patterns, "usable")) {
    const auto compiled = policy::PortableRegex::compile(pattern, "", false);
    EXPECT_TRUE(compiled.ok()) << pattern << "\n" << (compiled.ok() ? "" : compiled.error().message);
  }
  for (const std::string& pattern : textsOf(patterns, "refused")) {
    EXPECT_FALSE(policy::PortableRegex::compile(pattern, "", false).ok()) << pattern;
  }
  for (const char* replacement : {"\\", "\\0", "\\a", "\\2"}) {
    EXPECT_FALSE(policy::PortableRegex::compile("(a)", replacement, false).ok()) << replacement;
  }
  EXPECT_FALSE(policy::PortableRegex::compile("(a)?b", "\\1", false).ok());
}

}  // namespace
}  // namespace scrim::contract
