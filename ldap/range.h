// SPDX-License-Identifier: Apache-2.0
// Ranges: Active Directory hands out a long attribute in pieces, named "member;range=0-1499" and at the end
// "member;range=1500-*" ([MS-ADTS] 3.1.1.3.1.3.3). Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ldap/link.h"

namespace scrim::ldap {

struct Range {
  std::size_t first = 0;
  std::optional<std::size_t> last;  // nullopt: to the end
};

/// The range of an attribute's description in lower case, if that is what it is; nullopt: it is not.
std::optional<Range> rangeOf(std::string_view description, std::string_view lowerCaseName);

/// How to ask for an attribute that may be long: in pieces from Active Directory, whole from others.
std::string firstPiece(const DirectoryOptions& options, const std::string& attribute);

/// All values of an attribute of which `entry` holds the first piece, or all. Asks for the rest on `link`.
/// Errors: programLimit: more than options.mostValues; sourceError: the pieces do not fit together.
base::Result<std::vector<std::string>> allValues(Link& link, const DirectoryOptions& options, const Entry& entry,
                                                 const std::string& attribute, const Call& call);

}  // namespace scrim::ldap
