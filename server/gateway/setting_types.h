// SPDX-License-Identifier: Apache-2.0
// Setting types: how the value of each kind of setting is read and written, as PostgreSQL does. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrim::gateway {

std::string lowered(std::string_view text);
std::string_view trimmed(std::string_view text);

/// on, off, true, false, yes, no, 1, 0 and their unique beginnings.
std::optional<bool> readBoolean(std::string_view text);
/// A whole number of milliseconds: "5000", "5s", "1.5 min"; nullopt: not one, or past 2^31-1.
std::optional<std::int64_t> readMilliseconds(std::string_view text);
/// As SHOW prints it: in the largest unit that divides it.
std::string printMilliseconds(std::int64_t milliseconds);
/// "ISO, MDY" and so on, changing only what `text` names.
std::optional<std::string> readDateStyle(std::string_view text, std::string_view current);
/// The canonical name of a zone that this machine knows, or of a fixed offset.
std::optional<std::string> readTimeZone(std::string_view text);
/// Only "$user", public and pg_catalog; the text as SHOW prints it.
std::optional<std::string> readSearchPath(std::string_view text);

}  // namespace scrim::gateway
