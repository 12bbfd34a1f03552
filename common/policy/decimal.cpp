// SPDX-License-Identifier: Apache-2.0
#include "common/policy/decimal.h"

#include <algorithm>
#include <cstdlib>

namespace scrim::policy {

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  Decimal out;
  bool fraction = false;
  int digits = 0;
  for (char c : text) {
    if (c == '.' && !fraction && digits > 0) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9' || ++digits > 38) return std::nullopt;
    out.mantissa_ = out.mantissa_ * 10 + (c - '0');
    out.scale_ += fraction ? 1 : 0;
  }
  if (digits == 0 || text.ends_with('.')) return std::nullopt;
  if (negative) out.mantissa_ = -out.mantissa_;
  return out;
}

std::string Decimal::text() const {
  Wide rest = mantissa_ < 0 ? -mantissa_ : mantissa_;
  int scale = scale_;
  while (scale > 0 && rest % 10 == 0) rest /= 10, --scale;
  std::string reversed;
  for (; rest > 0 || static_cast<int>(reversed.size()) <= scale; rest /= 10) {
    reversed += static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  std::reverse(reversed.begin(), reversed.end());
  if (scale > 0) reversed.insert(reversed.size() - static_cast<std::size_t>(scale), ".");
  return (mantissa_ < 0 ? "-" : "") + reversed;
}

double Decimal::real() const { return std::strtod(text().c_str(), nullptr); }

Decimal Decimal::negated() const { return {-mantissa_, scale_}; }

std::optional<Decimal::Wide> Decimal::scaled(const Decimal& value, int scale) {
  Wide out = value.mantissa_;
  for (int i = value.scale_; i < scale; ++i) {
    if (__builtin_mul_overflow(out, Wide{10}, &out)) return std::nullopt;
  }
  return out;
}

bool Decimal::aligned(const Decimal& a, const Decimal& b, Wide& left, Wide& right, int& scale) {
  scale = std::max(a.scale_, b.scale_);
  const auto one = scaled(a, scale);
  const auto other = scaled(b, scale);
  if (!one || !other) return false;
  left = *one;
  right = *other;
  return true;
}

std::optional<Decimal> Decimal::sum(const Decimal& a, const Decimal& b) {
  Wide left, right, out;
  int scale;
  if (!aligned(a, b, left, right, scale) || __builtin_add_overflow(left, right, &out)) return std::nullopt;
  return Decimal(out, scale);
}

std::optional<Decimal> Decimal::product(const Decimal& a, const Decimal& b) {
  Wide out;
  if (__builtin_mul_overflow(a.mantissa_, b.mantissa_, &out)) return std::nullopt;
  return Decimal(out, a.scale_ + b.scale_);
}

std::optional<Decimal> Decimal::truncatedQuotient(const Decimal& a, const Decimal& b) {
  Wide left, right;
  int scale;
  if (b.isZero() || !aligned(a, b, left, right, scale)) return std::nullopt;
  return Decimal(left / right, 0);
}

std::optional<Decimal> Decimal::roundedDown(const Decimal& value, const Decimal& step) {
  Wide left, right;
  int scale;
  if (step.mantissa_ <= 0 || !aligned(value, step, left, right, scale)) return std::nullopt;
  Wide rest = left % right;
  if (rest < 0) rest += right;
  Wide out;
  if (__builtin_sub_overflow(left, rest, &out)) return std::nullopt;
  return Decimal(out, scale);
}

std::optional<std::strong_ordering> Decimal::compare(const Decimal& a, const Decimal& b) {
  Wide left, right;
  int scale;
  if (!aligned(a, b, left, right, scale)) return std::nullopt;
  return left < right   ? std::strong_ordering::less
         : left > right ? std::strong_ordering::greater
                        : std::strong_ordering::equal;
}

}  // namespace scrim::policy
