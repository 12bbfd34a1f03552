// SPDX-License-Identifier: Apache-2.0
// The little JSON the journal needs: fast appending of members, and reading one flat object back. The contract room's
// library costs ten times a record's whole budget. Any thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrim::audit {

/// The text in quotes; invalid UTF-8 becomes U+FFFD.
void appendString(std::string& out, std::string_view text);
void appendNumber(std::string& out, std::uint64_t number);
/// `"name":"text"`, after a comma if `out` does not end with one, nor with `{`.
void appendMember(std::string& out, std::string_view name, std::string_view text);
void appendMember(std::string& out, std::string_view name, std::uint64_t number);
/// Opens a member: the caller appends its value.
void appendName(std::string& out, std::string_view name);

/// One member of a flat object; both are views of the text that was parsed.
struct Member {
  std::string_view name;   // as written, without quotes (names of ours need no escapes)
  std::string_view value;  // as written: a string keeps its quotes
};

/// The members of the one object that `text` is; nullopt: not an object, or broken.
std::optional<std::vector<Member>> parseMembers(std::string_view text);
/// The raw value of a member; empty: there is none.
std::string_view valueOf(const std::vector<Member>& members, std::string_view name);
/// The text of a JSON string; nullopt: it is none.
std::optional<std::string> unquoted(std::string_view value);
std::optional<std::uint64_t> asNumber(std::string_view value);

}  // namespace scrim::audit
