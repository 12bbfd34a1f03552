// SPDX-License-Identifier: Apache-2.0
#include "server/api/paging.h"

#include <charconv>

#include "common/base/hash.h"

namespace scrim::api {
namespace {

constexpr std::string_view kCursorPrefix = "after:";

std::optional<std::int64_t> numberOf(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

base::Error wrong(const std::string& what) { return {base::ErrorCode::invalidParameter, what}; }

}  // namespace

std::string cursorAfter(std::int64_t id) { return base::toHex(std::string(kCursorPrefix) + std::to_string(id)); }

base::Result<std::optional<std::int64_t>> wholeOf(const Call& call, const std::string& name, std::int64_t most) {
  const auto given = call.query(name);
  if (!given) return std::optional<std::int64_t>();
  const auto number = numberOf(*given);
  if (number && *number >= 1 && *number <= most) return number;
  return wrong(name + " must be a number from 1 to " + std::to_string(most) + ".");
}

base::Result<Page> pageOf(const Call& call) {
  Page page;
  SCRIM_TRY(const auto limit, wholeOf(call, "limit", static_cast<std::int64_t>(kLongestPage)));
  if (limit) page.limit = static_cast<std::size_t>(*limit);
  if (const auto cursor = call.query("cursor")) {
    const auto text = base::fromHex(*cursor);
    const bool ours = text && text->starts_with(kCursorPrefix);
    const auto id = ours ? numberOf(std::string_view(*text).substr(kCursorPrefix.size())) : std::nullopt;
    if (!id) return wrong("cursor is not one that a page gave.");
    page.after = *id;
  }
  return page;
}

}  // namespace scrim::api
