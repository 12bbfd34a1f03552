// SPDX-License-Identifier: Apache-2.0
// Text that goes into filters and DNs, and text that comes out of a directory: what is escaped, and what is refused.
// Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scrim::ldap {

/// A value inside a filter (RFC 4515): every byte but letters, digits and "-_.@" as \xx, so nothing can mean anything.
std::string escapeFilterValue(std::string_view value);
/// A value inside a DN (RFC 4514): the same bytes stay, all others become \XX.
std::string escapeDnValue(std::string_view value);

/// ASCII letters in lower case; attribute names and logins are compared so.
std::string lowerCase(std::string_view text);

/// Whether it is one balanced filter "( .. )", so that it can be joined with others; libldap checks the rest.
bool isOneFilter(std::string_view filter);
/// Whether it is an attribute's name or OID without options: letters, digits, '-', '.', at most 64.
bool isAttributeName(std::string_view name);
/// Valid UTF-8 without control characters, not empty, at most `longest` bytes.
bool isText(std::string_view value, std::size_t longest);
/// What a server said, made harmless for logs and messages: printable ASCII, at most 200 characters.
std::string printable(std::string_view text);

}  // namespace scrim::ldap
