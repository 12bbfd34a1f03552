// SPDX-License-Identifier: Apache-2.0
// DirectoryUser: a person as a directory tells of them, checked: text is UTF-8 without control characters and of
// bounded length. A value.
#pragma once

#include <map>
#include <set>
#include <string>

#include "ldap/account_state.h"

namespace scrim::ldap {

struct DirectoryUser {
  std::string id;     // stays with the person when names change
  std::string login;  // ASCII letters in lower case
  std::string dn;     // as the server spells it
  AccountState state = AccountState::unknown;
  std::set<std::string> groups;
  std::map<std::string, std::set<std::string>> attributes;
};

}  // namespace scrim::ldap
