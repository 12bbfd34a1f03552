// SPDX-License-Identifier: Apache-2.0
// Typed ids: an id of one noun is never passed for another's. 0 means "none".
#pragma once

#include <cstdint>
#include <functional>

namespace scrim::base {

template <typename Noun>
struct Id {
  std::int64_t value = 0;
  auto operator<=>(const Id&) const = default;  // NOLINT(modernize-use-nullptr): Clang 14 errs in rewritten "<"
  explicit operator bool() const { return value != 0; }
};

using ConnectionId = Id<struct ConnectionNoun>;
using DataSourceId = Id<struct DataSourceNoun>;
using GroupId = Id<struct GroupNoun>;
using IdentityProviderId = Id<struct IdentityProviderNoun>;
using ProjectId = Id<struct ProjectNoun>;
using PurposeId = Id<struct PurposeNoun>;
using RuleId = Id<struct RuleNoun>;
using UserId = Id<struct UserNoun>;
/// The catalog's version: grows by one with every committed change of it.
using SnapshotVersion = Id<struct SnapshotVersionNoun>;

}  // namespace scrim::base

template <typename Noun>
struct std::hash<scrim::base::Id<Noun>> {
  std::size_t operator()(scrim::base::Id<Noun> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
