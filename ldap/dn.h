// SPDX-License-Identifier: Apache-2.0
// Distinguished names as keys: two spellings of one DN become one string. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace scrim::ldap {

/// ASCII letters in lower case, values escaped one way, spaces as RFC 4518 reads them, parts of a multi-valued RDN in
/// order. nullopt: it is no DN, or longer than 8 KiB. Letters outside ASCII are compared as they are.
std::optional<std::string> normalisedDn(std::string_view dn);

/// Whether a normalised DN is that one or stands below it.
bool isUnder(std::string_view normalised, std::string_view normalisedBase);

}  // namespace scrim::ldap
