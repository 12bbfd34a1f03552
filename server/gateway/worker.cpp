// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/worker.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>

#include "common/base/log.h"
#include "server/gateway/connection.h"

namespace scrim::gateway {
namespace {

constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kPauseWithoutDescriptors{100};

Ticks steadyNow() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

Worker::Worker(Shared& shared)
    : shared_(shared),
      limits_(shared.options.limits),
      tls_(shared.options.tls),
      pools_(io_.get_executor(), shared.services.budgets),
      statements_(shared.options.limits.statementCacheBytes),
      timer_(io_),
      now_(steadyNow()),
      lastTurn_(now_) {
  asio::co_spawn(io_, watchdog(), asio::detached);
}

Ticks Worker::deadlineIn(std::chrono::milliseconds timeout) const {
  return timeout.count() == 0 ? kNever : now_ + timeout.count();
}

void Worker::listen(asio::ip::tcp::acceptor acceptor) {
  acceptors_.push_back(std::make_shared<asio::ip::tcp::acceptor>(std::move(acceptor)));
  asio::co_spawn(io_, acceptFrom(acceptors_.back()), asio::detached);
}

asio::awaitable<void> Worker::acceptFrom(std::shared_ptr<asio::ip::tcp::acceptor> acceptor) {
  while (acceptor->is_open()) {
    auto [error, socket] = co_await acceptor->async_accept(kAwait);
    if (!error) {
      asio::co_spawn(io_, serveClient(*this, std::move(socket)), asio::detached);
    } else if (error != asio::error::operation_aborted && error != asio::error::connection_aborted) {
      // Out of descriptors, most likely: the clients that are here go on, new ones wait in the backlog.
      base::logWarning("gateway", "cannot accept connections", {{"reason", error.message()}});
      asio::steady_timer pause(io_, kPauseWithoutDescriptors);
      co_await pause.async_wait(kAwait);
    }
  }
}

asio::awaitable<void> Worker::watchdog() {
  while (!stopping_ || !watched_.empty()) {
    timer_.expires_after(kTick);
    co_await timer_.async_wait(kAwait);
    tick();
  }
  pools_.close();
  io_.stop();
}

void Worker::tick() {
  now_ = steadyNow();
  lastTurn_ = now_;
  const bool force = now_ >= forceAt_;
  // A session may end, and leave the list, while it is looked at.
  for (auto at = watched_.begin(); at != watched_.end();) {
    Watched* watched = *at++;
    if (stopping_) {
      watched->onStop(force);
    } else {
      watched->onTick(now_);
    }
  }
}

void Worker::run() { io_.run(); }

void Worker::stop() {
  asio::post(io_, [this] { beginStop(); });
}

void Worker::update(const Limits& limits, std::shared_ptr<const TlsContext> tls, std::function<void()> taken) {
  asio::post(io_, [this, limits, tls = std::move(tls), taken = std::move(taken)]() mutable {
    limits_ = limits;
    tls_.swap(tls);
    taken();
  });
}

void Worker::beginStop() {
  if (stopping_) return;
  stopping_ = true;
  now_ = steadyNow();
  forceAt_ = deadlineIn(limits().drainTimeout);
  asio::error_code ignored;  // a listener that cannot be closed is closed
  for (const auto& acceptor : acceptors_) acceptor->close(ignored);
  timer_.cancel();
}

Worker::Watch::Watch(Worker& worker, Watched& watched) : worker_(worker) {
  place_ = worker.watched_.insert(worker.watched_.end(), &watched);
}

Worker::Watch::~Watch() { worker_.watched_.erase(place_); }

}  // namespace scrim::gateway
