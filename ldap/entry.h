// SPDX-License-Identifier: Apache-2.0
// Entry: one entry of a directory as it came: untrusted bytes. A value.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scrim::ldap {

struct Entry {
  std::string dn;
  std::map<std::string, std::vector<std::string>> attributes;  // by name with options, in lower case

  /// Empty: the attribute is not there (or may not be seen).
  const std::vector<std::string>& values(std::string_view lowerCaseName) const;
};

}  // namespace scrim::ldap
