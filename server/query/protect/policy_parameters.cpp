// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/policy_parameters.h"

#include <algorithm>

namespace scrim::protect {
namespace {

constexpr std::size_t kBlockBytes = 64;

base::Secret padded(const base::Secret& key, unsigned char with) {
  std::string block(kBlockBytes, '\0');
  std::copy_n(key.reveal().begin(), std::min(key.reveal().size(), kBlockBytes), block.begin());
  for (char& byte : block) byte = static_cast<char>(static_cast<unsigned char>(byte) ^ with);
  return base::Secret(std::move(block));
}

}  // namespace

PolicyParameters::HmacKeys PolicyParameters::hmacKeys(const base::Secret& key) {
  base::Secret inner = padded(key, 0x36);
  for (std::size_t i = 0; i < values_.size(); i += 2) {
    const int number = firstNumber_ + static_cast<int>(i);
    if (values_[i].reveal() == inner.reveal()) return {number, number + 1};
  }
  const int number = add(std::move(inner));
  return {number, add(padded(key, 0x5c))};
}

PolicyParameters PolicyParameters::copy() const {
  PolicyParameters other(firstNumber_);
  for (const base::Secret& value : values_) other.values_.push_back(value.clone());
  return other;
}

int PolicyParameters::add(base::Secret value) {
  values_.push_back(std::move(value));
  return firstNumber_ + static_cast<int>(values_.size()) - 1;
}

}  // namespace scrim::protect
