// SPDX-License-Identifier: Apache-2.0
#include "server/query/push/link.h"

#include <algorithm>
#include <asio/post.hpp>

#include "server/query/push/link_state.h"

namespace scrim::push {
namespace {

/// A source that has not answered a cancel request by then is given up.
constexpr std::chrono::seconds kCancelPatience{10};
constexpr std::chrono::milliseconds kCancelInterval{500};

base::Error userCancel() { return {base::ErrorCode::queryCanceled, "canceling statement due to user request"}; }

}  // namespace

void Canceller::request() {
  asio::post(executor_, [self = shared_from_this()] {
    if (self->link_) self->link_->cancel();
  });
}

Link::Link(asio::any_io_executor executor, postgres::Pools& pools, ConnectionDirectory directory)
    : executor_(std::move(executor)),
      pools_(pools),
      directory_(std::move(directory)),
      turn_(executor_),
      cancelDeadline_(executor_),
      canceller_(new Canceller(executor_, this)) {}

Link::~Link() {
  canceller_->link_ = nullptr;
  reset();
}

void Link::reset() {
  transaction_.end();
  portals_.clear();
  cursors_.clear();
  for (const auto& upstream : upstreams_) {
    // Whatever is open there ends with the connection: a new one costs less than a way back for every state.
    if (upstream->lease && upstream->tied()) upstream->lease->markBroken();
    upstream->lease.giveBack();
  }
  upstreams_.clear();
}

bool Link::holdsConnections() const {
  return std::ranges::any_of(upstreams_, [](const auto& upstream) { return static_cast<bool>(upstream->lease); });
}

void Link::cancel() { cancel(userCancel()); }

void Link::cancel(base::Error reason) {
  const auto now = std::chrono::steady_clock::now();
  // Each request costs the source a process: an impatient client does not get one per key stroke.
  if (!running_ || (cancelReason_ && now < lastCancel_ + kCancelInterval)) return;
  lastCancel_ = now;
  cancelReason_ = std::move(reason);
  waiting_.cancel();
  postgres::UpstreamConnection* const connection = runningConnection();
  if (connection == nullptr) return;
  // Nobody else may be hit by the request.
  if (turn_.queued()) turn_.evictFollowers();
  connection->cancel();
  cancelDeadline_.expires_after(kCancelPatience);
  cancelDeadline_.async_wait([canceller = canceller_, upstream = running_](const asio::error_code& failure) {
    if (failure || !canceller->link_ || canceller->link_->running_ != upstream) return;
    if (auto* const late = canceller->link_->runningConnection()) late->abort();
  });
}

/// What a request to cancel may be sent to. nullptr: none, or it is still the turn of somebody else, and soon ours.
postgres::UpstreamConnection* Link::runningConnection() const {
  if (turn_.queued()) return turn_.atHead() ? &turn_.connection() : nullptr;
  return running_->lease ? &*running_->lease : nullptr;
}

base::Result<Link::Upstream*> Link::knownUpstream(base::ConnectionId connection) {
  auto found = std::ranges::find(upstreams_, connection, [](const auto& upstream) { return upstream->id; });
  if (found == upstreams_.end()) {
    upstreams_.push_back(std::make_unique<Upstream>(Upstream{connection}));
    found = std::prev(upstreams_.end());
  }
  Upstream& upstream = **found;
  if (upstream.lease) return &upstream;
  SCRIM_TRY(postgres::ConnectOptionsPtr options, directory_(connection));
  if (options != upstream.options) {
    upstream.pool = pools_.of(options);
    upstream.options = std::move(options);
  }
  return &upstream;
}

void Link::releaseIfFree(Upstream& upstream) {
  if (!upstream.tied()) upstream.lease.giveBack();
}

void Link::loseConnection(Upstream& upstream) {
  if (upstream.share.joined()) transaction_.markLost();
  upstream.share.leave();
  upstream.unsynced = upstream.skipping = upstream.settingsSetInside = false;
  upstream.heldCursors = 0;
  std::erase_if(portals_, [&upstream](const auto& entry) { return entry.second.upstream == &upstream; });
  std::erase_if(cursors_, [&upstream](const auto& entry) { return entry.second.upstream == &upstream; });
  if (upstream.lease) upstream.lease->markBroken();
  upstream.lease.giveBack();
}

}  // namespace scrim::push
