// SPDX-License-Identifier: Apache-2.0
// Loop: the thread that holds all connections, and the threads that handle requests. Internal to this room.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <list>
#include <memory>
#include <unordered_map>

#include "server/http/server.h"

namespace scrim::http {

using Ticks = std::int64_t;  // milliseconds of the steady clock, coarse
inline constexpr Ticks kNever = INT64_MAX;

/// A connection as the watchdog sees it. On the loop's thread.
class Watched {
 public:
  virtual ~Watched() = default;
  /// Ends the current wait and all later ones.
  virtual void interrupt() = 0;
  Ticks deadline = kNever;
  bool idle = true;  // no request has begun
};

class Loop {
 public:
  Loop(ServerOptions options, Handler handler, RefusalRenderer refuse);

  void listen(asio::ip::tcp::acceptor acceptor);
  void run() { io_.run(); }         // the loop's thread; until stop() and the end of all connections
  void work() { handling_.run(); }  // each handling thread; until the loop has ended
  void stop();                      // any thread
  std::size_t connections() const { return count_; }

  asio::io_context& io() { return io_; }
  asio::io_context& handling() { return handling_; }
  const ServerOptions& options() const { return options_; }
  /// On the loop's thread: for the next client.
  const std::shared_ptr<const net::TlsContext>& tls() const { return tls_; }
  void setTls(std::shared_ptr<const net::TlsContext> tls);  // any thread
  Ticks lastTurn() const { return lastTurn_; }              // any thread
  const Handler& handler() const { return handler_; }
  const RefusalRenderer& refuse() const { return refuse_; }
  bool stopping() const { return stopping_; }
  Ticks deadlineIn(std::chrono::milliseconds timeout) const;
  /// Requests that wait for a handling thread.
  std::atomic<std::size_t> waiting{0};
  /// Large bodies that are being read or handled. On the loop's thread.
  std::size_t largeBodies = 0;

  /// A connection's place among the limits, and under the watchdog, while it lives.
  class Place {
   public:
    Place(Loop& loop, Watched& watched, std::string address);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool admitted() const { return admitted_; }

   private:
    Loop& loop_;
    std::list<Watched*>::iterator at_;
    std::string address_;
    bool admitted_;
  };

 private:
  asio::awaitable<void> acceptFrom(std::shared_ptr<asio::ip::tcp::acceptor> acceptor);
  asio::awaitable<void> watchdog();
  void tick();

  const ServerOptions options_;
  const Handler handler_;
  const RefusalRenderer refuse_;
  std::shared_ptr<const net::TlsContext> tls_;
  std::atomic<Ticks> lastTurn_;
  asio::io_context io_{1};
  asio::io_context handling_;
  asio::executor_work_guard<asio::io_context::executor_type> keepHandling_;
  asio::steady_timer timer_;
  std::vector<std::shared_ptr<asio::ip::tcp::acceptor>> acceptors_;
  std::list<Watched*> watched_;
  std::unordered_map<std::string, std::size_t> byAddress_;
  std::atomic<std::size_t> count_{0};
  Ticks forceAt_ = kNever;
  bool stopping_ = false;
};

}  // namespace scrim::http
