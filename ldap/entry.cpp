// SPDX-License-Identifier: Apache-2.0
#include "ldap/entry.h"

namespace scrim::ldap {

const std::vector<std::string>& Entry::values(std::string_view lowerCaseName) const {
  static const std::vector<std::string> kNone;
  const auto found = attributes.find(std::string(lowerCaseName));
  return found == attributes.end() ? kNone : found->second;
}

}  // namespace scrim::ldap
