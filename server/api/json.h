// SPDX-License-Identifier: Apache-2.0
// Pieces of representations that several nouns have in common. Pure; any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/api/call.h"

namespace scrim::api {

template <typename Texts>
ArrayPtr textArray(const Texts& texts) {
  ArrayPtr out(new Poco::JSON::Array);
  for (const auto& text : texts) out->add(std::string(text));
  return out;
}

using Attributes = std::map<std::string, std::set<std::string>>;
ObjectPtr attributesObject(const Attributes& attributes);
base::Result<Attributes> readAttributes(contract::Fields& fields, const std::string& name);

/// A field that may be missing.
base::Result<std::string> optionalText(contract::Fields& fields, const std::string& name, std::string fallback = "");
base::Result<std::int64_t> optionalWhole(contract::Fields& fields, const std::string& name, std::int64_t least,
                                         std::int64_t most, std::int64_t fallback);
base::Result<bool> optionalFlag(contract::Fields& fields, const std::string& name, bool fallback);
base::Result<std::vector<std::string>> optionalTexts(contract::Fields& fields, const std::string& name);

inline constexpr std::size_t kLongestDescription = 2'000;  // bytes
/// Errors: longer than `most` bytes, or with a zero byte.
base::Result<void> checkText(const std::string& text, std::size_t most, const std::string& place);
/// Names of people's things: 1 to 200 characters, no control characters, no space at either end.
base::Result<void> checkName(const std::string& name, const std::string& place);
/// Errors: empty, longer than 4,096 bytes, or with a zero byte.
base::Result<void> checkPasswordText(const std::string& password, const std::string& place);

/// Whether `text` holds `part`, letter case aside (ASCII); an empty part is in every text.
bool contains(std::string_view text, std::string_view part);

/// An answer with the representation and its ETag.
Answer answerOf(const ObjectPtr& representation);
Answer createdAnswer(const ObjectPtr& representation, const std::string& location);

/// A document of ours (a codec's text) as a value.
base::Result<contract::Json> documentOf(const std::string& text);

}  // namespace scrim::api
