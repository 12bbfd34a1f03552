// SPDX-License-Identifier: Apache-2.0
// Worker: what one of the gateway's threads owns: its event loop, upstream pools, buffers, statement cache, and the
// watchdog that ends waits which last too long. Shared: what all of them use together.
#pragma once

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <functional>
#include <list>
#include <memory>

#include "server/gateway/admission.h"
#include "server/gateway/buffer_pool.h"
#include "server/gateway/cancel_registry.h"
#include "server/gateway/channel.h"
#include "server/gateway/server.h"
#include "server/gateway/statement_cache.h"

namespace scrim::gateway {

struct Shared {
  Shared(ServerOptions serverOptions, Services given)
      : options(std::move(serverOptions)), services(std::move(given)), admission(options.limits) {}
  const ServerOptions options;
  const Services services;
  Admission admission;
  CancelRegistry cancels;
  std::atomic<std::uint64_t> nextSession{1};
};

/// Somebody who wants to be looked at ten times a second, on the worker's thread.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual void onTick(Ticks now) = 0;
  /// The server stops: end when idle; `force`: end now.
  virtual void onStop(bool force) = 0;
};

class Worker {
 public:
  explicit Worker(Shared& shared);

  /// Accepts from a listening socket until stop().
  void listen(asio::ip::tcp::acceptor acceptor);
  /// The event loop, on the calling thread, until stop() and the end of all sessions.
  void run();
  /// Any thread.
  void stop();
  /// Any thread: from its next turn on the worker goes by these; then it calls `taken`.
  void update(const Limits& limits, std::shared_ptr<const TlsContext> tls, std::function<void()> taken);
  /// Any thread: when the event loop last turned.
  Ticks lastTurn() const { return lastTurn_; }

  Shared& shared() { return shared_; }
  /// On the worker's thread; update() may have changed them at each wait.
  const Limits& limits() const { return limits_; }
  const std::shared_ptr<const TlsContext>& tls() const { return tls_; }
  const Services& services() const { return shared_.services; }
  asio::io_context& io() { return io_; }
  postgres::Pools& pools() { return pools_; }
  BufferPool& buffers() { return buffers_; }
  StatementCache& statements() { return statements_; }
  /// Coarse: moves with the watchdog.
  Ticks now() const { return now_; }
  /// `timeout` from now; zero: never.
  Ticks deadlineIn(std::chrono::milliseconds timeout) const;
  bool stopping() const { return stopping_; }

  /// While this lives, the watchdog looks at `watched`.
  class Watch {
   public:
    Watch(Worker& worker, Watched& watched);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Worker& worker_;
    std::list<Watched*>::iterator place_;
  };

 private:
  asio::awaitable<void> acceptFrom(std::shared_ptr<asio::ip::tcp::acceptor> acceptor);
  asio::awaitable<void> watchdog();
  void beginStop();
  void tick();

  Shared& shared_;
  Limits limits_;
  std::shared_ptr<const TlsContext> tls_;
  asio::io_context io_{1};
  postgres::Pools pools_;
  BufferPool buffers_;
  StatementCache statements_;
  asio::steady_timer timer_;
  std::vector<std::shared_ptr<asio::ip::tcp::acceptor>> acceptors_;
  std::list<Watched*> watched_;
  Ticks now_;
  std::atomic<Ticks> lastTurn_;
  Ticks forceAt_ = kNever;
  bool stopping_ = false;
};

}  // namespace scrim::gateway
