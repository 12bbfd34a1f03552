// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/login.h"

#include "server/gateway/message_reader.h"
#include "server/gateway/worker.h"

namespace scrim::gateway {

void LoginExchange::sendAway(const base::Error& error) { writeError(channel_.out(), error, Severity::fatal); }

void LoginExchange::negotiateVersion() {
  const std::uint32_t version = negotiatedVersion(request_.version);
  if (version == request_.version && request_.protocolOptions.empty()) return;
  writeNegotiateProtocolVersion(channel_.out(), version, request_.protocolOptions);
}

base::Result<void> LoginExchange::checkCertificate() const {
  const net::TlsStream* tls = channel_.transport().tls();
  const std::string name = tls != nullptr ? tls->clientName() : "";
  if (name.empty() || name == request_.user) return {};
  return base::Error{base::ErrorCode::invalidAuthorization,
                     "certificate authentication failed for user \"" + std::string(request_.user) + "\""};
}

base::Result<void> LoginExchange::record(bool succeeded, std::string_view method, std::string_view reason) {
  audit::Journal& journal = *worker_.services().journal;
  SCRIM_TRY(const audit::Ticket ticket, journal.login({.user = request_.user,
                                                       .session = sessionId_,
                                                       .client = channel_.transport().peer(),
                                                       .method = method,
                                                       .succeeded = succeeded,
                                                       .reason = reason}));
  return journal.flush(ticket);
}

asio::awaitable<std::optional<identity::Session>> LoginExchange::run() {
  const auto snapshot = worker_.services().snapshot();
  if (!snapshot.ok()) {
    sendAway(snapshot.error());
    co_return std::nullopt;
  }
  negotiateVersion();
  std::optional<std::string> endPoint;
  if (channel_.transport().isEncrypted()) endPoint = worker_.shared().options.tls->endPoint();
  identity::Login login = worker_.services().authenticator->begin(**snapshot, request_.user, std::move(endPoint));
  std::optional<identity::Login::Finished> finished = co_await exchange(login);
  base::Result<void> allowed = finished ? checkCertificate() : base::Result<void>();
  const bool succeeded = finished && allowed.ok();
  const std::string_view reason = finished && !succeeded ? "certificate of another user" : login.reason();
  const auto recorded = record(succeeded, finished ? finished->session.method() : "scram-sha-256", reason);
  if (!finished) co_return std::nullopt;
  if (!allowed.ok() || !recorded.ok()) {
    sendAway(allowed.ok() ? recorded.error() : allowed.error());
    co_return std::nullopt;
  }
  writeAuthenticationSaslFinal(channel_.out(), finished->serverFinal);
  writeAuthenticationOk(channel_.out());
  co_return std::move(finished->session);
}

asio::awaitable<std::optional<identity::Login::Finished>> LoginExchange::exchange(identity::Login& login) {
  writeAuthenticationSasl(channel_.out(), login.mechanisms());
  const std::optional<std::string> first = co_await nextMessage(Phase::saslInitial);
  if (!first) co_return std::nullopt;
  const auto initial = readSaslInitial(*first);
  if (!initial.ok()) {
    sendAway(initial.error());
    co_return std::nullopt;
  }
  const auto challenge = login.start(initial->mechanism, initial->response);
  if (!challenge.ok()) {
    sendAway(challenge.error());
    co_return std::nullopt;
  }
  writeAuthenticationSaslContinue(channel_.out(), *challenge);
  const std::optional<std::string> proof = co_await nextMessage(Phase::saslResponse);
  if (!proof) co_return std::nullopt;
  auto finished = login.finish(*proof);
  if (finished.ok()) co_return std::move(finished).value();
  sendAway(finished.error());
  co_return std::nullopt;
}

asio::awaitable<std::optional<std::string>> LoginExchange::nextMessage(Phase phase) {
  if (!co_await channel_.flush()) co_return std::nullopt;
  while (true) {
    const auto result = readFrame(channel_.input(), phase, worker_.limits().messages);
    if (!result.ok()) {
      sendAway(result.error());
      co_return std::nullopt;
    }
    if (!result->frame) {
      if (!co_await channel_.fill(result->wanted)) co_return std::nullopt;
      continue;
    }
    std::optional<std::string> body;
    if (result->frame->type != 'X') body = std::string(result->frame->body);
    channel_.consume(result->frame->size);
    co_return body;
  }
}

}  // namespace scrim::gateway
