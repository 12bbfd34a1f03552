// SPDX-License-Identifier: Apache-2.0
// AccountState: what an entry says about whether its owner may log in: userAccountControl, its computed bits,
// accountExpires and lockoutTime in Active Directory; the password policy overlay's and the shadow attributes in
// OpenLDAP. A value that cannot be read, or that Active Directory does not show, is `unknown`: no login. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "ldap/entry.h"
#include "ldap/options.h"

namespace scrim::ldap {

enum class AccountState { active, disabled, expired, locked, passwordExpired, unknown };

/// "active", "disabled", "expired", "locked", "password expired", "of unknown state".
std::string_view nameOf(AccountState state);

/// The attributes to ask for.
std::vector<std::string> accountAttributes(Kind kind);
AccountState accountState(Kind kind, const Entry& entry, base::WallTime now);

/// YYYYMMDDHHMM[SS][.f]Z; nullopt: something else, or before 1970.
std::optional<base::WallTime> parseGeneralizedTime(std::string_view text);

}  // namespace scrim::ldap
