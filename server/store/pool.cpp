// SPDX-License-Identifier: Apache-2.0
#include "server/store/pool.h"

namespace scrim::store {
namespace {

base::Error unavailable(std::string why) {
  return {base::ErrorCode::catalogUnavailable, "The catalog's database is not available: " + std::move(why)};
}

}  // namespace

Pool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->giveBack(std::move(link_));
}

LinkOptions Pool::linkOptions() const {
  LinkOptions options;
  options.dsn = options_.dsn;
  options.fields = {{"target_session_attrs", "read-write"},
                    {"tcp_user_timeout", "10000"},
                    {"keepalives_idle", "10"},
                    {"keepalives_interval", "3"},
                    {"keepalives_count", "3"}};
  options.connectTimeout = options_.connectTimeout;
  options.answerTimeout = options_.answerTimeout;
  return options;
}

base::Result<Pool::Lease> Pool::acquire() {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, options_.waitLimit, [&] { return taken_ < options_.size; })) {
    return unavailable("all " + std::to_string(options_.size) + " connections are busy.");
  }
  ++taken_;
  while (!idle_.empty()) {
    Link link = std::move(idle_.back());
    idle_.pop_back();
    lock.unlock();
    // A server that was restarted or became a standby meanwhile shows it here, not in the middle of a change.
    auto mode = link.run("SELECT pg_is_in_recovery()");
    if (mode && !mode->boolean(0, 0)) return Lease(*this, std::move(link));
    lock.lock();
  }
  lock.unlock();
  auto link = Link::open(linkOptions());
  if (link) return Lease(*this, std::move(link).value());
  lock.lock();
  --taken_;
  freed_.notify_one();
  return unavailable(link.error().message);
}

void Pool::giveBack(Link link) {
  std::scoped_lock lock(mutex_);
  --taken_;
  if (link.alive() && !link.inTransaction()) idle_.push_back(std::move(link));
  freed_.notify_one();
}

}  // namespace scrim::store
