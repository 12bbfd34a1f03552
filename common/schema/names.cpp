// SPDX-License-Identifier: Apache-2.0
#include "common/schema/names.h"

namespace scrim::schema {
namespace {

std::string quotedBy(char quote, std::string_view text) {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out += quote;
}

}  // namespace

std::string quotedIdentifier(std::string_view name) { return quotedBy('"', name); }
std::string quotedName(const QualifiedName& name) {
  return quotedIdentifier(name.schema) + "." + quotedIdentifier(name.name);
}
std::string quotedLiteral(std::string_view text) { return quotedBy('\'', text); }

}  // namespace scrim::schema
