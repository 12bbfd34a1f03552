// SPDX-License-Identifier: Apache-2.0
// The groups of one user, asked of the server: by search, by memberOf or by the in-chain rule; with Active Directory
// the primary group too, which no group lists as its member. Cycles end; depth and number are bounded. Any thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "ldap/link.h"

namespace scrim::ldap {

/// `user`: the entry that findEntry() gave.
/// Errors: tooComplex: nested deeper than options.groups.depth; programLimit: more than options.mostGroups.
base::Result<std::set<std::string>> groupsOf(Link& link, const DirectoryOptions& options, const Entry& user,
                                             const Call& call);

/// The names that a group's entry gives it. Errors: sourceError: none, or one that is not text.
base::Result<std::vector<std::string>> groupNames(const DirectoryOptions& options, const Entry& group);

/// What a group may name a user by: the DN, or the login as the directory spells it.
std::string memberValueOf(const DirectoryOptions& options, const Entry& user);

/// The SID of an Active Directory user's primary group; nullopt: the entry tells of none.
/// Errors: sourceError: it tells something that cannot be one.
base::Result<std::optional<std::string>> primaryGroupSid(const Entry& user);

}  // namespace scrim::ldap
