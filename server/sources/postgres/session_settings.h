// SPDX-License-Identifier: Apache-2.0
// SessionSettings: the settings of a client's session that change results. They belong to the client and travel to
// whichever upstream connection runs its statement; a connection remembers which ones it has and is sent differences
// only. Equal values share one object, so that comparing is comparing pointers. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace scrim::postgres {

class SessionSettings;
using SessionSettingsPtr = std::shared_ptr<const SessionSettings>;

class SessionSettings {
 public:
  /// TimeZone UTC, DateStyle "ISO, MDY", IntervalStyle postgres, extra_float_digits 1, bytea_output hex.
  static SessionSettingsPtr defaults();

  /// These with one changed. Errors: invalidParameter for a name not in the list above (any letter case) or a value
  /// with a control character. The value itself is judged by the source when it is first sent there.
  base::Result<SessionSettingsPtr> with(std::string_view name, std::string_view value) const;
  /// Another for each object that ever was.
  std::uint64_t ordinal() const { return ordinal_; }
  static std::uint64_t nextOrdinal();
  /// nullptr: not one that travels.
  const std::string* find(std::string_view name) const;

  /// "SET x = '..'; SET y = '..'" for what differs from `current` (nullptr: unknown, everything is sent).
  std::string changesFrom(const SessionSettings* current) const;

 private:
  explicit SessionSettings(std::vector<std::string> values) : values_(std::move(values)) {}
  static SessionSettingsPtr interned(std::vector<std::string> values);
  std::uint64_t ordinal_ = nextOrdinal();
  std::vector<std::string> values_;  // in the order of kTravelling (session_settings.cpp)
};

}  // namespace scrim::postgres
