// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/cancel_registry.h"

#include "common/base/hash.h"
#include "common/base/secret.h"

namespace scrim::gateway {

std::unique_ptr<CancelRegistry::Key> CancelRegistry::add(std::size_t secretBytes, Action action) {
  std::string secret = base::randomBytes(secretBytes);
  const std::lock_guard lock(mutex_);
  // Drivers read it as a signed number and take 0 for "none".
  do {
    next_ = next_ >= 0x7fffffff ? 1 : next_ + 1;
  } while (entries_.contains(next_));
  entries_.emplace(next_, Entry{secret, std::move(action)});
  return std::make_unique<Key>(*this, next_, std::move(secret));
}

void CancelRegistry::cancel(std::uint32_t processId, std::string_view secret) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(processId);
  if (found != entries_.end() && base::equalInConstantTime(found->second.secret, secret)) found->second.action();
}

void CancelRegistry::forget(std::uint32_t processId) {
  const std::lock_guard lock(mutex_);
  entries_.erase(processId);
}

}  // namespace scrim::gateway
