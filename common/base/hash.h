// SPDX-License-Identifier: Apache-2.0
// SHA-256, HMAC-SHA-256, random bytes and encodings, over OpenSSL. Any thread. A failure of the library (it has no
// other reason than a broken installation) throws std::runtime_error: there is no safe way on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrim::base {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmacSha256(std::string_view key, std::string_view bytes);
/// `count` bytes from the operating system's generator.
std::string randomBytes(std::size_t count);

std::string toHex(std::string_view bytes);
std::string toHex(const Digest& digest);
/// nullopt: odd length or another character than 0-9, a-f, A-F.
std::optional<std::string> fromHex(std::string_view text);
std::string toBase64(std::string_view bytes);
/// Strict RFC 4648 with padding; nullopt otherwise.
std::optional<std::string> fromBase64(std::string_view text);

inline std::string_view asBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace scrim::base
