// SPDX-License-Identifier: Apache-2.0
#include "server/api/json.h"

#include <algorithm>

#include "common/base/utf8.h"

namespace scrim::api {
namespace {

char folded(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); }

}  // namespace

ObjectPtr attributesObject(const Attributes& attributes) {
  ObjectPtr out = contract::newObject();
  for (const auto& [name, values] : attributes) out->set(name, textArray(values));
  return out;
}

base::Result<Attributes> readAttributes(contract::Fields& fields, const std::string& name) {
  Attributes out;
  if (!fields.has(name)) return out;
  SCRIM_TRY(const contract::Json value, fields.any(name));
  SCRIM_TRY(contract::Fields inside, contract::Fields::of(value, fields.placeOf(name)));
  for (const std::string& attribute : inside.names()) {
    SCRIM_CHECK_OK(checkName(attribute, fields.placeOf(name)));
    SCRIM_TRY(out[attribute], inside.textSet(attribute));
  }
  return out;
}

base::Result<std::string> optionalText(contract::Fields& fields, const std::string& name, std::string fallback) {
  if (!fields.has(name)) return fallback;
  return fields.text(name);
}

base::Result<std::int64_t> optionalWhole(contract::Fields& fields, const std::string& name, std::int64_t least,
                                         std::int64_t most, std::int64_t fallback) {
  if (!fields.has(name)) return fallback;
  SCRIM_TRY(const std::int64_t number, fields.whole(name));
  if (number >= least && number <= most) return number;
  return contract::wrongAt(fields.placeOf(name),
                           "a number from " + std::to_string(least) + " to " + std::to_string(most) + " is needed");
}

base::Result<bool> optionalFlag(contract::Fields& fields, const std::string& name, bool fallback) {
  if (!fields.has(name)) return fallback;
  return fields.flag(name);
}

base::Result<std::vector<std::string>> optionalTexts(contract::Fields& fields, const std::string& name) {
  if (!fields.has(name)) return std::vector<std::string>();
  return fields.texts(name);
}

base::Result<void> checkText(const std::string& text, std::size_t most, const std::string& place) {
  if (text.size() > most) return contract::wrongAt(place, "at most " + std::to_string(most) + " bytes of text");
  if (text.find('\0') != std::string::npos) return contract::wrongAt(place, "a text holds no zero byte");
  return {};
}

base::Result<void> checkName(const std::string& name, const std::string& place) {
  const auto isControl = [](unsigned char c) { return c < ' ' || c == 0x7F; };
  if (name.empty() || base::charactersBefore(name, name.size()) > 200) {
    return contract::wrongAt(place, "a name of 1 to 200 characters is needed");
  }
  if (std::any_of(name.begin(), name.end(), isControl)) {
    return contract::wrongAt(place, "a name holds no control characters");
  }
  if (name.front() == ' ' || name.back() == ' ')
    return contract::wrongAt(place, "a name begins and ends without a space");
  return {};
}

base::Result<void> checkPasswordText(const std::string& password, const std::string& place) {
  if (password.empty() || password.size() > 4096)
    return contract::wrongAt(place, "a password of 1 to 4096 bytes is needed");
  if (password.find('\0') != std::string::npos) return contract::wrongAt(place, "a password holds no zero byte");
  return {};
}

bool contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return folded(a) == folded(b); }) != text.end() ||
         part.empty();
}

Answer answerOf(const ObjectPtr& representation) {
  Answer answer;
  answer.body = representation;
  answer.etag = etagOf(representation);
  return answer;
}

Answer createdAnswer(const ObjectPtr& representation, const std::string& location) {
  Answer answer = answerOf(representation);
  answer.status = 201;
  answer.location = location;
  return answer;
}

base::Result<contract::Json> documentOf(const std::string& text) { return contract::parseJson(text); }

}  // namespace scrim::api
