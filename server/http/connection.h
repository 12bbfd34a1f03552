// SPDX-License-Identifier: Apache-2.0
// Connection: one client from accept to close: TLS, then requests one after another. Internal to this room.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

namespace scrim::http {

class Loop;

/// Never throws; returns when the client is gone or has been sent away.
asio::awaitable<void> serveClient(Loop& loop, asio::ip::tcp::socket socket);

}  // namespace scrim::http
