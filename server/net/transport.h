// SPDX-License-Identifier: Apache-2.0
// Transport: a client's socket, with or without TLS. Reads and writes never wait by themselves: they say what to wait
// for, so that the common case costs a system call and no coroutine. One thread at a time.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "server/net/tls.h"

namespace scrim::net {

class Transport {
 public:
  explicit Transport(asio::ip::tcp::socket socket);

  IoResult tryRead(char* to, std::size_t size);
  IoResult tryWrite(std::string_view bytes);
  /// The first byte that waits in the socket, without taking it (before TLS only).
  IoResult peek(char* to);

  /// Waits until reading or writing may go on; false: the wait was broken off (close()).
  asio::awaitable<bool> waitFor(IoStatus wanted);
  /// Writes all; false: the client is gone, or close() was called.
  asio::awaitable<bool> writeAll(std::string_view bytes);
  /// False: no TLS came of it. The context is kept as long as the connection.
  asio::awaitable<bool> startTls(std::shared_ptr<const TlsContext> context);

  bool isEncrypted() const { return tls_ != nullptr; }
  const TlsStream* tls() const { return tls_.get(); }
  /// What startTls() was given: a server may have another one for its next clients.
  const TlsContext* tlsContext() const { return context_.get(); }
  /// Bytes wait of which the socket knows nothing.
  bool hasBuffered() const { return tls_ != nullptr && tls_->pending(); }
  /// Whether the client has closed its side; looks once, does not wait. Running statements are checked with this.
  bool isHungUp();

  /// address:port of the client.
  const std::string& peer() const { return peer_; }
  const std::string& peerAddress() const { return address_; }
  /// Ends the wait that is going on.
  void cancelWait();
  /// Ends all waits; nothing more is sent.
  void close();

 private:
  asio::ip::tcp::socket socket_;
  std::shared_ptr<const TlsContext> context_;  // outlives tls_
  std::unique_ptr<TlsStream> tls_;
  std::string peer_;
  std::string address_;
};

}  // namespace scrim::net
