// SPDX-License-Identifier: Apache-2.0
// Greeting: what happens before a client says who it is: TLS by SSLRequest or directly, GSS declined, cancel requests,
// the startup packet. What the client sent before TLS began is never acted on: there must be nothing of it.
#pragma once

#include <asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "server/gateway/channel.h"
#include "server/gateway/startup.h"

namespace scrim::gateway {

class Worker;

/// A startup packet with the bytes its views point into.
struct Introduction {
  std::unique_ptr<std::string> bytes;
  StartupRequest request;
};

class Greeting {
 public:
  Greeting(Worker& worker, Channel& channel) : worker_(worker), channel_(channel) {}

  /// nullopt: the client has gone, wanted only to cancel, or was told (in the channel's output) why it is sent away.
  asio::awaitable<std::optional<Introduction>> meet();

 private:
  asio::awaitable<bool> directTls();
  asio::awaitable<bool> answerSslRequest();
  asio::awaitable<bool> declineGss();
  asio::awaitable<bool> startTls();
  base::Result<Introduction> introduce(std::size_t size);
  void sendAway(const base::Error& error);

  Worker& worker_;
  Channel& channel_;
  bool askedForSsl_ = false;
  bool askedForGss_ = false;
};

}  // namespace scrim::gateway
