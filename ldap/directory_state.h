// SPDX-License-Identifier: Apache-2.0
// What a Directory holds, and what its parts share.
#pragma once

#include <optional>
#include <string>

#include "ldap/directory.h"
#include "ldap/link.h"
#include "ldap/links.h"

namespace scrim::ldap {

struct Directory::State {
  State(DirectoryOptions given, const base::Clock& theClock)
      : options(std::move(given)),
        clock(theClock),
        searching(options, Role::search),
        passwords(options, Role::passwords) {}

  Call call(std::stop_token stop) const;
  Call endless(std::stop_token stop) const { return {std::move(stop), base::MonotonicTime::max()}; }

  /// The user and their groups; nullopt: nobody.
  base::Result<std::optional<DirectoryUser>> find(std::string_view login, const Call& call);
  base::Result<void> checkPassword(const std::string& dn, const base::Secret& password, const Call& call);

  const DirectoryOptions options;
  const base::Clock& clock;
  Links searching;
  Links passwords;
};

}  // namespace scrim::ldap
