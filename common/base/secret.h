// SPDX-License-Identifier: Apache-2.0
// Secret: bytes that must not linger or be printed. Wiped when destroyed or moved from; no operator<<, no ==.
// Move-only, so that each copy is written down as one (clone()). Any thread, as std::string.
#pragma once

#include <string>
#include <string_view>

namespace scrim::base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  Secret clone() const { return Secret(bytes_); }
  bool empty() const { return bytes_.empty(); }
  /// The bytes, for the one call that needs them. Do not store the view.
  std::string_view reveal() const { return bytes_; }

 private:
  void wipe() noexcept;
  std::string bytes_;
};

/// Compares in time that depends on the lengths only.
bool equalInConstantTime(std::string_view left, std::string_view right);

}  // namespace scrim::base
