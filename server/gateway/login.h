// SPDX-License-Identifier: Apache-2.0
// Login: from a startup packet to proof of who the client is: by the client's certificate, by SCRAM, or for users of a
// directory by the password itself, or for a name that begins with "token:" by a token, which are asked for inside TLS
// only and checked on threads of their own. What fails is told in PostgreSQL's words, and an unknown user, a wrong
// password and a locked account sound alike.
#pragma once

#include <asio/awaitable.hpp>
#include <optional>
#include <string>

#include "server/gateway/channel.h"
#include "server/gateway/greeting.h"
#include "server/gateway/protocol.h"
#include "server/identity/authenticator.h"

namespace scrim::gateway {

class LoginExchange {
 public:
  LoginExchange(Worker& worker, Channel& channel, const StartupRequest& request, std::uint64_t sessionId)
      : worker_(worker), channel_(channel), request_(request), sessionId_(sessionId), claimed_(request.user) {}

  /// nullopt: sent away (the reason is in the channel's output) or gone. Success leaves its messages in the output.
  asio::awaitable<std::optional<identity::Session>> run();

 private:
  /// Whether the client's certificate is of the name that it claims, and takes the place of a password.
  bool isCertified(const catalog::Snapshot& snapshot) const;
  std::optional<identity::Session> byCertificate(const catalog::Snapshot& snapshot);
  asio::awaitable<std::optional<identity::Session>> byScram(const catalog::Snapshot& snapshot);
  asio::awaitable<std::optional<identity::Login::Finished>> exchange(identity::Login& login);
  /// `checker`: DirectoryLogins or TokenLogins.
  template <typename Checker>
  asio::awaitable<std::optional<identity::Session>> byPassword(Checker& checker, std::string_view method);
  template <typename Checker>
  asio::awaitable<identity::Authenticator::Checked> checked(Checker& checker, base::Secret& password);
  /// Notes the outcome; false: sent away.
  bool admit(const identity::Session& session);
  /// The body of the next message, which must be an authentication one; nullopt: gone, or sent away.
  asio::awaitable<std::optional<std::string>> nextMessage(Phase phase);
  base::Result<void> checkCertificate() const;
  base::Result<void> record(bool succeeded, std::string_view method, std::string_view reason);
  /// `counts`: against the client's address.
  void noteRefusal(std::string_view method, std::string_view reason, bool counts);
  void negotiateVersion();
  void sendAway(const base::Error& error);

  Worker& worker_;
  Channel& channel_;
  const StartupRequest& request_;
  std::uint64_t sessionId_;
  std::string_view claimed_;  // the account's name
};

}  // namespace scrim::gateway
