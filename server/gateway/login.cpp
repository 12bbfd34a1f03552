// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/login.h"

#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "common/base/log.h"
#include "server/gateway/message_reader.h"
#include "server/gateway/worker.h"

namespace scrim::gateway {
namespace {

constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);

/// An outcome that comes from another thread, and the timer that is cancelled when it is there.
struct PendingCheck {
  explicit PendingCheck(asio::io_context& io) : timer(io, asio::steady_timer::time_point::max()) {}
  asio::steady_timer timer;
  std::optional<identity::Authenticator::Checked> outcome;
};

}  // namespace

void LoginExchange::sendAway(const base::Error& error) { writeError(channel_.out(), error, Severity::fatal); }

void LoginExchange::negotiateVersion() {
  const std::uint32_t version = negotiatedVersion(request_.version);
  if (version == request_.version && request_.protocolOptions.empty()) return;
  writeNegotiateProtocolVersion(channel_.out(), version, request_.protocolOptions);
}

base::Result<void> LoginExchange::checkCertificate() const {
  const net::TlsStream* tls = channel_.transport().tls();
  const std::string name = tls != nullptr ? tls->clientName() : "";
  if (name.empty() || catalog::normalisedUserName(name) == catalog::normalisedUserName(claimed_)) return {};
  return base::Error{base::ErrorCode::invalidAuthorization,
                     "certificate authentication failed for user \"" + std::string(claimed_) + "\""};
}

base::Result<void> LoginExchange::record(bool succeeded, std::string_view method, std::string_view reason) {
  audit::Journal& journal = *worker_.services().journal;
  SCRIM_TRY(const audit::Ticket ticket, journal.login({.user = claimed_,
                                                       .session = sessionId_,
                                                       .client = channel_.transport().peer(),
                                                       .method = method,
                                                       .succeeded = succeeded,
                                                       .reason = reason}));
  return journal.flush(ticket);
}

void LoginExchange::noteRefusal(std::string_view method, std::string_view reason, bool counts) {
  if (counts) worker_.services().authenticator->noteFailure(channel_.transport().peerAddress());
  if (const auto recorded = record(false, method, reason); !recorded.ok()) {
    base::logError("gateway", "a refused login is not in the audit journal", {{"reason", recorded.error().message}});
  }
}

asio::awaitable<std::optional<identity::Session>> LoginExchange::run() {
  const auto snapshot = worker_.services().snapshot();
  if (!snapshot.ok()) {
    sendAway(snapshot.error());
    co_return std::nullopt;
  }
  if (isCertified(**snapshot)) {
    negotiateVersion();
    co_return byCertificate(**snapshot);
  }
  // Leaves no record: the journal is not to be filled by who fails all the time.
  if (auto may = worker_.services().authenticator->mayTry(channel_.transport().peerAddress()); !may.ok()) {
    sendAway(may.error());
    co_return std::nullopt;
  }
  negotiateVersion();
  // Whoever exists: the form of the name alone decides. Without TLS it is a name like any other, and nobody's.
  const auto account = identity::TokenLogins::accountIn(request_.user);
  if (account && worker_.services().tokens != nullptr && channel_.transport().isEncrypted()) {
    claimed_ = *account;
    co_return co_await byPassword(*worker_.services().tokens, "token");
  }
  // Without TLS, a directory's user is asked for SCRAM like anybody, and fails.
  const bool directory = worker_.services().directories != nullptr && channel_.transport().isEncrypted() &&
                         identity::DirectoryLogins::takes(**snapshot, request_.user);
  if (directory) co_return co_await byPassword(*worker_.services().directories, "directory");
  co_return co_await byScram(**snapshot);
}

bool LoginExchange::admit(const identity::Session& session) {
  base::Result<void> allowed = checkCertificate();
  auto recorded = record(allowed.ok(), session.method(), allowed.ok() ? "" : "certificate of another user");
  if (allowed.ok()) allowed = std::move(recorded);
  if (!allowed.ok()) sendAway(allowed.error());
  return allowed.ok();
}

bool LoginExchange::isCertified(const catalog::Snapshot& snapshot) const {
  const net::TlsStream* tls = channel_.transport().tls();
  if (!worker_.services().certificateLogin || tls == nullptr) return false;
  const std::string name = tls->clientName();
  // A directory's user is known to be in it by its password only.
  return !name.empty() && catalog::normalisedUserName(name) == catalog::normalisedUserName(request_.user) &&
         !identity::DirectoryLogins::takes(snapshot, request_.user);
}

std::optional<identity::Session> LoginExchange::byCertificate(const catalog::Snapshot& snapshot) {
  identity::Authenticator::Checked checked = worker_.services().authenticator->certified(snapshot, request_.user);
  if (!checked.session) {
    noteRefusal("certificate", checked.reason, false);
    sendAway(checked.error);
    return std::nullopt;
  }
  if (!admit(*checked.session)) return std::nullopt;
  writeAuthenticationOk(channel_.out());
  return std::move(checked.session);
}

asio::awaitable<std::optional<identity::Session>> LoginExchange::byScram(const catalog::Snapshot& snapshot) {
  std::optional<std::string> endPoint;
  if (channel_.transport().isEncrypted()) endPoint = channel_.transport().tlsContext()->endPoint();
  identity::Login login = worker_.services().authenticator->begin(snapshot, request_.user, std::move(endPoint));
  std::optional<identity::Login::Finished> finished = co_await exchange(login);
  if (!finished) {
    noteRefusal("scram-sha-256", login.reason(), !login.reason().empty());
    co_return std::nullopt;
  }
  if (!admit(finished->session)) co_return std::nullopt;
  writeAuthenticationSaslFinal(channel_.out(), finished->serverFinal);
  writeAuthenticationOk(channel_.out());
  co_return std::move(finished->session);
}

template <typename Checker>
asio::awaitable<std::optional<identity::Session>> LoginExchange::byPassword(Checker& checker, std::string_view method) {
  writeAuthenticationCleartext(channel_.out());
  std::optional<std::string> body = co_await nextMessage(Phase::password);
  if (!body) co_return std::nullopt;
  const auto password = readPassword(*body);
  if (!password.ok()) {
    sendAway(password.error());
    co_return std::nullopt;
  }
  base::Secret secret{std::string(*password)};
  const base::Secret wiped(std::move(*body));
  identity::Authenticator::Checked outcome = co_await checked(checker, secret);
  if (!outcome.session) {
    noteRefusal(method, outcome.reason, outcome.error.code == base::ErrorCode::invalidPassword);
    sendAway(outcome.error);
    co_return std::nullopt;
  }
  if (!admit(*outcome.session)) co_return std::nullopt;
  writeAuthenticationOk(channel_.out());
  co_return std::move(outcome.session);
}

template <typename Checker>
asio::awaitable<identity::Authenticator::Checked> LoginExchange::checked(Checker& checker, base::Secret& password) {
  auto pending = std::make_shared<PendingCheck>(worker_.io());
  const auto asked = std::chrono::steady_clock::now();
  // How long it takes is bounded where it is checked; the client is told the outcome whatever its login's deadline.
  const Ticks deadline = std::exchange(channel_.deadline, kNever);
  checker.check(std::string(claimed_), std::move(password), [pending](identity::Authenticator::Checked found) {
    asio::post(pending->timer.get_executor(), [pending, found = std::move(found)]() mutable {
      pending->outcome = std::move(found);
      pending->timer.cancel();
    });
  });
  while (!pending->outcome) co_await pending->timer.async_wait(kAwait);
  if (!pending->outcome->session) {
    pending->timer.expires_at(asked + checker.refusalTime());
    co_await pending->timer.async_wait(kAwait);
  }
  channel_.deadline = deadline;
  co_return std::move(*pending->outcome);
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
