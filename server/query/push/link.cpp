// SPDX-License-Identifier: Apache-2.0
#include "server/query/push/link.h"

#include <algorithm>
#include <asio/post.hpp>

#include "server/query/push/link_state.h"

namespace scrim::push {
namespace {

/// A source that has not answered a cancel request by then is given up.
constexpr std::chrono::seconds kCancelPatience{10};
/// Between two requests: each costs the source a process, so ever longer up to the second.
constexpr std::chrono::milliseconds kFirstCancelPause{50};
constexpr std::chrono::milliseconds kLongestCancelPause{500};

base::Error userCancel() { return {base::ErrorCode::queryCanceled, "canceling statement due to user request"}; }

}  // namespace

void Canceller::request() {
  asio::post(executor_, [self = shared_from_this()] {
    if (self->link_) self->link_->cancel();
  });
}

Link::Link(asio::any_io_executor executor, postgres::Pools& pools, postgres::Holder holder,
           ConnectionDirectory directory)
    : executor_(std::move(executor)),
      pools_(pools),
      holder_(std::move(holder)),
      directory_(std::move(directory)),
      turn_(executor_),
      cancelTimer_(executor_),
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
  if (cancelReason_ || !(running_ || busy_)) return;
  cancelReason_ = std::move(reason);
  if (!running_) return;  // between two exchanges of one statement: the next one does not begin
  waiting_.cancel();
  cancelUntil_ = std::chrono::steady_clock::now() + kCancelPatience;
  cancelPause_ = kFirstCancelPause;
  pressCancel();
}

/// Asks again and again: PostgreSQL forgets a request that it notices while it reads the next message, as between the
/// Bind of a statement that took long to plan and its Execute.
void Link::pressCancel() {
  if (postgres::UpstreamConnection* const connection = runningConnection()) {
    // Nobody else may be hit by the request.
    if (turn_.queued()) turn_.evictFollowers();
    if (std::chrono::steady_clock::now() >= cancelUntil_) return connection->abort();
    connection->cancel();
  }
  cancelTimer_.expires_after(cancelPause_);
  cancelPause_ = std::min(2 * cancelPause_, kLongestCancelPause);
  cancelTimer_.async_wait([canceller = canceller_, upstream = running_](const asio::error_code& failure) {
    Link* const link = canceller->link_;
    if (!failure && link && link->running_ == upstream && link->cancelReason_) link->pressCancel();
  });
}

void Link::setBusy(bool busy) {
  busy_ = busy;
  if (!busy) cancelReason_.reset();
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
    upstream.places = pools_.shareOf(*options, holder_);
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
