// SPDX-License-Identifier: Apache-2.0
// Head: the side file that remembers how far the chain had come when it was last brought to the disk, so that records
// taken off its end are noticed. One line of fixed size, written in place with one write (a sector is written whole).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/audit/chain.h"

namespace scrim::audit {

inline constexpr std::size_t kHeadSize = 512;

struct Head {
  std::string journal;
  std::uint64_t segment = 0;
  std::uint64_t size = 0;  // of that segment, in bytes, up to and with `last`
  Link last;
  bool closed = false;  // the server stopped in good order: nothing may follow `last`
};

/// kHeadSize bytes: the object, spaces, a line feed. Signed if there is a key.
std::string renderHead(const Head& head, std::string_view key);
/// The object itself, for checkSignature(): the line without its padding.
std::string_view headObject(std::string_view bytes);
/// nullopt: not a head in its canonical form.
std::optional<Head> parseHead(std::string_view bytes);

}  // namespace scrim::audit
