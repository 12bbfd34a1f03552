// SPDX-License-Identifier: Apache-2.0
// Channel: a client's connection as sessions use it: input with whole messages, output that is sent with one write,
// and a deadline for whatever is being waited for. One thread at a time.
#pragma once

#include <asio/awaitable.hpp>
#include <cstdint>
#include <string_view>

#include "server/gateway/buffer_pool.h"
#include "server/gateway/message_writer.h"
#include "server/net/transport.h"

namespace scrim::gateway {

using net::IoResult;
using net::IoStatus;
using net::Transport;

/// Milliseconds of the steady clock, coarse: a thread's watchdog moves it (worker.h).
using Ticks = std::int64_t;
inline constexpr Ticks kNever = INT64_MAX;

class Channel {
 public:
  Channel(asio::ip::tcp::socket socket, BufferPool& pool) : transport_(std::move(socket)), input_(pool) {}

  Transport& transport() { return transport_; }
  const Transport& transport() const { return transport_; }
  std::string_view input() const { return input_.view(); }
  void consume(std::size_t count) { input_.consume(count); }
  OutBuffer& out() { return out_; }

  /// Reads until at least `wanted` bytes are held; false: the client is gone or the wait was interrupted.
  asio::awaitable<bool> fill(std::size_t wanted);
  /// Reads `count` bytes, those held first, and forgets them; false: as fill().
  asio::awaitable<bool> discard(std::size_t count);
  /// Sends everything with one write if the client takes it; false: flush() has to go on, or learn that it is gone.
  bool tryFlush();
  asio::awaitable<bool> flush();
  /// Memory of an idle session back to the pool.
  void releaseOutput();

  /// When the current wait ends at the latest; checked by the watchdog, which then calls interrupt().
  Ticks deadline = kNever;
  /// Ends the current wait and all later ones: the connection is about to end.
  void interrupt();
  bool wasInterrupted() const { return interrupted_; }

 private:
  Transport transport_;
  InputBuffer input_;
  OutBuffer out_;
  std::size_t sent_ = 0;
  bool interrupted_ = false;
};

}  // namespace scrim::gateway
