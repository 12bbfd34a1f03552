// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/admission.h"

namespace scrim::gateway {

base::Error tooManyClients() { return {base::ErrorCode::tooManyConnections, "sorry, too many clients already"}; }

void Admission::decrement(Counts& counts, const std::string& key) {
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

std::unique_ptr<Admission::Place> Admission::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (connections_ >= limits_.connections || loggingIn_ >= limits_.connectionsLoggingIn) return nullptr;
  std::size_t& ofAddress = byAddress_[address];
  if (ofAddress >= limits_.connectionsPerAddress) return nullptr;
  ++ofAddress;
  ++connections_;
  ++loggingIn_;
  return std::make_unique<Place>(*this, address);
}

std::size_t Admission::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void Admission::setLimits(const Limits& limits) {
  const std::lock_guard lock(mutex_);
  limits_ = limits;
}

base::Result<void> Admission::Place::loggedIn(const std::string& user) {
  const std::lock_guard lock(admission_->mutex_);
  OfUser& ofUser = admission_->byUser_[user];
  if (ofUser.connections >= admission_->limits_.connectionsPerUser) {
    return base::Error{base::ErrorCode::tooManyConnections, "too many connections for role \"" + user + "\""};
  }
  ++ofUser.connections;
  memory_ = ofUser.memory;
  --admission_->loggingIn_;
  loggedIn_ = true;
  user_ = user;
  return {};
}

Admission::Place::~Place() {
  const std::lock_guard lock(admission_->mutex_);
  decrement(admission_->byAddress_, address_);
  --admission_->connections_;
  if (loggedIn_) {
    const auto ofUser = admission_->byUser_.find(user_);
    if (--ofUser->second.connections == 0) admission_->byUser_.erase(ofUser);
  } else {
    --admission_->loggingIn_;
  }
}

}  // namespace scrim::gateway
