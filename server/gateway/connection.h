// SPDX-License-Identifier: Apache-2.0
// Connection: one client from accept to close: greeting (TLS, startup packet), login, session.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

namespace scrim::gateway {

class Worker;

/// Never throws; returns when the client is gone or has been sent away.
asio::awaitable<void> serveClient(Worker& worker, asio::ip::tcp::socket socket);

}  // namespace scrim::gateway
