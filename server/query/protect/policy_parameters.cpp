// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/policy_parameters.h"

#include "common/base/hash.h"

namespace scrim::protect {
namespace {

constexpr std::size_t kBlockBytes = 64;

std::string padded(const base::Secret& key, unsigned char with) {
  std::string block(key.reveal());
  block.resize(kBlockBytes, '\0');
  for (char& byte : block) byte = static_cast<char>(static_cast<unsigned char>(byte) ^ with);
  return block;
}

}  // namespace

PolicyParameters::HmacKeys PolicyParameters::hmacKeys(const base::Secret& key) {
  const std::string digest(base::asBytes(base::sha256(key.reveal())));
  const auto found = known_.find(digest);
  if (found != known_.end()) return found->second;
  const HmacKeys keys{add(padded(key, 0x36)), add(padded(key, 0x5c))};
  known_.emplace(digest, keys);
  return keys;
}

PolicyParameters PolicyParameters::copy() const {
  PolicyParameters other(firstNumber_);
  for (const base::Secret& value : values_) other.values_.push_back(value.clone());
  other.known_ = known_;
  return other;
}

int PolicyParameters::add(std::string bytes) {
  values_.emplace_back(std::move(bytes));
  return firstNumber_ + static_cast<int>(values_.size()) - 1;
}

}  // namespace scrim::protect
