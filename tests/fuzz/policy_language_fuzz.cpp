// SPDX-License-Identifier: Apache-2.0
// ROOMS: common/policy
// Any text either is refused or parses to a sentence that prints to a text which parses to the same sentence and prints
// to the same text. Corpus: tests/fuzz/corpus/policy_language_fuzz, each file one sentence.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/policy/language.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scrim::policy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  dataSourceTagsOf(text);
  const auto sentence = parseSentence(text);
  if (!sentence.ok()) {
    if (sentence.error().position && *sentence.error().position > size) std::abort();
    return 0;
  }
  const std::string printed = print(*sentence);
  const auto again = parseSentence(printed);
  if (!again.ok() || !(*again == *sentence) || print(*again) != printed) std::abort();
  return 0;
}
