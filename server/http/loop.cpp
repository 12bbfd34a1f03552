// SPDX-License-Identifier: Apache-2.0
#include "server/http/loop.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include "common/base/log.h"
#include "server/http/connection.h"

namespace scrim::http {
namespace {

constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kTick{100};

Ticks steadyNow() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

Loop::Loop(ServerOptions options, Handler handler, RefusalRenderer refuse)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      refuse_(std::move(refuse)),
      tls_(options_.tls),
      lastTurn_(steadyNow()),
      keepHandling_(handling_.get_executor()),
      timer_(io_) {
  asio::co_spawn(io_, watchdog(), asio::detached);
}

Ticks Loop::deadlineIn(std::chrono::milliseconds timeout) const { return steadyNow() + timeout.count(); }

void Loop::listen(asio::ip::tcp::acceptor acceptor) {
  acceptors_.push_back(std::make_shared<asio::ip::tcp::acceptor>(std::move(acceptor)));
  asio::co_spawn(io_, acceptFrom(acceptors_.back()), asio::detached);
}

asio::awaitable<void> Loop::acceptFrom(std::shared_ptr<asio::ip::tcp::acceptor> acceptor) {
  while (acceptor->is_open()) {
    auto [error, socket] = co_await acceptor->async_accept(kAwait);
    if (!error) {
      asio::co_spawn(io_, serveClient(*this, std::move(socket)), asio::detached);
    } else if (error != asio::error::operation_aborted && error != asio::error::connection_aborted) {
      // Out of descriptors, most likely: the clients that are here go on, new ones wait in the backlog.
      base::logWarning("http", "cannot accept connections", {{"reason", error.message()}});
      asio::steady_timer pause(io_, kTick);
      co_await pause.async_wait(kAwait);
    }
  }
}

asio::awaitable<void> Loop::watchdog() {
  while (!stopping_ || !watched_.empty()) {
    timer_.expires_after(kTick);
    co_await timer_.async_wait(kAwait);
    tick();
  }
  keepHandling_.reset();
  io_.stop();
}

void Loop::tick() {
  const Ticks now = steadyNow();
  lastTurn_ = now;
  for (auto at = watched_.begin(); at != watched_.end();) {
    Watched& watched = **at++;
    if (now > watched.deadline || (stopping_ && (watched.idle || now > forceAt_))) watched.interrupt();
  }
}

void Loop::setTls(std::shared_ptr<const net::TlsContext> tls) {
  asio::post(io_, [this, tls = std::move(tls)]() mutable { tls_.swap(tls); });
}

void Loop::stop() {
  asio::post(io_, [this] {
    if (std::exchange(stopping_, true)) return;
    forceAt_ = deadlineIn(options_.limits.drainTimeout);
    asio::error_code ignored;  // a listener that cannot be closed is closed
    for (const auto& acceptor : acceptors_) acceptor->close(ignored);
    timer_.cancel();
  });
}

Loop::Place::Place(Loop& loop, Watched& watched, std::string address) : loop_(loop), address_(std::move(address)) {
  at_ = loop_.watched_.insert(loop_.watched_.end(), &watched);
  const std::size_t here = ++loop_.byAddress_[address_];
  const Limits& limits = loop_.options_.limits;
  admitted_ = ++loop_.count_ <= limits.connections && here <= limits.connectionsPerAddress;
}

Loop::Place::~Place() {
  loop_.watched_.erase(at_);
  --loop_.count_;
  auto found = loop_.byAddress_.find(address_);
  if (--found->second == 0) loop_.byAddress_.erase(found);
}

}  // namespace scrim::http
