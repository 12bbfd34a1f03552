// SPDX-License-Identifier: Apache-2.0
// Decimal: an exact number of up to 38 digits, for the reference interpreter. Values; any thread.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace scrim::policy {

class Decimal {
 public:
  Decimal() = default;
  explicit Decimal(long long whole) : mantissa_(whole) {}
  /// Digits with an optional sign and fraction; nullopt: another form, or more digits than it can hold.
  static std::optional<Decimal> parse(std::string_view text);

  /// Without needless zeros or point.
  std::string text() const;
  double real() const;
  bool isZero() const { return mantissa_ == 0; }
  bool isNegative() const { return mantissa_ < 0; }
  Decimal negated() const;

  // nullopt: more digits than it can hold; a division: by zero.
  static std::optional<Decimal> sum(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> product(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> truncatedQuotient(const Decimal& a, const Decimal& b);
  /// The largest multiple of `step` that is not above `value`.
  static std::optional<Decimal> roundedDown(const Decimal& value, const Decimal& step);
  static std::optional<std::strong_ordering> compare(const Decimal& a, const Decimal& b);

 private:
  __extension__ using Wide = __int128;
  Decimal(Wide mantissa, int scale) : mantissa_(mantissa), scale_(scale) {}
  static std::optional<Wide> scaled(const Decimal& value, int scale);
  static bool aligned(const Decimal& a, const Decimal& b, Wide& left, Wide& right, int& scale);

  Wide mantissa_ = 0;
  int scale_ = 0;  // digits after the point
};

}  // namespace scrim::policy
