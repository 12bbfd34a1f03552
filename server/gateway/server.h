// SPDX-License-Identifier: Apache-2.0
// Server: listens for PostgreSQL clients and serves them on its own threads, each with an event loop, a listener
// (SO_REUSEPORT), upstream pools and a statement cache of its own, and a stack that is deep enough for parsing.
//
//   auto server = Server::start(options, services);   // bound and serving when it returns
//   server->ports();                                  // what was bound, for port 0
//   server->stop();                                   // 57P01 to idle sessions, running statements get drainTimeout
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/gateway/limits.h"
#include "server/gateway/services.h"
#include "server/net/tls.h"

namespace scrim::gateway {

using net::TlsContext;

/// What clients offer by ALPN (TlsSettings::protocol), PostgreSQL 17 and newer ones as their first words.
inline constexpr std::string_view kAlpnProtocol = "postgresql";

struct ListenAddress {
  std::string host = "127.0.0.1";  // an address, not a name
  std::uint16_t port = 0;          // 0: any free one
};

struct ServerOptions {
  std::vector<ListenAddress> listen{{}};
  std::shared_ptr<const TlsContext> tls;  // nullptr: no TLS
  /// Clients may log in without TLS. Without it and without `tls`, start() fails.
  bool allowPlainText = false;
  unsigned threads = 1;
  /// Names that clients may give as their database.
  Limits limits;
};

/// Any thread, but start and stop from one.
class Server {
 public:
  /// Errors: configInvalid (address, no way to log in), or why the port could not be had.
  static base::Result<std::unique_ptr<Server>> start(ServerOptions options, Services services);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// In the order of ServerOptions::listen.
  const std::vector<std::uint16_t>& ports() const;
  std::size_t connections() const;
  /// What is asked of the server from now on: new clients meet the new certificate and limits, open sessions the new
  /// limits at their next statement or wait; what runs goes on as it began. Cannot fail. Returns when every thread goes
  /// by them, or false after `patience`: a thread is busy and does so when it is free. `tls` nullptr: as it was.
  bool update(const Limits& limits, std::shared_ptr<const TlsContext> tls, std::chrono::milliseconds patience);
  /// How long the event loop that is longest at one thing has been at it.
  std::chrono::milliseconds silence() const;
  /// Returns when all sessions have ended.
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace scrim::gateway
