// SPDX-License-Identifier: Apache-2.0
#include "server/identity/failure_rate.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>

namespace scrim::identity {
namespace {

constexpr std::size_t kNetworkBytes = 8;

std::string keyOf(const std::string& address) {
  in6_addr parsed{};
  if (inet_pton(AF_INET6, address.c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return address;
  return {reinterpret_cast<const char*>(parsed.s6_addr), kNetworkBytes};
}

}  // namespace

double FailureRate::levelNow(const Entry& entry) const {
  const std::chrono::duration<double> since = clock_.monotonic() - entry.at;
  const double drained = since.count() * limits_.failures / static_cast<double>(limits_.window.count());
  return std::max(0.0, entry.level - drained);
}

std::chrono::seconds FailureRate::pause(const std::string& address) {
  const std::scoped_lock lock(mutex_);
  const auto found = byKey_.find(keyOf(address));
  if (limits_.failures <= 0 || found == byKey_.end()) return {};
  const double above = levelNow(*found->second) - (limits_.failures - 1);
  if (above <= 0) return {};
  const double wait = above * static_cast<double>(limits_.window.count()) / limits_.failures;
  return std::chrono::seconds(static_cast<long>(std::ceil(wait)));
}

bool FailureRate::failed(const std::string& address) {
  const std::scoped_lock lock(mutex_);
  if (limits_.failures <= 0) return false;
  const auto [slot, isNew] = byKey_.try_emplace(keyOf(address));
  if (isNew) {
    entries_.push_front({slot->first, 0, clock_.monotonic()});
    slot->second = entries_.begin();
  } else {
    entries_.splice(entries_.begin(), entries_, slot->second);
  }
  Entry& entry = entries_.front();
  const double before = levelNow(entry);
  entry.level = std::min(before + 1, static_cast<double>(limits_.failures));
  entry.at = clock_.monotonic();
  if (entries_.size() > limits_.addresses) {
    byKey_.erase(entries_.back().key);
    entries_.pop_back();
  }
  const double full = limits_.failures - 1;
  return before <= full && entry.level > full;
}

void FailureRate::setLimits(const FailureRateLimits& limits) {
  const std::scoped_lock lock(mutex_);
  limits_ = limits;
}

}  // namespace scrim::identity
