// SPDX-License-Identifier: Apache-2.0
// Answers: what a server's or libldap's result means here, and entries taken out of messages. Any thread.
#pragma once

#include <ldap.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "ldap/entry.h"

namespace scrim::ldap {

struct Outcome {
  int code = LDAP_SUCCESS;  // the server's (RFC 4511), or below zero libldap's own
  std::string diagnostic;   // printable
};

/// Whether another server, or this one later, may do better.
bool isUnavailable(int code);
/// "connecting to ldaps://..: what happened. What to do."
base::Error errorOf(const Outcome& outcome, std::string_view doing, const std::string& url);
/// Why a password was refused, for the operator: "wrong password", "disabled", "locked", ...
std::string refusalOf(const Outcome& outcome);

/// Errors: sourceUnavailable: it cannot be decoded; programLimit: an attribute has more than `mostValues`.
base::Result<Entry> entryOf(LDAP* handle, LDAPMessage* message, std::size_t mostValues);
std::size_t sizeOf(const Entry& entry);

}  // namespace scrim::ldap
