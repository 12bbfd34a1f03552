// SPDX-License-Identifier: Apache-2.0
// Server: an HTTP/1.1 listener with TLS. One thread holds all connections, however many of them are silent; requests
// that have arrived in full are handled on a few threads of their own, which may block and have deep stacks (parsing).
//
//   auto server = Server::start(options, [](const Request& request) { return Response{..}; });
//   server->stop();      // no new requests; those that run are answered
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/http/message.h"
#include "server/net/tls.h"

namespace scrim::http {

/// What clients may offer by ALPN.
inline constexpr std::string_view kAlpnProtocol = "http/1.1";

struct Limits {
  HeadLimits head;
  std::size_t smallBody = 64U << 10U;    // always taken
  std::size_t largeBodies = 64U << 20U;  // bytes of larger ones, of all clients; past it: 503
  std::size_t connections = 20'000;
  std::size_t connectionsPerAddress = 15'000;
  std::size_t waitingRequests = 1'000;            // for a thread; past it: 503
  std::chrono::milliseconds headTimeout{10'000};  // from accept, or from the first byte of a request
  std::chrono::milliseconds bodyTimeout{60'000};
  std::chrono::milliseconds idleTimeout{75'000};   // between requests
  std::chrono::milliseconds writeTimeout{60'000};  // for an answer to be taken
  std::chrono::milliseconds drainTimeout{30'000};  // what running requests get when the server stops
};

struct ServerOptions {
  struct Address {
    std::string host = "127.0.0.1";  // an address, not a name
    std::uint16_t port = 0;          // 0: any free one
  };
  std::vector<Address> listen{{}};
  std::shared_ptr<const net::TlsContext> tls;  // nullptr: plain text
  unsigned threads = 4;
  /// Requests whose handler never waits: answered on the connections' own thread, whatever the others wait for.
  std::function<bool(const Request&)> atOnce;
  Limits limits;
};

/// Called on any of the handling threads, or that of the connections (ServerOptions::atOnce). Must not throw.
using Handler = std::function<Response(const Request&)>;
/// What the protocol alone refuses becomes an answer by this.
using RefusalRenderer = std::function<Response(const Request&, const Refusal&)>;

/// Any thread, but start and stop from one.
class Server {
 public:
  /// Errors: configInvalid (address), or why the port could not be had.
  static base::Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler, RefusalRenderer refuse);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// In the order of ServerOptions::listen.
  const std::vector<std::uint16_t>& ports() const;
  std::size_t connections() const;
  /// The next clients meet this certificate.
  void setTls(std::shared_ptr<const net::TlsContext> tls);
  /// How long the thread of the connections has been at one thing.
  std::chrono::milliseconds silence() const;
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace scrim::http
