// SPDX-License-Identifier: Apache-2.0
#include "server/apply/password.h"

#include <utility>

#include "server/identity/scram_verifier.h"

namespace scrim::apply {

Place placeOf(const YamlMap& map, const std::string& key) {
  const YamlNode* node = map.find(key);
  return node == nullptr ? map.at() : node->at;
}

PasswordSource readPassword(YamlMap& map, bool withVerifier) {
  PasswordSource source;
  using Kind = PasswordSource::Kind;
  const std::pair<const char*, Kind> keys[] = {{"password", Kind::literal},
                                               {"password_env", Kind::environment},
                                               {"password_file", Kind::file},
                                               {"scram_verifier", Kind::verifier}};
  for (const auto& [key, kind] : keys) {
    if (map.find(key) == nullptr) continue;
    std::string text = map.neededText(key);
    Place at = placeOf(map, key);
    if (source.kind != Kind::none) {
      map.problems().add(at, "give one of password, password_env, password_file" +
                                 std::string(withVerifier ? ", scram_verifier" : ""));
    }
    if (kind == Kind::verifier && !text.empty() && !identity::parseVerifier(text)) {
      map.problems().add(
          at, "scram_verifier is not of the form SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>");
    }
    source = {kind, base::Secret(kind == Kind::literal ? text : ""), kind == Kind::literal ? "" : text, at};
  }
  return source;
}

}  // namespace scrim::apply
