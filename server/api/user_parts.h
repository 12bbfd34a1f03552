// SPDX-License-Identifier: Apache-2.0
// What changes of users have in common, by themselves or as members of a group. One call.
#pragma once

#include "server/api/call.h"

namespace scrim::api::users {

/// A user as they are inside a change. Errors: undefinedObject.
base::Result<catalog::User> presentUser(catalog::Writer& writer, const Call& call, const std::string& name);
/// Whoever holds ADMIN is touched by ADMIN alone, and rights that sleep in a disabled account are woken by ADMIN alone.
/// Errors: permissionDenied.
base::Result<void> checkMightier(const Caller& caller, const catalog::User& before, const catalog::User& wanted);

}  // namespace scrim::api::users
