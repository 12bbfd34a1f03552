// SPDX-License-Identifier: Apache-2.0
// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing past U+10FFFF. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scrim::base {

/// The offset of the first byte that is not part of valid UTF-8; text.size() if all is valid.
std::size_t firstInvalidUtf8(std::string_view text);
inline bool isValidUtf8(std::string_view text) { return firstInvalidUtf8(text) == text.size(); }
/// Each invalid byte becomes U+FFFD.
std::string withInvalidReplaced(std::string_view text);
/// How many characters stand before the byte offset (PostgreSQL counts error positions in characters).
std::size_t charactersBefore(std::string_view text, std::size_t byteOffset);
/// The byte offset of a character index; text.size() if there are fewer.
std::size_t byteOffsetOf(std::string_view text, std::size_t characterIndex);

}  // namespace scrim::base
