// SPDX-License-Identifier: Apache-2.0
#include "common/policy/real_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace scrim::policy {
namespace {

template <typename Number>
std::string shortest(Number value, int firstExponent) {
  char digits[128];
  char* end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific).ptr;
  std::string out(digits, static_cast<std::size_t>(end - digits));
  const int exponent = std::atoi(out.c_str() + out.find('e') + 1);
  if (exponent < -4 || exponent >= firstExponent) return out;
  end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr;
  return {digits, static_cast<std::size_t>(end - digits)};
}

}  // namespace

std::string realText(double value, const schema::DataType& type) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  constexpr int kDigitsOfDouble = 15;
  constexpr int kDigitsOfReal = 6;
  if (type.name == "real") return shortest(static_cast<float>(value), kDigitsOfReal);
  return shortest(value, kDigitsOfDouble);
}

}  // namespace scrim::policy
