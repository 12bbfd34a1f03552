// SPDX-License-Identifier: Apache-2.0
// What must be true of a text before PostgreSQL's parser may see it. The parser, protobuf-c and every later stage
// recurse over the tree; guarding bounds the depth that the tree can have. Any thread.
#pragma once

#include <string_view>

#include "common/base/result.h"
#include "server/query/parse/parse.h"

namespace scrim::parse {

/// Valid UTF-8 without NUL, within the limits, parameters within $1..$65535.
base::Result<void> guardText(std::string_view text, const ParseLimits& limits);

/// An upper bound of how many nodes deep the tree of a text can be, from its tokens alone. Brackets and CASE weigh
/// what they can nest (a sub-select is three nodes); operators count until something that the grammar keeps flat (a
/// comma, AND, OR) ends their chain; JOIN and set operations count over the whole bracket level.
std::size_t depthBound(std::string_view text);

}  // namespace scrim::parse
