// SPDX-License-Identifier: Apache-2.0
// From a login to the one entry it means, and from an entry to a DirectoryUser without its groups. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "ldap/link.h"
#include "ldap/user.h"

namespace scrim::ldap {

/// Whether a login can be one at all: text of at most 256 bytes.
bool isLogin(std::string_view login);

/// What to ask for about a user.
std::vector<std::string> userAttributes(const DirectoryOptions& options);

/// The user filter, and the login.
std::string userFilter(const DirectoryOptions& options, std::string_view login);

/// nullopt: nobody, or somebody whose login the directory takes for equal but spells differently (it ignores spaces,
/// and more): a name must mean one person, or lock-out could be walked around. Errors: sourceError: several entries.
base::Result<std::optional<Entry>> findEntry(Link& link, const DirectoryOptions& options, std::string_view login,
                                             const Call& call);

/// Asks for more on `link` only when an attribute is so long that it comes in pieces.
/// Errors: sourceError: no or several logins or ids, a value that is not text or too long.
base::Result<DirectoryUser> userOf(Link& link, const DirectoryOptions& options, const Entry& entry, base::WallTime now,
                                   const Call& call);

}  // namespace scrim::ldap
