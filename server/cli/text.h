// SPDX-License-Identifier: Apache-2.0
// Text for terminals. Data comes from people who may mean harm: what would move the cursor, change colours, hide text
// or turn its direction is shown as an escape instead. Pure; any thread.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace scrim::cli {

/// Control characters (C0, DEL, C1), what turns the direction of text or is invisible, and invalid UTF-8 as \x1b,
/// \u202e.
std::string printable(std::string_view text);
/// The next character of valid UTF-8 at `at`, which moves past it.
std::uint32_t nextCharacter(std::string_view text, std::size_t& at);
/// Whether a terminal would act on the character rather than show it.
bool isHarmful(std::uint32_t character);
/// How many columns printable text takes.
std::size_t widthOf(std::string_view text);
/// "2026-01-31T08:00:00Z", as the API writes times.
std::string utcTime(std::time_t time);
/// At least `width` columns, filled with spaces.
std::string padded(std::string_view text, std::size_t width);

}  // namespace scrim::cli
