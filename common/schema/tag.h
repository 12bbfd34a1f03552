// SPDX-License-Identifier: Apache-2.0
// Tag: a hierarchical, dotted label ("PII.Email"). Compared without regard to letter case, so that a rule never
// silently misses because of it. Values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scrim::schema {

/// 1 to 64 segments of letters, digits, '_', '-', ' ' separated by single dots.
bool isValidTag(std::string_view tag);
/// Whether a rule about `rule` covers a thing tagged `tag`: the same tag or one below it.
bool tagCovers(std::string_view rule, std::string_view tag);
/// A tag as it is compared: ASCII letters in lower case. For indexes.
std::string foldedTag(std::string_view tag);
/// All `rule` for which tagCovers(rule, tag), folded: the tag and those above it.
std::vector<std::string> coveringTags(std::string_view tag);
/// Number of segments: the deeper, the more specific.
int tagDepth(std::string_view tag);

}  // namespace scrim::schema
